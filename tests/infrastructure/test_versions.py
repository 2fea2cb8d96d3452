"""Releases: versions behind an alias, which all that calls a function names."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.support import sam, template

FUNCTIONS = sorted(template.load().resources("AWS::Serverless::Function"))
GLOBALS = template.load().body["Globals"]["Function"]
MADE = sam.translated()
RELEASE = "r0123456789"


def versions(**parameters: str) -> dict[str, str]:
    """Return the logical ids of the functions' versions in a deployment with these values."""
    made = sam.translated_with(**parameters)
    aliases = (made[f"{function}Aliaslive"]["Properties"] for function in FUNCTIONS)
    return {
        function: alias["FunctionVersion"]["Fn::GetAtt"][0]
        for function, alias in zip(FUNCTIONS, aliases, strict=True)
    }


def test_another_release_publishes_another_version_of_every_function() -> None:
    before, after = versions(Release=RELEASE), versions(Release="r9876543210")
    assert [function for function in FUNCTIONS if before[function] == after[function]] == []
    assert versions(Release=RELEASE) == before


def test_another_value_of_a_setting_alone_publishes_none_which_is_why_a_release_has_a_name() -> None:
    """SAM names a version by what the template says of a function: `!Ref Sites`, whatever that is.

    AutoPublishAliasAllProperties does not see it. `make deploy` names each release by code and settings.
    """
    before = versions(Release=RELEASE, Sites="blog.example")
    assert versions(Release=RELEASE, Sites="blog.example,notes.example") == before


def test_every_function_is_published_and_has_the_release_in_its_environment() -> None:
    """Lambda publishes no version of a function in which nothing has changed."""
    assert (GLOBALS["AutoPublishAlias"], GLOBALS["AutoPublishAliasAllProperties"]) == ("live", True)
    assert GLOBALS["Environment"]["Variables"]["RELEASE"] == {"Ref": "Release"}
    assert GLOBALS["VersionDeletionPolicy"] == "Delete"
    for function in FUNCTIONS:
        said = template.load().resources("AWS::Serverless::Function")[function]
        assert said["AutoPublishCodeSha256"] == {"Ref": "Release"}
        assert MADE[function]["Properties"]["Environment"]["Variables"]["RELEASE"] == {"Ref": "Release"}
        assert MADE[versions(Release="")[function]]["DeletionPolicy"] == "Delete"


def test_event_sources_and_schedules_wake_the_alias() -> None:
    sources = [it["FunctionName"] for it in sam.made("AWS::Lambda::EventSourceMapping").values()]
    targets = [
        target["Arn"]
        for rule in sam.made("AWS::Events::Rule").values()
        for target in rule["Targets"]
        if "SqsParameters" not in target
    ]
    assert sources
    assert targets
    assert {it["Ref"] for it in sources + targets} <= aliases()


def test_every_route_leads_to_an_alias() -> None:
    (api,) = sam.made("AWS::ApiGatewayV2::Api").values()
    routes = [said for path in api["Body"]["paths"].values() for said in path.values()]
    led = {json.dumps(said["x-amazon-apigateway-integration"]["uri"]) for said in routes}
    assert led
    assert all(any(f"${{{alias}}}" in uri for alias in aliases()) for uri in led)


def test_permissions_are_given_for_the_alias() -> None:
    permissions = sam.made("AWS::Lambda::Permission")
    assert permissions
    assert {it["FunctionName"]["Ref"] for it in permissions.values()} <= aliases()


def test_what_is_set_of_calls_without_an_answer_is_set_of_the_alias() -> None:
    configs = sam.made("AWS::Lambda::EventInvokeConfig").values()
    assert {it["Qualifier"] for it in configs} == {"live"}


def test_moderate_wakes_the_alias_of_send() -> None:
    moderate = MADE["ModerateFunction"]["Properties"]["Environment"]["Variables"]
    assert moderate["SEND_FUNCTION"] == {"Ref": "SendFunctionAliaslive"}


@pytest.mark.parametrize("function", FUNCTIONS)
def test_only_versions_aliases_and_settings_of_a_function_name_it_bare(function: str) -> None:
    kinds = {it["Type"] for it in MADE.values() if {"Ref": function} in list(values(it))}
    allowed = {"Version", "Alias", "EventInvokeConfig"}
    assert kinds - {f"AWS::Lambda::{kind}" for kind in allowed} <= {"AWS::CloudWatch::Alarm"}


def aliases() -> set[str]:
    return set(sam.made("AWS::Lambda::Alias"))


def values(resource: Any) -> Iterator[Any]:
    """Yield a resource and all that is in it."""
    yield resource
    inner = resource.values() if isinstance(resource, dict) else resource
    for value in inner if isinstance(resource, dict | list) else ():
        yield from values(value)
