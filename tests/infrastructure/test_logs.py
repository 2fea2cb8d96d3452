"""What is logged, the saved queries that search it, and the budget: settings that no function sees."""

import re
from typing import Any

import pytest

from tests import sam, template
from tests.template import Template

TEMPLATE = template.load()
QUERIES = TEMPLATE.resources("AWS::Logs::QueryDefinition")
FUNCTIONS = TEMPLATE.resources("AWS::Serverless::Function")
LONGEST_STACK_NAME = "s" * 128


def groups(query: str) -> set[str]:
    """Return the functions whose logs a query searches."""
    return {group["Ref"].removesuffix("Logs").lower() for group in QUERIES[query]["LogGroupNames"]}


def test_every_function_logs_json_at_the_level_chosen_and_keeps_its_own_log_group() -> None:
    """SAM merges a function's LoggingConfig with that of Globals."""
    made = sam.translated()
    for name in FUNCTIONS:
        assert made[name]["Properties"]["LoggingConfig"] == {
            "LogFormat": "JSON",
            "ApplicationLogLevel": {"Ref": "LogLevel"},
            "SystemLogLevel": "WARN",
            "LogGroup": FUNCTIONS[name]["LoggingConfig"]["LogGroup"],
        }


@pytest.mark.parametrize("level", ["WARN", "ERROR", "info", ""])
def test_a_level_that_would_drop_the_metrics_is_refused(level: str) -> None:
    assert not re.search(TEMPLATE.body["Parameters"]["LogLevel"]["AllowedPattern"], level)


def test_a_ping_is_followed_through_every_function_that_handles_it() -> None:
    assert groups("PingQuery") == {function.name for function in TEMPLATE.functions()} - {"serve", "send"}
    assert 'filter ping = "' in QUERIES["PingQuery"]["QueryString"]


def test_errors_are_searched_in_every_log() -> None:
    assert groups("ErrorsQuery") == {function.name for function in TEMPLATE.functions()}


def test_slow_requests_are_searched_where_requests_are_answered() -> None:
    assert groups("SlowQuery") == {function.name for function in TEMPLATE.functions() if function.routes}


@pytest.mark.parametrize("query", QUERIES)
def test_a_query_has_a_name_that_fits_for_every_stack_and_tells_stacks_apart(query: str) -> None:
    named = Template(TEMPLATE.text, {}, {"AWS::StackName": LONGEST_STACK_NAME})
    name = named.resolve(QUERIES[query]["Name"])
    assert name.startswith(f"{LONGEST_STACK_NAME}/")
    assert len(name) <= 255  # CloudWatch Logs' limit
    assert len(QUERIES[query]["QueryString"]) <= 10_000


def budget(dollars: str, region: str) -> dict[str, Any] | None:
    """Return the budget of a deployment, if it has one."""
    parameters = {"MonthlyBudget": dollars, "AuthorEmail": "author@blog.example"}
    chosen = Template(TEMPLATE.text, parameters, {"AWS::Region": region})
    (made,) = chosen.resources("AWS::Budgets::Budget").values()
    made_if = chosen.body["Resources"]["Budget"]["Condition"]
    return chosen.resolve(made) if chosen.holds({"Condition": made_if}) else None


def test_a_budget_mails_the_author_at_half_and_at_all_of_it() -> None:
    found = budget("10", "eu-central-1")
    assert found
    assert found["Budget"]["BudgetLimit"] == {"Amount": 10, "Unit": "USD"}
    assert "BudgetName" not in found["Budget"]  # or a second stack's would collide
    told = found["NotificationsWithSubscribers"]
    assert [(one["Notification"]["NotificationType"], one["Notification"]["Threshold"]) for one in told] == [
        ("ACTUAL", 50),
        ("ACTUAL", 100),
    ]
    assert {one["Subscribers"][0]["Address"] for one in told} == {"author@blog.example"}


@pytest.mark.parametrize(("dollars", "region"), [("0", "us-east-1"), ("10", "eu-north-1")])
def test_there_is_no_budget_where_none_is_asked_for_or_cloudformation_makes_none(
    dollars: str, region: str
) -> None:
    assert budget(dollars, region) is None
