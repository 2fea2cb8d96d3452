"""What wakes verify, notify and send, and what becomes of what they cannot do: queues and alarms."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from functions.send import app as send
from functions.verify import app
from tests import sam, template
from tests.streams import fits
from trackback import fetch

TEMPLATE = template.load()
RESOURCES: dict[str, Any] = TEMPLATE.body["Resources"]
VERIFY = TEMPLATE.resources("AWS::Serverless::Function")["VerifyFunction"]
ALARM_OF = {"Verify": "UnverifiedPings", "Notify": "UntoldPings", "Send": "UnsentPings"}
QUEUES = {name: {"Destination": {"Fn::GetAtt": [f"{name}Failures", "Arn"]}} for name in ALARM_OF}
ALARMS = TEMPLATE.resources("AWS::CloudWatch::Alarm")

FETCHES = 2
"""The post's page and the source's; a linked page and the ping to it."""


def stream(function: str) -> dict[str, Any]:
    """Return a function's subscription to the table's stream."""
    found: dict[str, Any] = sam.translated()[f"{function}FunctionStream"]["Properties"]
    return found


def change(event: str, *, old: Mapping[str, Any] = {}, **new: Any) -> dict[str, Any]:
    """Return a record of the stream, as far as filters look at it."""
    images = {"NewImage": new, "OldImage": old}
    return {"eventName": event, "dynamodb": {name: image for name, image in images.items() if image}}


def wakes(function: str, record: dict[str, Any]) -> bool:
    """Tell whether a record passes a function's filters."""
    filters = stream(function)["FilterCriteria"]["Filters"]
    return any(fits(record, json.loads(one["Pattern"])) for one in filters)


URL = {"S": "https://other.example/re"}


@pytest.mark.parametrize(
    ("record", "wakes_it"),
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
    record: dict[str, Any], wakes_it: bool
) -> None:
    assert wakes("Verify", record) is wakes_it


PENDING, APPROVED, SPAM = (
    {"status": {"S": status}, "url": URL} for status in ("pending", "approved", "spam")
)
SHOWN = APPROVED | {"shown_on": {"S": "blog.example"}}
UNLOOKED = {"unlooked": {"BOOL": True}}


@pytest.mark.parametrize(
    ("record", "wakes_it"),
    [
        (change("MODIFY", old={"url": URL}, **PENDING), True),
        (change("MODIFY", old={"url": URL}, **SHOWN), True),
        (change("MODIFY", old=PENDING, **SHOWN), True),
        (change("MODIFY", old=SPAM, **SHOWN), True),
        (change("MODIFY", old=SHOWN, **SPAM), True),
        (change("MODIFY", old=SHOWN, **PENDING), True),
        (change("REMOVE", old=SHOWN), True),
        (change("MODIFY", old=SHOWN | UNLOOKED, **SHOWN), True),
        (change("INSERT", untried={"BOOL": True}), True),
        (change("INSERT", url=URL), False),
        (change("MODIFY", old={"url": URL}, **SPAM), False),
        (change("MODIFY", old=PENDING, **PENDING), False),
        (change("MODIFY", old=SHOWN, **SHOWN), False),
        (change("MODIFY", old=SHOWN, **SHOWN, **UNLOOKED), False),
        (change("MODIFY", old=PENDING, **SPAM), False),
        (change("REMOVE", old=SPAM), False),
        (change("MODIFY", old={"approved": {"N": "1"}}, approved={"N": "2"}), False),
        (change("INSERT", shown_on={"S": "blog.example/"}), False),
    ],
    ids=[
        "held with its verdict",
        "approved by a rule",
        "approved by the author",
        "approved out of spam",
        "approved, then spam",
        "approval undone",
        "deleted while shown",
        "revision that was looked at",
        "test of the webhook",
        "new ping, not looked at yet",
        "certain spam",
        "held, and marked as told",
        "shown, and looked at again",
        "new revision, not looked at yet",
        "held, then spam",
        "expired ping",
        "post's count",
        "post's record",
    ],
)
def test_the_stream_wakes_notify_for_what_the_author_or_a_webhook_is_to_hear_only(
    record: dict[str, Any], wakes_it: bool
) -> None:
    assert wakes("Notify", record) is wakes_it


@pytest.mark.parametrize("function", ["Verify", "Notify"])
@pytest.mark.parametrize(
    "record",
    [
        change("INSERT", status={"S": "send"}, source=URL, due={"S": "send"}),
        change("MODIFY", old={"status": {"S": "send"}, "due": {"S": "send"}}, status={"S": "send"}),
        change("INSERT", status={"S": "sent"}, source=URL, due={"S": "sent"}),
        change("MODIFY", old={"status": {"S": "sent"}}, status={"S": "sent"}, stage={"S": "refused"}),
        change("REMOVE", old={"status": {"S": "send"}}),
        change("MODIFY", memory={"M": {}}),
    ],
    ids=[
        "new order",
        "order that is done",
        "new ping of the author's",
        "ping that was refused",
        "old order",
        "feed",
    ],
)
def test_what_the_author_sends_wakes_nobody(function: str, record: dict[str, Any]) -> None:
    assert not wakes(function, record)


@pytest.mark.parametrize("function", ["Verify", "Notify"])
def test_no_ping_is_passed_over_and_none_holds_up_the_others_for_ever(function: str) -> None:
    found = stream(function)
    assert found["EventSourceArn"] == {"Fn::GetAtt": ["Table", "StreamArn"]}
    assert found["StartingPosition"] == "TRIM_HORIZON"
    assert found["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert found["BisectBatchOnFunctionError"] is True
    assert found["MaximumRetryAttempts"] == 5
    assert found["MaximumRecordAgeInSeconds"] < 24 * 3600  # after which the stream itself forgets
    assert found["DestinationConfig"] == {"OnFailure": QUEUES[function]}


def test_no_more_subscribe_to_the_stream_than_aws_serves_well_and_no_more_filters_than_it_allows() -> None:
    subscriptions = [
        it for it in sam.translated().values() if it["Type"] == "AWS::Lambda::EventSourceMapping"
    ]
    assert len(subscriptions) == 2
    assert max(len(it["Properties"]["FilterCriteria"]["Filters"]) for it in subscriptions) <= 5


def test_the_schedule_is_a_setting_and_what_fails_in_it_reaches_the_queue_too() -> None:
    assert sam.translated()["VerifyFunctionDue"]["Properties"]["ScheduleExpression"] == {
        "Fn::Sub": "rate(${CheckEveryMinutes} minutes)"
    }
    assert sam.translated()["SendFunctionDue"]["Properties"]["ScheduleExpression"] == {
        "Fn::Sub": "rate(${SendEveryMinutes} minutes)"
    }
    for function, queue in QUEUES.items():
        invoked = sam.translated()[f"{function}FunctionEventInvokeConfig"]["Properties"]
        assert invoked["MaximumRetryAttempts"] <= 2
        assert invoked["DestinationConfig"] == {"OnFailure": queue}


def test_verify_has_time_for_the_slowest_sources_and_is_not_woken_twice_meanwhile() -> None:
    most = max(stream("Verify")["BatchSize"], app.MOST_DUE)
    rounds = -(-most // app.SIDE_BY_SIDE)
    assert rounds * FETCHES * fetch.SECONDS < VERIFY["Timeout"]
    assert VERIFY["Timeout"] < TEMPLATE.body["Parameters"]["CheckEveryMinutes"]["MinValue"] * 60


def test_send_ends_what_it_has_begun_and_is_not_woken_by_the_schedule_meanwhile() -> None:
    timeout = TEMPLATE.resources("AWS::Serverless::Function")["SendFunction"]["Timeout"]
    assert FETCHES * fetch.SECONDS < send.RESERVE < timeout / 4
    assert timeout < TEMPLATE.body["Parameters"]["SendEveryMinutes"]["MinValue"] * 60


@pytest.mark.parametrize("function", ALARM_OF)
def test_a_message_in_a_queue_raises_an_alarm_and_stays_until_the_author_has_time(function: str) -> None:
    queue = RESOURCES[f"{function}Failures"]["Properties"]
    assert queue == {"MessageRetentionPeriod": 14 * 24 * 3600, "SqsManagedSseEnabled": True}
    alarm = ALARMS[ALARM_OF[function]]
    assert (alarm["Namespace"], alarm["MetricName"]) == ("AWS/SQS", "ApproximateNumberOfMessagesVisible")
    assert alarm["Dimensions"] == [
        {"Name": "QueueName", "Value": {"Fn::GetAtt": [f"{function}Failures", "QueueName"]}}
    ]


@pytest.mark.parametrize(
    "name", sorted(ALARMS.keys() - {"WritesAtCeiling", "ReadsAtCeiling", "FunctionsThrottled"})
)
def test_an_alarm_goes_off_at_the_first_occurrence_and_reaches_the_author(name: str) -> None:
    alarm = ALARMS[name]
    counted = [it["MetricStat"] for it in alarm.get("Metrics", []) if "MetricStat" in it] or [alarm]
    assert {metric["Period"] for metric in counted} == {300}
    assert (alarm["Threshold"], alarm["EvaluationPeriods"]) == (1, 1)
    assert alarm["ComparisonOperator"] == "GreaterThanOrEqualToThreshold"
    assert alarm["TreatMissingData"] == "notBreaching"
    assert alarm["AlarmActions"] == [{"Ref": "Alarms"}]
    assert RESOURCES["Alarms"]["Properties"]["Subscription"] == [
        {"Protocol": "email", "Endpoint": {"Ref": "AuthorEmail"}}
    ]
