"""`trackback failures`: what has failed is listed, done again and dropped, on moto's queues and stream."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import boto3
import pytest
from botocore.config import Config
from werkzeug.wrappers import Request, Response

from tests.conftest import MakePing
from tests.lambdas import Lambdas
from tests.stack.servers import serving
from trackback.cli import failure_queues
from trackback.cli.main import main
from trackback.storage.pings import PingStore
from trackback.storage.table import Table

Output = pytest.CaptureFixture[str]
TRIAGE = "arn:aws:lambda:us-east-1:123456789012:function:trackback-TriageFunction-1:live"
SEND = "arn:aws:lambda:us-east-1:123456789012:function:trackback-SendFunction-1:live"
FIFO = {"FifoQueue": True}
DEAD = {"deadLetterTargetArn": {"Fn::GetAtt": ["FailedMessages", "Arn"]}, "maxReceiveCount": 1}
STACK = {
    "Resources": {
        "Failures": {"Type": "AWS::SQS::Queue"},
        "FailedMessages": {"Type": "AWS::SQS::Queue", "Properties": {**FIFO, "QueueName": "failed.fifo"}},
        "Checks": {
            "Type": "AWS::SQS::Queue",
            "Properties": {**FIFO, "QueueName": "checks.fifo", "RedrivePolicy": DEAD},
        },
    },
    "Outputs": {"TableName": {"Value": "trackback"}},
}


@dataclass
class Queues:
    """The queues of a stack that is deployed."""

    client: Any
    urls: dict[str, str]

    def fail(self, record: Any) -> None:
        """Put a record of Lambda's, or any text, into the failure queue."""
        text = record if isinstance(record, str) else json.dumps(record)
        self.client.send_message(QueueUrl=self.urls["Failures"], MessageBody=text)

    def poison(self, body: str, group: str = "other.example") -> None:
        """Have a message fail as often as its queue allows."""
        checks = self.urls["Checks"]
        number = str(len(self.texts("FailedMessages")))
        self.client.send_message(
            QueueUrl=checks, MessageBody=body, MessageGroupId=group, MessageDeduplicationId=number
        )
        for _ in range(2):  # the second time, it is moved
            self.client.receive_message(QueueUrl=checks, VisibilityTimeout=0)

    def texts(self, name: str) -> list[str]:
        """Return what a queue holds for everybody to take, and leave it there."""
        return [message["Body"] for message in self.messages(name)]

    def messages(self, name: str) -> list[Any]:
        found: list[Any] = self.client.receive_message(
            QueueUrl=self.urls[name],
            MaxNumberOfMessages=10,
            VisibilityTimeout=0,
            MessageSystemAttributeNames=["All"],
        ).get("Messages", [])
        return found


@pytest.fixture
def queues(table: Table, monkeypatch: pytest.MonkeyPatch) -> Iterator[Queues]:  # noqa: ARG001 - it has its stream
    """Deploy the queues; SQS's long poll would wait a second for each that is empty."""
    monkeypatch.setattr(failure_queues, "WAIT", 0)
    monkeypatch.setenv("COLUMNS", "80")
    cloudformation, sqs = boto3.client("cloudformation"), boto3.client("sqs")
    cloudformation.create_stack(StackName="trackback", TemplateBody=json.dumps(STACK))
    resources = cloudformation.describe_stack_resources(StackName="trackback")["StackResources"]
    yield Queues(sqs, {one["LogicalResourceId"]: one["PhysicalResourceId"] for one in resources})
    cloudformation.delete_stack(StackName="trackback")


@pytest.fixture
def lambdas(monkeypatch: pytest.MonkeyPatch) -> Iterator[Lambdas]:
    stand_in = Lambdas()
    with serving(stand_in) as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL_LAMBDA", f"http://localhost:{server.port}")
        yield stand_in


def context(function: str, condition: str) -> dict[str, Any]:
    return {"requestContext": {"functionArn": function, "condition": condition, "approximateInvokeCount": 3}}


ASYNC = {
    **context(SEND, "RetriesExhausted"),
    "requestPayload": {"order": "abc"},
    "responsePayload": {"errorType": "FeedUnread", "errorMessage": "the feed \x1b[31mcannot be read"},
}


def batch(table: Table) -> dict[str, Any]:
    """Return what Lambda writes of a batch that failed: of the whole stream."""
    streams = boto3.client("dynamodbstreams", config=Config(account_id_endpoint_mode="disabled"))
    arn = table.client.describe_table(TableName=table.name)["Table"]["LatestStreamArn"]
    (shard,) = streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]
    start = streams.get_shard_iterator(
        StreamArn=arn, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
    )
    records = streams.get_records(ShardIterator=start["ShardIterator"])["Records"]
    numbers = [record["dynamodb"]["SequenceNumber"] for record in records]
    info = {
        "shardId": shard["ShardId"],
        "startSequenceNumber": numbers[0],
        "endSequenceNumber": numbers[-1],
        "batchSize": len(numbers),
        "streamArn": arn,
    }
    return {**context(TRIAGE, "RetryAttemptsExhausted"), "DDBStreamBatchInfo": info}


def test_where_nothing_has_failed_the_list_says_so(queues: Queues, capsys: Output) -> None:
    assert queues.texts("Failures") == []
    assert main(["failures"]) == 0
    assert capsys.readouterr().out == "Nothing has failed.\n"


def test_the_list_says_what_failed_where_and_why_and_leaves_it(
    queues: Queues, table: Table, store: PingStore, make_ping: MakePing, capsys: Output
) -> None:
    store.add(make_ping())
    queues.fail(ASYNC)
    queues.fail(batch(table))
    queues.poison('{"ping": "abc234"}')
    for _ in range(2):  # it is all there for the second time, too
        assert main(["failures", "list"]) == 0
        printed = capsys.readouterr().out
        for words in (
            "trackback-SendFunction-1", "sending order abc", "RetriesExhausted, FeedUnread: the feed",
            "trackback-TriageFunction-1", "1 changes of the table", "RetryAttemptsExhausted",
            "ping abc234", "3 failed.",
        ):  # fmt: skip
            assert words in printed
        assert "\x1b" not in printed
        assert all(len(line) <= 80 for line in printed.splitlines())


def test_json_is_one_object_a_line(queues: Queues, capsys: Output) -> None:
    queues.poison('{"ping": "abc234"}')
    assert main(["failures", "list", "--json"]) == 0
    (row,) = map(json.loads, capsys.readouterr().out.splitlines())
    assert (row["ping"], row["group"], row["what"]) == ("abc234", "other.example", "ping abc234")
    assert row["failed"] == "Checks"
    assert row.keys() == {"id", "when", "failed", "what", "why", "ping", "group"}


def test_changes_of_the_stream_are_given_to_their_function_again(
    queues: Queues, lambdas: Lambdas, table: Table, store: PingStore, make_ping: MakePing
) -> None:
    ping = make_ping()
    store.add(ping)
    queues.fail(batch(table))
    store.add(make_ping())  # after the batch
    table.write("settings#", "settings", {})
    assert main(["failures", "retry"]) == 0
    (invocation,) = lambdas.asked
    assert (invocation.function, invocation.waits) == (TRIAGE, True)
    (record,) = invocation.event["Records"]
    assert record["dynamodb"]["Keys"] == {"id": {"S": ping.id}}
    assert record["eventName"] == "INSERT"
    assert isinstance(record["dynamodb"]["ApproximateCreationDateTime"], float)
    assert queues.texts("Failures") == []


@pytest.mark.parametrize(
    ("answer", "error", "words"),
    [
        ({"batchItemFailures": [{"itemIdentifier": "1"}]}, "", "1 of its changes failed again"),
        (None, "boom", "it failed again: boom"),
    ],
)
def test_changes_that_fail_again_stay(
    queues: Queues, lambdas: Lambdas, table: Table, store: PingStore, make_ping: MakePing, capsys: Output,
    answer: Any, error: str, words: str,
) -> None:  # fmt: skip
    store.add(make_ping())
    queues.fail(batch(table))
    lambdas.answer, lambdas.error = answer, error
    assert main(["failures", "retry"]) == 1
    assert words in capsys.readouterr().err
    assert len(queues.texts("Failures")) == 1


@pytest.fixture
def _forgetful(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A stream that has forgotten its changes, as after 24 hours."""

    @Request.application
    def answer(_: Request) -> Response:
        fault = "com.amazonaws.dynamodb.streams.v20120810#TrimmedDataAccessException"
        return Response(json.dumps({"__type": fault, "message": "trimmed"}), 400)

    with serving(answer) as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB_STREAMS", f"http://localhost:{server.port}")
        yield


@pytest.mark.usefixtures("_forgetful")
def test_what_the_stream_has_forgotten_can_be_made_up_for_by_checking_what_has_no_verdict(
    queues: Queues, lambdas: Lambdas, store: PingStore, make_ping: MakePing, capsys: Output
) -> None:
    ping = make_ping()
    store.add(ping)
    record = {
        **context(TRIAGE, "RecordAgeExceeded"),
        "DDBStreamBatchInfo": {
            "shardId": f"shardId-{1:020}", "startSequenceNumber": f"{1:021}",
            "endSequenceNumber": f"{2:021}", "batchSize": 2,
            "streamArn": "arn:aws:dynamodb:us-east-1:123456789012:table/trackback/stream/x",
        },
    }  # fmt: skip
    queues.fail(record)
    queues.fail(record)
    queues.fail(ASYNC)
    assert main(["failures", "retry"]) == 1
    assert "failures retry --received" in capsys.readouterr().err
    assert len(queues.texts("Failures")) == 2  # the other one is done
    assert len(lambdas.asked) == 1
    assert main(["failures", "retry", "--received"]) == 0
    (message,) = queues.messages("Checks")
    assert json.loads(message["Body"]) == {"ping": ping.id}
    assert message["Attributes"]["MessageGroupId"] == "other.example"
    assert queues.texts("Failures") == []


def test_an_asynchronous_invocation_is_made_again(queues: Queues, lambdas: Lambdas) -> None:
    queues.fail(ASYNC)
    assert main(["failures", "retry"]) == 0
    (invocation,) = lambdas.asked
    assert (invocation.function, invocation.waits, invocation.event) == (SEND, False, {"order": "abc"})
    assert queues.texts("Failures") == []


def test_a_poisoned_message_goes_back_to_its_queue_in_its_group(queues: Queues, capsys: Output) -> None:
    queues.poison("{poison")
    assert queues.texts("FailedMessages") == ["{poison"]
    assert main(["failures", "retry"]) == 0
    assert "sent back to the queue Checks" in capsys.readouterr().out
    (message,) = queues.messages("Checks")
    assert (message["Body"], message["Attributes"]["MessageGroupId"]) == ("{poison", "other.example")
    assert queues.texts("FailedMessages") == []


@pytest.mark.parametrize(
    ("record", "words"),
    [
        ("{poison", "nothing that could be done again"),
        ("[]", "nothing that could be done again"),
        ({"DDBStreamBatchInfo": {"shardId": "x"}}, "does not say where in the stream"),
        ({"DDBStreamBatchInfo": {"shardId": [], "streamArn": 1}}, "does not say where in the stream"),
        ({"requestContext": "x", "requestPayload": {}}, "nothing that could be done again"),
    ],
)
def test_what_cannot_be_done_again_stays_until_it_is_dropped(
    queues: Queues, capsys: Output, record: Any, words: str
) -> None:
    queues.fail(record)
    assert main(["failures", "retry"]) == 1
    assert words in capsys.readouterr().err
    assert len(queues.texts("Failures")) == 1
    assert main(["failures", "drop", "--all"]) == 0
    assert "1 done, 0 not done." in capsys.readouterr().out
    assert queues.texts("Failures") == []


def test_a_function_that_is_gone_is_said_so(queues: Queues, lambdas: Lambdas, capsys: Output) -> None:
    lambdas.missing = True
    queues.fail(ASYNC)
    assert main(["failures", "retry"]) == 1
    assert "not there any more" in capsys.readouterr().err


def test_only_the_messages_named_are_dropped(queues: Queues, capsys: Output) -> None:
    queues.fail(ASYNC)
    queues.fail("another")
    main(["failures", "list", "--json"])
    first, _ = (json.loads(line)["id"] for line in capsys.readouterr().out.splitlines())
    assert main(["failures", "drop", first[:8], "00000000"]) == 1
    assert "00000000: no such message" in capsys.readouterr().err
    assert queues.texts("Failures") == ["another"]


def test_two_runs_do_not_do_the_same_twice(queues: Queues, lambdas: Lambdas, capsys: Output) -> None:
    queues.fail(ASYNC)
    queues.client.receive_message(QueueUrl=queues.urls["Failures"], VisibilityTimeout=600)  # the first run
    assert main(["failures", "retry"]) == 0
    assert lambdas.asked == []
    assert main(["failures"]) == 0
    assert "Another run works on all that has failed." in capsys.readouterr().out


@pytest.mark.parametrize("arguments", [["drop"], ["drop", "--all", "12345678"], ["drop", "a"], ["forget"]])
def test_wrong_usage_is_refused(arguments: list[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["failures", *arguments])


def test_a_stack_that_is_not_there_is_one_line_and_exit_status_1(capsys: Output) -> None:
    assert main(["failures", "--stack", "nowhere"]) == 1
    assert capsys.readouterr().err.count("\n") == 1
