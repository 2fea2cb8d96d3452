"""What wakes triage, verify, notify and send, and what becomes of what they cannot do: queues and alarms."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from functions.notify import app as notify
from functions.send import app as send
from functions.verify import app
from tests import sam, template
from tests.streams import fits
from trackback import fetch
from trackback.stream import event_of, needs_check

TEMPLATE = template.load()
FUNCTIONS = TEMPLATE.resources("AWS::Serverless::Function")
QUEUES = TEMPLATE.resources("AWS::SQS::Queue")
ALARMS = TEMPLATE.resources("AWS::CloudWatch::Alarm")
ALARM_OF = {"Failures": "FailedWork", "FailedMessages": "StuckMessages"}

FETCHES = 2
"""The post's page and the source's; a linked page and the ping to it."""


MINUTE = 60

MAPPINGS = sam.made("AWS::Lambda::EventSourceMapping")


def change(event: str, *, old: Mapping[str, Any] = {}, **new: Any) -> dict[str, Any]:
    """Return a record of the stream, as far as filters look at it."""
    images = {"NewImage": new, "OldImage": old}
    return {"eventName": event, "dynamodb": {name: image for name, image in images.items() if image}}


def reaches_triage(record: dict[str, Any]) -> bool:
    """Tell whether a record passes the stream's filters."""
    filters = MAPPINGS["TriageStream"]["FilterCriteria"]["Filters"]
    return any(fits(record, json.loads(one["Pattern"])) for one in filters)


URL = {"S": "https://other.example/re"}


@pytest.mark.parametrize(
    ("record", "is_wanted"),
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
def test_new_pings_and_revisions_are_looked_at_and_nothing_else(
    record: dict[str, Any], is_wanted: bool
) -> None:
    assert needs_check(record) is is_wanted
    assert reaches_triage(record) >= is_wanted


PENDING, APPROVED, SPAM = (
    {"status": {"S": status}, "url": URL} for status in ("pending", "approved", "spam")
)
SHOWN = APPROVED | {"shown_on": {"S": "blog.example"}}
UNLOOKED = {"unlooked": {"BOOL": True}}


@pytest.mark.parametrize(
    ("record", "is_wanted"),
    [
        (change("MODIFY", old={"url": URL}, **PENDING), True),
        (change("MODIFY", old={"url": URL}, **SHOWN), True),
        (change("MODIFY", old=PENDING, **SHOWN), True),
        (change("MODIFY", old=SPAM, **SHOWN), True),
        (change("MODIFY", old=SHOWN, **SPAM), True),
        (change("MODIFY", old=SHOWN, **PENDING), True),
        (change("REMOVE", old=SHOWN), True),
        (change("MODIFY", old=SHOWN | UNLOOKED, **SHOWN, revision={"M": {}}), True),
        (change("MODIFY", old=SHOWN | UNLOOKED, **SHOWN), False),
        (change("INSERT", due={"S": "hook"}, status={"S": "delivery"}), False),
        (change("INSERT", url=URL), False),
        (change("INSERT", **SHOWN), False),
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
        "shown, and looked at when the author asked",
        "webhook that is due",
        "new ping, not looked at yet",
        "ping of a restored table",
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
def test_what_the_author_or_a_webhook_hears_of_is_told_and_nothing_else(
    record: dict[str, Any], is_wanted: bool
) -> None:
    assert (event_of(record) is not None) is is_wanted
    assert reaches_triage(record) >= is_wanted


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
def test_what_the_author_sends_is_neither_looked_at_nor_told(record: dict[str, Any]) -> None:
    assert not needs_check(record)
    assert event_of(record) is None


def test_what_a_flood_changes_most_does_not_even_wake_triage() -> None:
    spam = change("MODIFY", old={"url": URL}, **SPAM)
    assert not reaches_triage(spam)
    assert not reaches_triage(change("REMOVE", old=SPAM))


def test_what_triage_and_notify_write_does_not_wake_triage_again() -> None:
    hook = {"due": {"S": "hook"}, "status": {"S": "delivery"}}
    assert not reaches_triage(change("INSERT", **hook))
    assert not reaches_triage(change("MODIFY", old=hook, status={"S": "delivery"}, state={"S": "sent"}))
    assert not reaches_triage(change("MODIFY", old={"waiting": {"SS": ["a"]}}, sending={"SS": ["a"]}))
    assert not reaches_triage(change("MODIFY", old=PENDING, **PENDING, told={"S": "ping@1"}))


def test_no_ping_is_passed_over_and_none_holds_up_the_others_for_ever() -> None:
    found = MAPPINGS["TriageStream"]
    assert found["StartingPosition"] == "TRIM_HORIZON"
    assert found["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert found["BisectBatchOnFunctionError"] is True
    assert found["MaximumRetryAttempts"] == 5
    assert found["MaximumRecordAgeInSeconds"] < 24 * 3600  # after which the stream itself forgets
    assert found["DestinationConfig"] == {"OnFailure": {"Destination": {"Fn::GetAtt": ["Failures", "Arn"]}}}
    assert len(found["FilterCriteria"]["Filters"]) <= 5  # as many as AWS takes


def test_a_message_is_not_brought_twice_at_once_and_ends_in_the_queue_of_failed_messages() -> None:
    mapping = MAPPINGS["VerifyChecks"]
    assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert mapping["BatchSize"] <= 10  # as many as a FIFO queue gives
    assert mapping["ScalingConfig"]["MaximumConcurrency"] >= 2  # the least that AWS takes
    assert QUEUES["Checks"]["VisibilityTimeout"] >= 6 * FUNCTIONS["VerifyFunction"]["Timeout"]
    assert QUEUES["Checks"]["RedrivePolicy"] == {
        "deadLetterTargetArn": {"Fn::GetAtt": ["FailedMessages", "Arn"]},
        "maxReceiveCount": 5,
    }


def test_queues_keep_their_messages_for_two_weeks_and_encrypt_them() -> None:
    assert {queue["MessageRetentionPeriod"] for queue in QUEUES.values()} == {14 * 24 * 3600}
    assert {queue["SqsManagedSseEnabled"] for queue in QUEUES.values()} == {True}
    assert [name for name, queue in QUEUES.items() if not queue.get("FifoQueue")] == ["Failures"]


def test_a_schedule_may_put_messages_into_its_queue_and_the_queue_tells_them_apart() -> None:
    (found,) = sam.made("AWS::SQS::QueuePolicy").values()
    assert found["Queues"] == [{"Ref": "Checks"}]
    (statement,) = found["PolicyDocument"]["Statement"]
    assert statement["Principal"] == {"Service": "events.amazonaws.com"}
    assert statement["Action"] == "sqs:SendMessage"
    assert statement["Condition"] == {"ArnEquals": {"aws:SourceArn": {"Fn::GetAtt": ["DueChecks", "Arn"]}}}
    assert QUEUES["Checks"]["ContentBasedDeduplication"] is True
    (target,) = sam.made("AWS::Events::Rule")["DueChecks"]["Targets"]
    assert target["SqsParameters"]["MessageGroupId"]
    assert "Input" not in target  # events differ by their ids, a text of ours would be the same each time


def invocations() -> dict[str, Any]:
    """Return what AWS does with events of each function that is invoked by a schedule or a call."""
    found = sam.made("AWS::Lambda::EventInvokeConfig").values()
    return {one["FunctionName"]["Ref"]: one for one in found}


def test_the_schedules_are_settings_and_what_fails_in_send_reaches_the_queue_of_failures() -> None:
    rules = sam.made("AWS::Events::Rule")
    for rule, setting in (("DueChecks", "CheckEveryMinutes"), ("SendFunctionDue", "SendEveryMinutes")):
        assert rules[rule]["ScheduleExpression"] == {"Fn::Sub": f"rate(${{{setting}}} minutes)"}
    invoked = invocations()["SendFunction"]
    assert invoked["MaximumRetryAttempts"] <= 2
    assert invoked["DestinationConfig"] == {"OnFailure": {"Destination": {"Fn::GetAtt": ["Failures", "Arn"]}}}


def test_verify_has_time_for_the_slowest_sources_and_the_schedule_does_not_pile_up_meanwhile() -> None:
    timeout = FUNCTIONS["VerifyFunction"]["Timeout"]
    most = MAPPINGS["VerifyChecks"]["BatchSize"] - 1 + app.MOST_DUE
    rounds = -(-most // app.SIDE_BY_SIDE)
    assert rounds * FETCHES * fetch.SECONDS < timeout
    assert timeout < TEMPLATE.body["Parameters"]["CheckEveryMinutes"]["MinValue"] * 60


def test_notify_has_time_for_the_slowest_webhooks_and_ends_before_it_is_invoked_again() -> None:
    rounds = -(-notify.MOST_WEBHOOKS // notify.SIDE_BY_SIDE)
    timeout = FUNCTIONS["NotifyFunction"]["Timeout"]
    assert rounds * fetch.SECONDS < timeout - notify.RESERVE
    assert fetch.SECONDS < notify.RESERVE
    assert timeout < MINUTE


def test_notify_is_invoked_each_minute_and_a_run_that_failed_is_left_to_the_next() -> None:
    assert sam.made("AWS::Events::Rule")["NotifyFunctionWaiting"]["ScheduleExpression"] == "rate(1 minute)"
    invoked = invocations()["NotifyFunction"]
    assert invoked["MaximumRetryAttempts"] == 0
    assert invoked["DestinationConfig"] == {}


def test_send_ends_what_it_has_begun_and_is_not_woken_by_the_schedule_meanwhile() -> None:
    timeout = FUNCTIONS["SendFunction"]["Timeout"]
    assert FETCHES * fetch.SECONDS < send.RESERVE < timeout / 4
    assert timeout < TEMPLATE.body["Parameters"]["SendEveryMinutes"]["MinValue"] * 60


@pytest.mark.parametrize("queue", ALARM_OF)
def test_a_message_in_a_queue_of_failures_raises_an_alarm_that_says_what_to_do(queue: str) -> None:
    alarm = ALARMS[ALARM_OF[queue]]
    assert (alarm["Namespace"], alarm["MetricName"]) == ("AWS/SQS", "ApproximateNumberOfMessagesVisible")
    assert alarm["Dimensions"] == [{"Name": "QueueName", "Value": {"Fn::GetAtt": [queue, "QueueName"]}}]
    for command in ("list", "retry", "drop"):
        assert f'"trackback failures {command}"' in alarm["AlarmDescription"]


@pytest.mark.parametrize(
    "name", sorted(ALARMS.keys() - {"WritesAtCeiling", "ReadsAtCeiling", "FunctionsThrottled", "NotifyFails"})
)
def test_an_alarm_goes_off_at_the_first_occurrence_and_reaches_the_author(name: str) -> None:
    alarm = ALARMS[name]
    counted = [it["MetricStat"] for it in alarm.get("Metrics", []) if "MetricStat" in it] or [alarm]
    assert {metric["Period"] for metric in counted} == {300}
    assert (alarm["Threshold"], alarm["EvaluationPeriods"]) == (1, 1)
    assert alarm["ComparisonOperator"] == "GreaterThanOrEqualToThreshold"
    assert alarm["TreatMissingData"] == "notBreaching"
    assert alarm["AlarmActions"] == [{"Ref": "Alarms"}]
    assert TEMPLATE.resources("AWS::SNS::Topic")["Alarms"]["Subscription"] == [
        {"Protocol": "email", "Endpoint": {"Ref": "AuthorEmail"}}
    ]


def test_an_alarm_goes_off_where_notify_has_failed_for_five_minutes_and_says_that_nothing_is_lost() -> None:
    alarm = ALARMS["NotifyFails"]
    assert (alarm["Namespace"], alarm["MetricName"]) == ("AWS/Lambda", "Errors")
    assert alarm["Dimensions"] == [{"Name": "FunctionName", "Value": {"Ref": "NotifyFunction"}}]
    assert (alarm["Statistic"], alarm["Threshold"]) == ("Sum", alarm["Period"] // MINUTE)
    assert alarm["EvaluationPeriods"] == 1
    assert "They wait" in alarm["AlarmDescription"]
    assert alarm["AlarmActions"] == [{"Ref": "Alarms"}]
