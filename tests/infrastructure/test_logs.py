"""What is logged, the saved queries that search it, and the budget: settings that no function sees."""

import re
from typing import Any

import pytest

from tests.support import sam, template
from tests.support.template import Template

TEMPLATE = template.load()
QUERIES = TEMPLATE.resources("AWS::Logs::QueryDefinition")
LONGEST_STACK_NAME = "s" * 128


def test_every_function_logs_json_at_the_level_chosen_into_the_one_log_group() -> None:
    for made in sam.made("AWS::Lambda::Function").values():
        assert made["LoggingConfig"] == {
            "LogFormat": "JSON",
            "ApplicationLogLevel": {"Ref": "LogLevel"},
            "SystemLogLevel": "WARN",
            "LogGroup": {"Ref": "Logs"},
        }


def test_logs_are_forgotten_after_the_days_chosen_and_go_with_the_stack() -> None:
    (group,) = (it for it in TEMPLATE.body["Resources"].values() if it["Type"] == "AWS::Logs::LogGroup")
    assert group["Properties"] == {"RetentionInDays": {"Ref": "LogRetentionDays"}}
    assert (group["DeletionPolicy"], group["UpdateReplacePolicy"]) == ("Delete", "Delete")
    assert TEMPLATE.resolve(group["Properties"]["RetentionInDays"]) == 30


@pytest.mark.parametrize("level", ["WARN", "ERROR", "info", ""])
def test_a_level_that_would_drop_the_metrics_is_refused(level: str) -> None:
    assert not re.search(TEMPLATE.body["Parameters"]["LogLevel"]["AllowedPattern"], level)


@pytest.mark.parametrize("query", QUERIES)
def test_a_query_searches_the_logs_of_all_functions_and_says_which_one_wrote_a_line(query: str) -> None:
    assert QUERIES[query]["LogGroupNames"] == [{"Ref": "Logs"}]
    assert "service" in fields(query)


def test_a_ping_is_followed_by_its_id() -> None:
    assert 'filter ping = "' in QUERIES["PingQuery"]["QueryString"]


def test_an_error_that_lambda_reports_is_told_by_its_stream() -> None:
    """Lambda's own lines have no `service`; their stream is named after the function."""
    assert "record.status" in QUERIES["ErrorsQuery"]["QueryString"]
    assert "@logStream" in fields("ErrorsQuery")


def fields(query: str) -> list[str]:
    """Return what a query shows of a line."""
    (shown,) = re.findall(r"(?m)^\| fields (.+)$", QUERIES[query]["QueryString"])
    return [field.strip() for field in shown.split(",")]


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
