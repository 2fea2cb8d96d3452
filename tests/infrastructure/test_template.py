"""Facts about template.yaml that no unit test sees: routes, layers, the functions' environments."""

import importlib
import re
from collections.abc import Iterator
from graphlib import TopologicalSorter
from typing import Any

import pytest

from tests.support import sam, template
from tests.support.template import ROOT

TEMPLATE = template.load()
RESOURCES: dict[str, Any] = TEMPLATE.body["Resources"]
FUNCTIONS = TEMPLATE.resources("AWS::Serverless::Function")


@pytest.mark.parametrize(
    "function", [it for it in TEMPLATE.functions() if it.routes], ids=lambda function: function.name
)
def test_the_routes_of_the_template_are_those_of_the_function(function: template.Function) -> None:
    app = importlib.import_module(f"functions.{function.name}.app").app
    answered = {
        (route.method, example(route.rule.pattern)) for route in app._static_routes + app._dynamic_routes
    }
    leads = {
        (method, path): [route for route in function.routes if route.matches(method, path)]
        for method, path in answered
    }
    assert [asked for asked, found in leads.items() if not found] == []
    assert {route for found in leads.values() for route in found} == set(function.routes)


def example(pattern: str) -> str:
    """Return a path that a route's pattern matches."""
    path = re.sub(r"\(\?P<\w+>\[.*?\]\+\)", "x", pattern.strip("^$"))
    path = path.replace(r"[\s\S]+", "blog.example/2026/hello/").replace("[^/]+", "x")
    path = re.sub(r"\(\?:(.*?)\|.*?\)", r"\1", path)
    path = path.replace("\\", "")
    assert re.fullmatch(pattern, path)
    return path


@pytest.mark.parametrize("function", list(TEMPLATE.functions()), ids=lambda function: function.name)
def test_each_function_is_given_the_settings_that_it_reads(function: template.Function) -> None:
    source = (ROOT / "functions" / function.name / "app.py").read_text()
    read = re.findall(r"""os\.environ\["(\w+)"\]""", source)
    assert set(read) <= set(function.environment)
    assert function.environment["POWERTOOLS_SERVICE_NAME"] == function.name
    assert (
        function.environment["POWERTOOLS_METRICS_NAMESPACE"] == "Trackback/trackback"
    )  # by the stack's name


def test_no_function_may_fetch_from_the_machine_that_it_runs_on() -> None:
    assert "FETCH_LOOPBACK" not in TEMPLATE.text


def test_old_layers_are_deleted() -> None:
    layers = TEMPLATE.resources("AWS::Serverless::LayerVersion").values()
    assert {layer["RetentionPolicy"] for layer in layers} == {"Delete"}


def test_a_function_has_what_it_needs_beside_the_shared_layer() -> None:
    made = sam.translated()
    layers = {
        name: [layer["Ref"].partition("Layer")[0] for layer in made[name]["Properties"]["Layers"]]
        for name in FUNCTIONS
    }
    assert layers == {
        "ReceiveFunction": ["Shared"],
        "ServeFunction": ["Shared", "Pages"],
        "TriageFunction": ["Shared"],
        "VerifyFunction": ["Shared", "Html"],
        "NotifyFunction": ["Shared", "Html", "Pages"],
        "SendFunction": ["Shared", "Html"],
        "ModerateFunction": ["Shared", "Pages"],
    }


def test_the_native_layer_is_for_the_architecture_and_the_runtime_of_the_functions() -> None:
    shared, html, pages = (
        RESOURCES[name]["Properties"] for name in ("SharedLayer", "HtmlLayer", "PagesLayer")
    )
    settings = TEMPLATE.body["Globals"]["Function"]
    assert html["CompatibleArchitectures"] == settings["Architectures"] == ["arm64"]
    assert {it["CompatibleRuntimes"][0] for it in (shared, html, pages)} == {settings["Runtime"]}
    assert not any("CompatibleArchitectures" in it for it in (shared, pages))


def test_resources_can_be_made_one_after_the_other() -> None:
    """What names another waits for it, and no linter sees a circle through what SAM adds."""
    made = sam.translated()
    waits_for = {name: set(names(resource)) & made.keys() for name, resource in made.items()}
    assert "Api" in waits_for["Distribution"]
    assert "ModerateFunctionAliaslive" in waits_for["Api"]
    assert set(TopologicalSorter(waits_for).static_order()) == made.keys()


def names(value: Any) -> Iterator[str]:
    """Yield the names in a resource: of resources, parameters, and what is none of them."""
    match value:
        case {"Ref": name} | {"Fn::GetAtt": [name, *_]}:
            yield name
        case str():
            yield from re.findall(r"\$\{([\w:]+)", value)
        case dict() | list():
            for inner in value.values() if isinstance(value, dict) else value:
                yield from names(inner)


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
