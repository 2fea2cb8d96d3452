"""The alarms: each says what happened and what to do, and all of them are free."""

import re
from typing import Any

import pytest

from tests import template

TEMPLATE = template.load()
ALARMS = TEMPLATE.resources("AWS::CloudWatch::Alarm")
FREE = 10
"""Alarm metrics that cost nothing, by CloudWatch's pricing page; each one of a math counts."""
GOING = {"UnverifiedPings", "UntoldPings", "UnsentPings"}
"""One failure queue's alarm replaces these; the line goes with them."""
ACTION = re.compile(
    r"\b(?:Run|run|Look|look|Open|open|deploy again|Deploy again|ask AWS|wait until|Check|check|Read|read) "
    r"|\"trackback [a-z]+ "
)


def words(alarm: str) -> str:
    return str(TEMPLATE.resolve(ALARMS[alarm]["AlarmDescription"]))


def metrics(alarm: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the metrics that an alarm is billed for: itself, or what its math is made of."""
    parts = [part["MetricStat"]["Metric"] for part in alarm.get("Metrics", []) if "MetricStat" in part]
    return parts or [alarm]


@pytest.mark.parametrize("alarm", sorted(ALARMS.keys() - GOING))
def test_an_alarm_says_what_happened_and_what_to_do_in_whole_sentences(alarm: str) -> None:
    said = words(alarm)
    assert re.fullmatch(r"[A-Z].+[.]", said)
    assert len(re.findall(r"[.:] |[.]$", said)) >= 2
    assert ACTION.search(said)
    assert len(said) <= 1_024  # CloudWatch's limit


def test_all_alarms_together_are_free() -> None:
    assert 0 < sum(len(metrics(alarm)) for alarm in ALARMS.values()) <= FREE


@pytest.mark.parametrize("alarm", ALARMS)
def test_an_alarm_reaches_the_author_and_ends_when_nothing_comes_any_more(alarm: str) -> None:
    settings = ALARMS[alarm]
    assert settings["AlarmActions"] == [{"Ref": "Alarms"}]
    assert settings["TreatMissingData"] == "notBreaching"


@pytest.mark.parametrize("alarm", ["WritesAtCeiling", "ReadsAtCeiling", "FunctionsThrottled"])
def test_what_a_retry_mends_raises_no_alarm(alarm: str) -> None:
    """Ten refusals in five minutes, twice within a quarter of an hour, are no passing peak."""
    settings = ALARMS[alarm]
    periods = [part["MetricStat"]["Period"] for part in settings.get("Metrics", []) if "MetricStat" in part]
    assert set(periods or [settings["Period"]]) == {300}
    assert (settings["Threshold"], settings["DatapointsToAlarm"], settings["EvaluationPeriods"]) == (10, 2, 3)


@pytest.mark.parametrize(
    ("alarm", "operations"), [("WritesAtCeiling", ["PutItem", "UpdateItem"]), ("ReadsAtCeiling", ["Query"])]
)
def test_a_ceilings_alarm_counts_what_this_table_and_its_indexes_refused(
    alarm: str, operations: list[str]
) -> None:
    counted = metrics(ALARMS[alarm])
    dimensions = [{one["Name"]: one["Value"] for one in metric["Dimensions"]} for metric in counted]
    assert [found["Operation"] for found in dimensions] == operations
    assert {metric["MetricName"] for metric in counted} == {"ThrottledRequests"}
    assert all(found["TableName"] for found in dimensions)


def test_the_alarm_about_throttled_functions_says_that_another_function_may_be_the_cause() -> None:
    assert "Dimensions" not in ALARMS["FunctionsThrottled"]
    assert "another function of the account" in words("FunctionsThrottled")
