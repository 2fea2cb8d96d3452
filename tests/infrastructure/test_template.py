"""Facts about template.yaml that no unit test sees: routes, policies, logs, the table, the settings."""

import importlib
import json
import re
from dataclasses import fields
from typing import Any

import pytest

from tests import sam, template
from tests.template import ROOT
from trackback.listing import Summary

TEMPLATE = template.load()
RESOURCES: dict[str, Any] = TEMPLATE.body["Resources"]
PARAMETERS: dict[str, Any] = TEMPLATE.body["Parameters"]
FUNCTIONS = TEMPLATE.resources("AWS::Serverless::Function")
(TABLE,) = TEMPLATE.resources("AWS::DynamoDB::Table").values()
INDEXES = {index["IndexName"]: index for index in TABLE["GlobalSecondaryIndexes"]}

ALLOWED = {
    "ReceiveFunction": {
        ("dynamodb:PutItem", "${Table.Arn}"),
        ("dynamodb:Query", "${Table.Arn}/index/by_post"),
    },
    "ServeFunction": {
        ("dynamodb:Query", "${Table.Arn}/index/by_post"),
        ("dynamodb:BatchGetItem", "${Table.Arn}"),
    },
}


def statements(function: str) -> list[dict[str, Any]]:
    """Return the statements of a function's own policies."""
    return [statement for policy in FUNCTIONS[function]["Policies"] for statement in policy["Statement"]]


def grants(statement: dict[str, Any]) -> set[tuple[str, str]]:
    """Return the pairs of action and resource that a statement allows, as `!Sub` writes resources."""
    actions, resource = statement["Action"], statement["Resource"]
    text = resource.get("Fn::Sub") or "${" + ".".join(resource["Fn::GetAtt"]) + "}"
    return {(action, text) for action in ([actions] if isinstance(actions, str) else actions)}


def keys(schema: dict[str, Any]) -> dict[str, str]:
    return {key["KeyType"]: key["AttributeName"] for key in schema["KeySchema"]}


def test_sam_finds_no_fault() -> None:
    sam.run("validate", "--lint")


@pytest.mark.parametrize("function", list(TEMPLATE.functions()), ids=lambda function: function.name)
def test_the_routes_of_the_template_are_those_of_the_function(function: template.Function) -> None:
    app = importlib.import_module(f"functions.{function.name}.app").app
    answered = {(route.method, route.rule) for route in app._static_routes + app._dynamic_routes}
    paths = {route: re.sub(r"\{\w+\+\}", "blog.example/2026/hello/", route.path) for route in function.routes}
    unanswered = {path for path in paths.values() if not any(rule.match(path) for _, rule in answered)}
    reached = {
        (method, rule)
        for method, rule in answered
        for route, path in paths.items()
        if rule.match(path) and route.matches(method, path)
    }
    assert unanswered == set()
    assert reached == answered


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_may_do_what_it_must_and_nothing_else(function: str) -> None:
    allowed = [grant for statement in statements(function) for grant in grants(statement)]
    assert set(allowed) == ALLOWED[function]
    assert {statement["Effect"] for statement in statements(function)} == {"Allow"}


@pytest.mark.parametrize("function", FUNCTIONS)
def test_no_policy_has_a_wildcard_for_actions_or_resources(function: str) -> None:
    for statement in statements(function):
        assert "*" not in json.dumps([statement["Action"], statement["Resource"]])


def test_serve_may_read_counts_but_no_ping_by_its_key() -> None:
    (reads,) = [it for it in statements("ServeFunction") if it["Action"] == "dynamodb:BatchGetItem"]
    assert reads["Condition"] == {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["post#*"]}}


def test_each_function_has_a_log_group_of_its_own_which_forgets() -> None:
    groups = TEMPLATE.resources("AWS::Logs::LogGroup")
    assert sorted(it["LoggingConfig"]["LogGroup"]["Ref"] for it in FUNCTIONS.values()) == sorted(groups)
    assert {TEMPLATE.resolve(group["RetentionInDays"]) for group in groups.values()} == {30}


@pytest.mark.parametrize("function", list(TEMPLATE.functions()), ids=lambda function: function.name)
def test_each_function_is_given_the_settings_that_it_reads(function: template.Function) -> None:
    source = (ROOT / "functions" / function.name / "app.py").read_text()
    read = re.findall(r"""os\.environ\["(\w+)"\]""", source)
    assert set(read) <= set(function.environment)
    assert function.environment["POWERTOOLS_SERVICE_NAME"] == function.name


def test_old_layers_are_deleted() -> None:
    layers = TEMPLATE.resources("AWS::Serverless::LayerVersion").values()
    assert {layer["RetentionPolicy"] for layer in layers} == {"Delete"}


def test_the_table_outlives_the_stack_and_can_be_restored() -> None:
    assert RESOURCES["Table"]["DeletionPolicy"] == RESOURCES["Table"]["UpdateReplacePolicy"] == "Retain"
    assert TABLE["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
    assert TABLE["SSESpecification"]["SSEEnabled"]


def test_the_table_tells_of_changes_and_forgets_what_expires() -> None:
    assert TABLE["StreamSpecification"] == {"StreamViewType": "NEW_AND_OLD_IMAGES"}
    assert TABLE["TimeToLiveSpecification"] == {"AttributeName": "expires_at", "Enabled": True}


@pytest.mark.parametrize("part", [TABLE, *INDEXES.values()], ids=["table", *INDEXES])
def test_the_table_and_its_indexes_have_a_ceiling(part: dict[str, Any]) -> None:
    assert part["OnDemandThroughput"] == {
        "MaxWriteRequestUnits": {"Ref": "MaxWritesPerSecond"},
        "MaxReadRequestUnits": {"Ref": "MaxReadsPerSecond"},
    }


def test_the_indexes_are_sparse() -> None:
    assert TABLE["BillingMode"] == "PAY_PER_REQUEST"
    assert keys(TABLE) == {"HASH": "id"}
    assert {name: keys(index) for name, index in INDEXES.items()} == {
        "by_post": {"HASH": "shown_on", "RANGE": "received_at"},
        "by_status": {"HASH": "status", "RANGE": "received_at"},
    }


def test_the_readers_index_holds_what_readers_get_and_the_count() -> None:
    held = {*INDEXES["by_post"]["Projection"]["NonKeyAttributes"], "id", "received_at"}
    assert held == {field.name for field in fields(Summary)} | {"approved"}


def test_other_origins_are_let_in_by_the_template_alone() -> None:
    assert TEMPLATE.cors() == {
        "AllowOrigins": ["*"],
        "AllowMethods": ["GET", "HEAD"],
        "AllowHeaders": ["*"],
        "MaxAge": 86400,
    }
    sources = [file.read_text().lower() for file in (ROOT / "functions").rglob("*.py")]
    assert sources
    assert not any("access-control" in source or "corsconfig" in source for source in sources)


@pytest.mark.parametrize("parameter", PARAMETERS)
def test_a_parameter_is_described_and_has_a_default_that_it_allows(parameter: str) -> None:
    settings = PARAMETERS[parameter]
    assert settings["Description"].endswith((".", ")"))
    if settings["Type"] == "String":
        assert re.search(settings["AllowedPattern"], settings["Default"])
        assert settings["ConstraintDescription"]
    else:
        low, high = settings.get("MinValue"), settings.get("MaxValue")
        assert settings["Default"] in (settings.get("AllowedValues") or range(low, high + 1))


GOOD = {
    "Sites": [
        "blog.example",
        "www.blog.example",
        "blog.example,notes.example",
        "blog.example, notes.example , third.example",
        "https://blog.example",
        "http://old.example,blog.example",
        "localhost:8081",
        "http://localhost:8081",
        "bücher.example",
        "xn--bcher-kva.example",
    ],
    "AuthorEmail": ["author@blog.example", "first.last+trackback@mail.blog.example", "jürgen@bücher.example"],
}
BAD = {
    "Sites": [
        "",
        " ",
        "blog.example/",
        "https://blog.example/posts",
        "ftp://blog.example",
        "https:blog.example",
        "//blog.example",
        "blog.example notes.example",
        "blog.example;notes.example",
        "blog.example,",
        ",blog.example",
        "blog.example,,notes.example",
        "blog.example?page=1",
        "author@blog.example",
        "blog.example:http",
        "*",
    ],
    "AuthorEmail": [
        "",
        "author",
        "author@blog",
        "@blog.example",
        "author@blog.example.",
        "author@blog.example, other@blog.example",
        "The Author <author@blog.example>",
        "author @blog.example",
        "author@@blog.example",
    ],
}


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, them in GOOD.items() for value in them])
def test_a_parameter_takes_what_an_author_may_write(name: str, value: str) -> None:
    assert re.search(PARAMETERS[name]["AllowedPattern"], value)


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, them in BAD.items() for value in them])
def test_a_parameter_refuses_what_would_not_work(name: str, value: str) -> None:
    assert not re.search(PARAMETERS[name]["AllowedPattern"], value)
