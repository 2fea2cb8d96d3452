"""What the template's policies let a function do with the table: each call of the simulation is held to it.

It is stricter than AWS may be: all records that one transaction updates count as keys of one request.
"""

import json
import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import cache
from typing import Any

from tests.support import template

_TEMPLATE = template.load()
_TABLE = str(_TEMPLATE.resolve({"Fn::GetAtt": ["TableArn", "Value"]}))
_EXPRESSIONS = ("UpdateExpression", "ConditionExpression", "FilterExpression", "ProjectionExpression")
_WORDS = {"SET", "REMOVE", "ADD", "DELETE", "AND", "OR", "NOT", "IN"}
_NAME = re.compile(r"(?<![:\w.])(?<!\.#)[A-Za-z_]\w*(?!\w*\()")
"""The name of an attribute in an expression, with or without its #; not that of a part of one."""


@dataclass
class Request:
    """One thing that a call asks for, as IAM sees it."""

    action: str
    resource: str
    facts: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))


def denied(function: str, operation: str, body: bytes) -> str:
    """Return what a call asks for that the function's policy does not allow; empty if it allows all."""
    asked = [one for one in _requests(operation, json.loads(body)) if not _is_allowed(function, one)]
    return "; ".join(f"{function} may not {one.action} {one.resource} {dict(one.facts)}" for one in asked)


def _requests(operation: str, body: Mapping[str, Any]) -> Iterator[Request]:
    match operation:
        case "GetItem" | "UpdateItem" | "DeleteItem":
            yield _of_records(operation, body, [body["Key"]])
        case "PutItem":
            yield _of_records(operation, body, [body["Item"]])
        case "BatchGetItem":
            (asked,) = body["RequestItems"].values()
            yield _of_records(operation, asked, asked["Keys"])
        case "TransactWriteItems":
            yield _of_records("UpdateItem", {}, [one["Update"]["Key"] for one in body["TransactItems"]])
        case "Query":
            (key, *_), names = body["ExpressionAttributeValues"].values(), body["IndexName"]
            request = Request("dynamodb:Query", f"{_TABLE}/index/{names}")
            request.facts["dynamodb:LeadingKeys"].update(key.values())
            yield request
        case "Scan":
            request = _of_records(operation, body, [])
            request.facts["dynamodb:Select"].add(body.get("Select", "ALL_ATTRIBUTES"))
            yield request


def _of_records(operation: str, body: Mapping[str, Any], keys: Collection[Mapping[str, Any]]) -> Request:
    request = Request(f"dynamodb:{operation}", _TABLE)
    if keys:
        request.facts["dynamodb:LeadingKeys"].update(key["id"]["S"] for key in keys)
    text = " ".join(body.get(name, "") for name in _EXPRESSIONS)
    request.facts["dynamodb:Attributes"].update({*_NAME.findall(text)} - _WORDS)
    return request


def _is_allowed(function: str, request: Request) -> bool:
    return any(
        request.action in _listed(one["Action"])
        and request.resource in _listed(one["Resource"])
        and all(
            _holds(operator, request.facts[key], _listed(values))
            for operator, wanted in one.get("Condition", {}).items()
            for key, values in wanted.items()
        )
        for one in _statements(function)
    )


def _holds(operator: str, given: Collection[str], values: Collection[str]) -> bool:
    match operator:
        case "ForAllValues:StringLike" | "ForAllValues:StringEquals":
            return all(any(fnmatchcase(one, value) for value in values) for one in given)
        case "ForAllValues:StringNotLike":
            return not any(fnmatchcase(one, value) for one in given for value in values)
        case "StringEquals":
            return bool(given) and set(given) <= set(values)
    raise ValueError(f"a condition that this simulation does not know: {operator}")


@cache
def _statements(function: str) -> list[dict[str, Any]]:
    policies = _TEMPLATE.resources("AWS::Serverless::Function")[f"{function.title()}Function"]["Policies"]
    statements = [one for policy in policies for one in policy["Statement"]]
    of_tables = [one for one in statements if "dynamodb:" in str(one["Action"])]
    return [_TEMPLATE.resolve(one) for one in of_tables if "Stream" not in one["Sid"]]


def _listed(value: Any) -> list[str]:
    return value if isinstance(value, list) else [value]
