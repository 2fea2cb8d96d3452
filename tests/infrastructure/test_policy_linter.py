"""`make lint` fails for a statement that IAM would not understand, or that allows more than it says."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.support.template import ROOT

TABLE = {"Type": "AWS::DynamoDB::Table", "Properties": {}}
ARN = {"Fn::GetAtt": ["Table", "Arn"]}


def lint(tmp_path: Path, **statement: Any) -> tuple[int, str]:
    """Return the exit status and the words about a role with one statement."""
    document = {"Statement": [{"Sid": "It", "Effect": "Allow", **statement}]}
    role = {"Type": "AWS::IAM::Role", "Properties": {"Policies": [{"PolicyDocument": document}]}}
    file = tmp_path / "resources.json"
    file.write_text(json.dumps({"Table": TABLE, "Role": role}))
    command = [sys.executable, "-m", "tests.policy_linter", str(file)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ({"Action": "dynamodb:GetItems", "Resource": ARN}, "UNKNOWN_ACTION"),
        ({"Action": "nodynamo:GetItem", "Resource": ARN}, "UNKNOWN_PREFIX"),
        (
            {"Action": "dynamodb:GetItem", "Resource": {"Fn::Sub": "arn:${AWS::Partition}:sqs:::x"}},
            "RESOURCE_MISMATCH",
        ),
        ({"Action": "dynamodb:GetItem", "Resource": "*"}, "RESOURCE_STAR"),
        ({"Action": "dynamodb:*", "Resource": ARN}, "RESOURCE_MISMATCH"),
        (
            {
                "Action": "dynamodb:GetItem",
                "Resource": ARN,
                "Condition": {"StringLike": {"dynamodb:LeadingKey": "x"}},
            },
            "UNKNOWN_CONDITION_FOR_ACTION",
        ),
    ],
    ids=["action", "service", "resource", "any resource", "any action", "condition"],
)
def test_a_bad_statement_fails_with_its_place(tmp_path: Path, statement: dict[str, Any], words: str) -> None:
    status, said = lint(tmp_path, **statement)
    assert status == 1
    assert f"Role, It: {words}" in said


def test_a_good_statement_passes(tmp_path: Path) -> None:
    index = {"Fn::Sub": "${Table.Arn}/index/by_post"}
    status, said = lint(tmp_path, Action=["dynamodb:Query"], Resource=index)
    assert (status, said) == (0, "The template's IAM statements are in order.\n")
