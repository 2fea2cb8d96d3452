"""What wakes triage, verify, notify and send, and what becomes of what they cannot do: queues and alarms.

Which changes of the table reach triage is in test_news.py.
"""

import pytest

from functions.notify import app as notify
from functions.send import app as send
from tests.support import sam, template
from trackback.receiving import check_run
from trackback.web.http import client as fetch

TEMPLATE = template.load()
FUNCTIONS = TEMPLATE.resources("AWS::Serverless::Function")
QUEUES = TEMPLATE.resources("AWS::SQS::Queue")
ALARMS = TEMPLATE.resources("AWS::CloudWatch::Alarm")
ALARM_OF = {"Failures": "FailedWork", "FailedMessages": "StuckMessages"}

FETCHES = 2
"""The post's page and the source's; a linked page and the ping to it."""


MAPPINGS = sam.made("AWS::Lambda::EventSourceMapping")


def test_no_ping_is_passed_over_and_none_holds_up_the_others_for_ever() -> None:
    found = MAPPINGS["TriageStream"]
    assert found["StartingPosition"] == "TRIM_HORIZON"
    assert found["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert found["BisectBatchOnFunctionError"] is True
    assert found["MaximumRetryAttempts"] == 5
    assert found["MaximumRecordAgeInSeconds"] < 24 * 3600  # after which the stream itself forgets
    assert found["DestinationConfig"] == {"OnFailure": {"Destination": {"Fn::GetAtt": ["Failures", "Arn"]}}}
    assert len(found["FilterCriteria"]["Filters"]) <= 5  # as many as AWS takes


def test_a_check_is_not_brought_twice_at_once_and_ends_in_the_queue_of_failed_messages() -> None:
    mapping, queue = MAPPINGS["VerifyChecks"], QUEUES["Checks"]
    assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert mapping["BatchSize"] <= 10  # as many as a FIFO queue gives
    assert "MaximumBatchingWindowInSeconds" not in mapping  # AWS refuses it for FIFO queues
    assert mapping["ScalingConfig"]["MaximumConcurrency"] >= 2  # the least that AWS takes
    assert queue["VisibilityTimeout"] >= 6 * FUNCTIONS["VerifyFunction"]["Timeout"]
    assert queue["RedrivePolicy"] == {
        "deadLetterTargetArn": {"Fn::GetAtt": ["FailedMessages", "Arn"]},
        "maxReceiveCount": 5,
    }


def test_queues_keep_their_messages_for_two_weeks_and_encrypt_them() -> None:
    assert {queue["MessageRetentionPeriod"] for queue in QUEUES.values()} == {14 * 24 * 3600}
    assert {queue["SqsManagedSseEnabled"] for queue in QUEUES.values()} == {True}
    assert [name for name, queue in QUEUES.items() if not queue.get("FifoQueue")] == ["Failures"]


def test_the_schedule_of_checks_may_put_messages_into_the_queue_which_tells_them_apart() -> None:
    (found,) = sam.made("AWS::SQS::QueuePolicy").values()
    (statement,) = found["PolicyDocument"]["Statement"]
    assert found["Queues"] == [{"Ref": "Checks"}]
    assert statement["Principal"] == {"Service": "events.amazonaws.com"}
    assert statement["Action"] == "sqs:SendMessage"
    assert statement["Condition"] == {"ArnEquals": {"aws:SourceArn": {"Fn::GetAtt": ["DueChecks", "Arn"]}}}
    assert QUEUES["Checks"]["ContentBasedDeduplication"] is True
    (target,) = sam.made("AWS::Events::Rule")["DueChecks"]["Targets"]
    assert target["SqsParameters"]["MessageGroupId"]
    assert "Input" not in target  # events differ by their ids, a text of ours would be the same each time


def test_the_schedules_of_verify_and_send_are_settings_and_notifys_is_each_minute() -> None:
    every = {name: rule["ScheduleExpression"] for name, rule in sam.made("AWS::Events::Rule").items()}
    assert every == {
        "DueChecks": {"Fn::Sub": "rate(${CheckEveryMinutes} minutes)"},
        "SendFunctionDue": {"Fn::Sub": "rate(${SendEveryMinutes} minutes)"},
        "NotifyFunctionWaiting": "rate(1 minute)",
    }


def test_what_fails_in_send_reaches_the_queue_of_failures_and_notify_leaves_it_to_the_next_minute() -> None:
    invoked = {it["FunctionName"]["Ref"]: it for it in sam.made("AWS::Lambda::EventInvokeConfig").values()}
    assert invoked.keys() == {"SendFunction", "NotifyFunction"}
    assert invoked["SendFunction"]["MaximumRetryAttempts"] <= 2
    assert invoked["SendFunction"]["DestinationConfig"] == {
        "OnFailure": {"Destination": {"Fn::GetAtt": ["Failures", "Arn"]}}
    }
    assert invoked["NotifyFunction"]["MaximumRetryAttempts"] == 0
    assert invoked["NotifyFunction"].get("DestinationConfig", {}) == {}


def test_verify_has_time_for_the_slowest_sources_and_the_schedule_does_not_pile_up_meanwhile() -> None:
    timeout = FUNCTIONS["VerifyFunction"]["Timeout"]
    first_looks = MAPPINGS["VerifyChecks"]["BatchSize"] * FETCHES * check_run.FIRST.seconds  # at one site
    assert FETCHES * fetch.SECONDS < check_run.SECONDS_FOR_ONE
    assert first_looks + check_run.SECONDS_FOR_ONE < timeout
    assert timeout < TEMPLATE.body["Parameters"]["CheckEveryMinutes"]["MinValue"] * 60


def test_notify_has_time_for_the_slowest_webhooks_and_ends_before_the_next_minute() -> None:
    rounds = -(-notify.MOST_WEBHOOKS // notify.SIDE_BY_SIDE)
    assert rounds * fetch.SECONDS < FUNCTIONS["NotifyFunction"]["Timeout"] < 60


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


def test_alarms_reach_the_author_by_email() -> None:
    assert TEMPLATE.resources("AWS::SNS::Topic")["Alarms"]["Subscription"] == [
        {"Protocol": "email", "Endpoint": {"Ref": "AuthorEmail"}}
    ]
