"""What failed is done again, or dropped."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from werkzeug.wrappers import Request, Response

from tests.conftest import MakePing
from tests.integration.failures.conftest import ASYNC, SEND, TRIAGE, Output, Queues, batch, context
from tests.stack.servers import serving
from tests.support.lambdas import Lambdas
from trackback.cli.main import main
from trackback.storage.pings import PingStore
from trackback.storage.table import Table


@pytest.fixture
def lambdas(monkeypatch: pytest.MonkeyPatch) -> Iterator[Lambdas]:
    stand_in = Lambdas()
    with serving(stand_in) as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL_LAMBDA", f"http://localhost:{server.port}")
        yield stand_in


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
