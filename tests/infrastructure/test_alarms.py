"""The alarms: each says what happened and what to do, and all of them are free."""

import json
import re
from typing import Any

import pytest

from tests.support import template
from trackback.outcomes import count_refused_mail

TEMPLATE = template.load()
ALARMS = TEMPLATE.resources("AWS::CloudWatch::Alarm")
FREE = 10
"""Alarm metrics that cost nothing, by CloudWatch's pricing page; each one of a math counts."""
PATIENT = {"WritesAtCeiling", "ReadsAtCeiling", "FunctionsThrottled"}
OF_AWS = {
    ("AWS/ApiGateway", "5xx"),
    ("AWS/DynamoDB", "ThrottledRequests"),
    ("AWS/Lambda", "Errors"),
    ("AWS/Lambda", "Throttles"),
    ("AWS/SNS", "NumberOfMessagesPublished"),
    ("AWS/SQS", "ApproximateNumberOfMessagesVisible"),
}
ACTION = re.compile(
    r"\b(?:Run|run|Look|look|Open|open|deploy again|Deploy again|ask AWS|wait until|Check|check|Read|read) "
    r"|\"trackback [a-z]+ "
)


def words(alarm: str) -> str:
    return str(TEMPLATE.resolve(ALARMS[alarm]["AlarmDescription"]))


def dimensions(alarm: str) -> dict[str, Any]:
    return {one["Name"]: one["Value"] for one in ALARMS[alarm].get("Dimensions", [])}


@pytest.mark.parametrize("alarm", ALARMS)
def test_an_alarm_says_what_happened_and_what_to_do_in_whole_sentences(alarm: str) -> None:
    said = words(alarm)
    assert re.fullmatch(r"[A-Z].+[.]", said)
    assert len(re.findall(r"[.:] |[.]$", said)) >= 2
    assert ACTION.search(said)
    assert len(said) <= 1_024  # CloudWatch's limit


def test_nine_alarms_watch_one_metric_each_and_one_more_would_be_free() -> None:
    """CloudWatch bills each metric of an expression, and the emulator of `make test-deploy` knows none."""
    assert len(ALARMS) == FREE - 1
    assert not [name for name, alarm in ALARMS.items() if "Metrics" in alarm or "MetricName" not in alarm]


@pytest.mark.parametrize("alarm", ALARMS)
def test_an_alarm_reaches_the_author_and_ends_when_nothing_comes_any_more(alarm: str) -> None:
    settings = ALARMS[alarm]
    assert settings["AlarmActions"] == [{"Ref": "Alarms"}]
    assert settings["TreatMissingData"] == "notBreaching"


@pytest.mark.parametrize("alarm", sorted(PATIENT))
def test_what_a_retry_mends_raises_no_alarm(alarm: str) -> None:
    """Ten refusals in five minutes, twice within a quarter of an hour, are no passing peak."""
    settings = ALARMS[alarm]
    assert settings["Period"] == 300
    assert (settings["Threshold"], settings["DatapointsToAlarm"], settings["EvaluationPeriods"]) == (10, 2, 3)


@pytest.mark.parametrize("alarm", sorted(ALARMS.keys() - PATIENT - {"NotifyFails"}))
def test_all_else_raises_its_alarm_at_the_first_occurrence(alarm: str) -> None:
    settings = ALARMS[alarm]
    assert (settings["Period"], settings["Threshold"], settings["EvaluationPeriods"]) == (300, 1, 1)
    assert settings["ComparisonOperator"] == "GreaterThanOrEqualToThreshold"


@pytest.mark.parametrize(
    ("alarm", "operation"), [("WritesAtCeiling", "PutItem"), ("ReadsAtCeiling", "Query")]
)
def test_a_ceilings_alarm_counts_what_this_table_and_its_indexes_refused(alarm: str, operation: str) -> None:
    assert ALARMS[alarm]["MetricName"] == "ThrottledRequests"
    found = TEMPLATE.resolve(dimensions(alarm))
    assert found == {"TableName": "trackback", "Operation": operation}


def test_notify_may_fail_four_times_in_five_minutes_and_the_alarm_watches_that_function() -> None:
    """It runs each minute, and the next run does what is left."""
    settings = ALARMS["NotifyFails"]
    assert (settings["Namespace"], settings["MetricName"]) == ("AWS/Lambda", "Errors")
    assert dimensions("NotifyFails") == {"FunctionName": {"Ref": "NotifyFunction"}}
    assert (settings["Period"], settings["Threshold"], settings["EvaluationPeriods"]) == (300, 5, 1)
    assert next(it.minutes for it in TEMPLATE.functions() if it.name == "notify") == (1,)


def test_the_alarm_about_throttled_functions_says_that_another_function_may_be_the_cause() -> None:
    assert dimensions("FunctionsThrottled") == {}
    assert "another function of the account" in words("FunctionsThrottled")


def test_an_alarm_watches_a_metric_that_something_emits() -> None:
    """AWS emits those of its own namespaces; of ours, `MailRefused` is what the code writes, name by name."""
    watched = {(it["Namespace"], it["MetricName"]) for it in map(TEMPLATE.resolve, ALARMS.values())}
    assert watched - OF_AWS == {("Trackback/trackback", "MailRefused")}


def test_the_alarm_about_refused_mail_watches_what_is_counted_of_it(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = TEMPLATE.resolve(ALARMS["MailRefused"])
    monkeypatch.setenv("POWERTOOLS_METRICS_NAMESPACE", settings["Namespace"])
    for service in ("notify", "moderate"):
        monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", service)
        count_refused_mail(mail="2026-11-24T06:11:00.000Z")
        said = json.loads(capsys.readouterr().out)
        (counted,) = said["_aws"]["CloudWatchMetrics"]
        assert counted["Namespace"] == settings["Namespace"]
        assert [metric["Name"] for metric in counted["Metrics"]] == [settings["MetricName"]]
        assert [{name: said[name] for name in names} for names in counted["Dimensions"]] == [
            dimensions("MailRefused")
        ]
