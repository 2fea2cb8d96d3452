"""Checks the IAM statements of the template as SAM translates it: `python -m tests.policy_linter [FILE]`.

parliament finds unknown actions, resources and conditions that an action does not support, and wildcards for
resources that could be named. It is the only linter on PyPI that does: cfn-lint knows actions but no
resources, and skips SAM's functions; cloudsplaining only finds wildcards; cfn-policy-validator calls AWS.
parliament's last release is of April 2025. It reports newer features of AWS as unknown, which is the safe
side. `KNOWN_BETTER` lists its errors, with reasons.
"""

import json
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tests.support import sam

KNOWN_BETTER = {
    ("RESOURCE_MISMATCH", "dynamodb:ListStreams"): "SAM's own policies name the table's streams, too"
}
_HERE = "us-east-1:123456789012"
_ARNS = {
    "AWS::DynamoDB::Table": f"arn:aws:dynamodb:{_HERE}:table/x",
    "AWS::Lambda::Alias": f"arn:aws:lambda:{_HERE}:function:x:live",
    "AWS::Lambda::Function": f"arn:aws:lambda:{_HERE}:function:x",
    "AWS::SNS::Topic": f"arn:aws:sns:{_HERE}:x",
    "AWS::SQS::Queue": f"arn:aws:sqs:{_HERE}:x",
}
_PSEUDO = {"AWS::Partition": "aws", "AWS::Region": "us-east-1", "AWS::AccountId": "123456789012"}
_POLICIES = ("AWS::IAM::Role", "AWS::IAM::Policy", "AWS::IAM::ManagedPolicy")

Resources = Mapping[str, Any]


def problems(resources: Resources) -> Iterator[str]:
    """Yield the problems of identity policies' statements, each with its role and Sid."""
    for name, resource in resources.items():
        if resource["Type"] in _POLICIES:
            for statement in _statements(resource["Properties"]):
                where = f"{name}, {statement.get('Sid', 'without Sid')}"
                yield from (f"{where}: {found}" for found in _findings(_plain(statement, resources)))


def _statements(properties: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for policy in properties.get("Policies", [properties]):
        written = policy.get("PolicyDocument", {}).get("Statement", [])
        yield from written if isinstance(written, list) else [written]


def _findings(statement: Mapping[str, Any]) -> Iterator[str]:
    from parliament import analyze_policy_string, enhance_finding  # noqa: PLC0415 - a second, for this alone

    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    for finding in map(enhance_finding, analyze_policy_string(policy).findings):
        if not _is_known_better(finding.issue, finding.detail):
            yield f"{finding.issue}: {finding.title} {json.dumps(finding.detail)}"


def _is_known_better(issue: str, detail: Any) -> bool:
    parts = detail if isinstance(detail, list) else [detail]
    actions = [part["action"] for part in parts if isinstance(part, dict) and "action" in part]
    return bool(actions) and all((issue, action) in KNOWN_BETTER for action in actions)


def _plain(value: Any, resources: Resources) -> Any:
    """Return a statement with example values in place of CloudFormation's functions."""
    match value:
        case {"Ref": name} | {"Fn::GetAtt": name}:
            return _named(name if isinstance(name, str) else ".".join(name), resources)
        case {"Fn::If": [_, then, _]}:
            return _plain(then, resources)
        case {"Fn::Sub": str(text) | [str(text), _]}:
            return re.sub(r"\$\{([\w:.]+)\}", lambda found: _named(found[1], resources), text)
        case dict():
            return {key: _plain(inner, resources) for key, inner in value.items()}
        case list():
            return [_plain(inner, resources) for inner in value]
    return value


def _named(name: str, resources: Resources) -> str:
    """Return an example of an attribute (`Table.Arn`), an alias's ARN, a pseudo parameter, or a name."""
    resource, dot, attribute = name.partition(".")
    if dot and attribute == "Value":  # an SSM parameter that holds a value for other resources
        return str(_plain(resources[resource]["Properties"]["Value"], resources))
    if dot:
        arn = _ARNS[resources[resource]["Type"]]  # a KeyError names a type that is missing here
        return {"Arn": arn, "StreamArn": f"{arn}/stream/x"}[attribute]
    is_alias = resources.get(name, {}).get("Type") == "AWS::Lambda::Alias"
    return _ARNS["AWS::Lambda::Alias"] if is_alias else _PSEUDO.get(name, "x")


def main() -> int:
    """Print the problems, and return the exit status."""
    read = [json.loads(Path(file).read_text("utf-8")) for file in sys.argv[1:]]
    found = list(problems(read[0] if read else sam.translated()))
    print("\n".join(found) or "The template's IAM statements are in order.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
