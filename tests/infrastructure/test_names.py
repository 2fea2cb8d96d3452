"""Names that grow out of the stack's name: they fit AWS's limits for every stack name, and never collide."""

from typing import Any

import pytest

from tests.support import template

LONGEST = "a" * 128
UNIQUE = "1b4cd4f1-5f4a-11ef-8d1a-0affe8f4a8d5"
NAMES = {
    "AWS::StackName": LONGEST,
    "AWS::StackId": f"arn:aws:cloudformation:us-gov-west-1:123456789012:stack/{LONGEST}/{UNIQUE}",
    "AWS::Region": "us-gov-west-1",
    "TableArn.Value": "arn:aws:dynamodb:us-gov-west-1:123456789012:table/x",
}
NEEDED = {"Sites": "blog.example", "AuthorEmail": "author@blog.example"}
TEMPLATE = template.Template(template.load().text, NEEDED, NAMES)

LIMITS = {
    "AWS::CloudFront::CachePolicy": 128,
    "AWS::CloudFront::Function": 64,
    "AWS::CloudFront::ResponseHeadersPolicy": 128,
    "AWS::Logs::QueryDefinition": 255,
}
"""The longest name of each kind that an account has once, in characters, as AWS's API references say."""


def names() -> list[tuple[str, str]]:
    """Return the type and the name of each resource whose name an account has once."""
    resources: dict[str, Any] = TEMPLATE.body["Resources"]
    return [
        (made["Type"], str(TEMPLATE.resolve(part["Name"])))
        for made in resources.values()
        for part in [made["Properties"], *made["Properties"].values()]
        if isinstance(part, dict) and "Name" in part and made["Type"] in LIMITS
    ]


def test_there_are_names_to_look_at() -> None:
    assert len(names()) >= 3


@pytest.mark.parametrize(("kind", "name"), names())
def test_a_name_fits_for_the_longest_stack_name(kind: str, name: str) -> None:
    assert len(name) <= LIMITS[kind]


@pytest.mark.parametrize(("kind", "name"), names())
def test_a_name_is_this_stacks_own(kind: str, name: str) -> None:
    assert LONGEST in name or UNIQUE in name, kind


@pytest.mark.parametrize("stack", ["aws-blog", "ssm", "AWS", "trackback"])
def test_a_parameters_name_never_begins_as_ssm_refuses(stack: str) -> None:
    chosen = template.Template(TEMPLATE.text, NEEDED, {**NAMES, "AWS::StackName": stack})
    keys = [
        value for one in chosen.functions() for value in one.environment.values() if value.startswith("/")
    ]
    assert keys
    assert not [key for key in keys if key.lower().lstrip("/").startswith(("aws", "ssm"))]
