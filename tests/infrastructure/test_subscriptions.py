"""What wakes verify, the stream and the schedule, and what becomes of what it cannot do: queue and alarms."""

import json
from typing import Any

import pytest

from functions.verify import app
from tests import sam, template
from tests.streams import fits
from trackback import fetch

TEMPLATE = template.load()
RESOURCES: dict[str, Any] = TEMPLATE.body["Resources"]
TRANSLATED = sam.translated()
VERIFY = TEMPLATE.resources("AWS::Serverless::Function")["VerifyFunction"]
STREAM = TRANSLATED["VerifyFunctionStream"]["Properties"]
QUEUE = {"Destination": {"Fn::GetAtt": ["VerifyFailures", "Arn"]}}
ALARMS = TEMPLATE.resources("AWS::CloudWatch::Alarm")

FETCHES = 2
"""The post's page and the source's."""


def change(event: str, **new: Any) -> dict[str, Any]:
    """Return a record of the stream, as far as filters look at it."""
    return {"eventName": event, "dynamodb": {"NewImage": new} if new else {}}


URL = {"S": "https://other.example/re"}


@pytest.mark.parametrize(
    ("record", "wakes"),
    [
        (change("INSERT", url=URL), True),
        (change("MODIFY", url=URL, unlooked={"BOOL": True}), True),
        (change("MODIFY", url=URL, status={"S": "pending"}), False),
        (change("MODIFY", url=URL, unlooked={"BOOL": False}), False),
        (change("INSERT", shown_on={"S": "blog.example/"}), False),
        (change("MODIFY", approved={"N": "1"}), False),
        (change("REMOVE"), False),
    ],
    ids=[
        "new ping",
        "revision",
        "verdict or decision",
        "revision that was looked at",
        "post's record",
        "post's count",
        "expired ping",
    ],
)
def test_the_stream_wakes_verify_for_new_pings_and_revisions_only(
    record: dict[str, Any], wakes: bool
) -> None:
    patterns = [json.loads(one["Pattern"]) for one in STREAM["FilterCriteria"]["Filters"]]
    assert any(fits(record, pattern) for pattern in patterns) is wakes


def test_no_ping_is_passed_over_and_none_holds_up_the_others_for_ever() -> None:
    assert STREAM["EventSourceArn"] == {"Fn::GetAtt": ["Table", "StreamArn"]}
    assert STREAM["StartingPosition"] == "TRIM_HORIZON"
    assert STREAM["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert STREAM["BisectBatchOnFunctionError"] is True
    assert STREAM["MaximumRetryAttempts"] == 5
    assert STREAM["MaximumRecordAgeInSeconds"] < 24 * 3600  # after which the stream itself forgets
    assert STREAM["DestinationConfig"] == {"OnFailure": QUEUE}


def test_the_schedule_is_a_setting_and_what_fails_in_it_reaches_the_queue_too() -> None:
    assert TRANSLATED["VerifyFunctionDue"]["Properties"]["ScheduleExpression"] == {
        "Fn::Sub": "rate(${CheckEveryMinutes} minutes)"
    }
    invoked = TRANSLATED["VerifyFunctionEventInvokeConfig"]["Properties"]
    assert invoked["MaximumRetryAttempts"] <= 2
    assert invoked["DestinationConfig"] == {"OnFailure": QUEUE}


@pytest.mark.parametrize("pings", [STREAM["BatchSize"], app.MOST_DUE], ids=["batch", "due"])
def test_verify_has_time_for_the_slowest_sources_and_is_not_woken_twice_meanwhile(pings: int) -> None:
    rounds = -(-pings // app.SIDE_BY_SIDE)
    assert rounds * FETCHES * fetch.SECONDS < VERIFY["Timeout"]
    assert VERIFY["Timeout"] < TEMPLATE.body["Parameters"]["CheckEveryMinutes"]["MinValue"] * 60


def test_a_message_in_the_queue_raises_an_alarm_and_stays_until_the_author_has_time() -> None:
    queue = RESOURCES["VerifyFailures"]["Properties"]
    assert queue == {"MessageRetentionPeriod": 14 * 24 * 3600, "SqsManagedSseEnabled": True}
    alarm = ALARMS["UnverifiedPings"]
    assert (alarm["Namespace"], alarm["MetricName"]) == ("AWS/SQS", "ApproximateNumberOfMessagesVisible")
    assert alarm["Dimensions"] == [
        {"Name": "QueueName", "Value": {"Fn::GetAtt": ["VerifyFailures", "QueueName"]}}
    ]


@pytest.mark.parametrize("name", ALARMS)
def test_an_alarm_goes_off_at_the_first_occurrence_and_reaches_the_author(name: str) -> None:
    alarm = ALARMS[name]
    assert (alarm["Threshold"], alarm["EvaluationPeriods"], alarm["Period"]) == (1, 1, 300)
    assert alarm["ComparisonOperator"] == "GreaterThanOrEqualToThreshold"
    assert alarm["TreatMissingData"] == "notBreaching"
    assert alarm["AlarmActions"] == [{"Ref": "Alarms"}]
    assert RESOURCES["Alarms"]["Properties"]["Subscription"] == [
        {"Protocol": "email", "Endpoint": {"Ref": "AuthorEmail"}}
    ]
