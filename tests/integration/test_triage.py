"""`triage`, woken by the table's stream: what it puts into which queue."""

import json
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from functions.triage import app
from tests import faults, template
from tests.aws import make_queues
from tests.conftest import MakePing
from tests.events import Context
from tests.integration.conftest import NOW, Web, outcomes
from tests.streams import records_of
from trackback.changes import look_again
from trackback.deliveries import Deliveries
from trackback.messages import MOST_BYTES, Message, Queue
from trackback.ping import Status
from trackback.table import Table
from trackback.webhook import ask_for_test

DONE: dict[str, Any] = {"batchItemFailures": []}
CHECKS, CHANGES = (template.load().queue_url(name) for name in ("Checks", "Changes"))
FAILED = {"Successful": [], "Failed": [{"Id": "0", "SenderFault": False, "Code": "InternalError"}]}


@pytest.fixture(autouse=True)
def _queues(monkeypatch: pytest.MonkeyPatch) -> None:
    """Empty queues, and clients without the faults of other tests."""
    make_queues(template.load())
    monkeypatch.setattr(app, "checks", Queue(CHECKS))
    monkeypatch.setattr(app, "changes", Queue(CHANGES))


def stream() -> dict[str, Any]:
    """Return all that is in the stream, as one batch."""
    return {"Records": list(records_of("trackback"))}


def triage(event: dict[str, Any]) -> Any:
    return app.handler(event, Context())  # type: ignore[arg-type]


def taken(url: str) -> list[tuple[str, Any]]:
    """Take all messages that a queue gives out; return the group and what each says."""
    sqs, found = boto3.client("sqs"), []
    while messages := sqs.receive_message(
        QueueUrl=url, MaxNumberOfMessages=10, MessageSystemAttributeNames=["MessageGroupId"]
    ).get("Messages", []):
        for message in messages:
            found.append((message["Attributes"]["MessageGroupId"], json.loads(message["Body"])))
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    return found


def pings(url: str) -> list[str]:
    """Take all messages of a queue; return the ids of the pings that they are about, in order."""
    bodies = [body for _, body in taken(url)]
    return [body.get("ping") or body["dynamodb"]["Keys"]["id"]["S"] for body in bodies]


def test_a_new_ping_is_queued_by_its_id_alone_in_the_group_of_its_site(
    table: Table, make_ping: MakePing
) -> None:
    ping = make_ping(url="https://other.example:8443/re?p=1")
    table.add(ping)
    assert triage(stream()) == DONE
    assert taken(CHECKS) == [("other.example:8443", {"ping": ping.id})]
    assert taken(CHANGES) == []


def test_pings_of_one_site_are_one_group_and_those_of_another_are_not_behind_them(
    table: Table, make_ping: MakePing
) -> None:
    for url in ("https://a.example/1", "http://a.example/2", "https://b.example/1"):
        table.add(make_ping(url=url))
    triage(stream())
    assert [group for group, _ in taken(CHECKS)] == ["a.example", "a.example", "b.example"]


def test_a_site_whose_name_is_too_long_for_a_group_has_one_all_the_same(
    table: Table, make_ping: MakePing
) -> None:
    host = ".".join(["a" * 60] * 4)
    for path in ("1", "2"):
        table.add(make_ping(url=f"https://{host}/{path}"))
    assert triage(stream()) == DONE
    first, second = (group for group, _ in taken(CHECKS))
    assert first == second
    assert len(first) == 64


def test_what_was_sent_again_is_looked_at_again_and_so_is_what_the_author_wants_to(web: Web) -> None:
    ping = web.add()
    web.verify(ping)
    known = stream()["Records"]
    web.add(title="Again, with other words")
    web.verify(ping)
    web.table.apply(look_again(web.table.get(ping.id)))
    triage({"Records": stream()["Records"][len(known) :]})
    assert pings(CHECKS) == [ping.id, ping.id]


def test_verdicts_decisions_and_posts_are_not_looked_at(web: Web) -> None:
    ping = web.add()
    known = stream()["Records"]
    web.verify(ping)
    web.table.decide(ping.id, Status.APPROVED, NOW)
    triage({"Records": stream()["Records"][len(known) :]})
    assert taken(CHECKS) == []


def test_the_changes_of_a_ping_are_queued_in_their_order_as_the_stream_has_them(web: Web) -> None:
    ping = web.add()
    web.verify(ping)
    for status in (Status.APPROVED, Status.REJECTED, Status.APPROVED):
        web.table.decide(ping.id, status, NOW)
    triage(stream())
    found = taken(CHANGES)
    assert {group for group, _ in found} == {ping.id}
    after = [body["dynamodb"]["NewImage"]["status"]["S"] for _, body in found]
    assert after == ["pending", "approved", "rejected", "approved"]
    assert all(body in stream()["Records"] for _, body in found)


def test_a_test_of_the_webhook_is_queued_and_other_deliveries_are_not(table: Table) -> None:
    asked = ask_for_test(Deliveries(table), NOW)
    triage(stream())
    assert pings(CHANGES) == [asked]
    assert taken(CHECKS) == []


def test_a_batch_that_is_brought_again_queues_nothing_again(web: Web) -> None:
    web.verify(web.add())
    event = stream()
    for _ in range(2):
        assert triage(event) == DONE
    assert (len(taken(CHECKS)), len(taken(CHANGES))) == (1, 1)


def test_a_batch_of_any_length_is_queued_in_its_order(table: Table, make_ping: MakePing) -> None:
    sent = [make_ping(url=f"https://a.example/{n}") for n in range(25)]
    for ping in sent:
        table.add(ping)
    assert triage(stream()) == DONE
    assert pings(CHECKS) == [ping.id for ping in sent]


def test_messages_that_are_too_large_together_go_one_after_the_other() -> None:
    messages = [Message(str(n), {"text": "a" * (MOST_BYTES // 2)}, "group") for n in range(3)]
    assert Queue(CHANGES).send(messages) == set()
    assert len(taken(CHANGES)) == 3


def test_any_character_of_a_sender_passes_the_queue() -> None:
    record = {"text": "\u0000\ufffe\uffff🌱\ud800"}
    assert Queue(CHANGES).send([Message("1", record, "group")]) == set()
    assert taken(CHANGES) == [("group", record)]


def test_what_a_queue_does_not_take_is_named_and_comes_again(table: Table, make_ping: MakePing) -> None:
    sent = [make_ping(url=f"https://{n}.example/") for n in range(3)]
    for ping in sent:
        table.add(ping)
    event = stream()
    faults.answer(app.checks, "SendMessageBatch", 1, FAILED, status=200)
    first = event["Records"][0]["dynamodb"]["SequenceNumber"]
    assert triage(event) == {"batchItemFailures": [{"itemIdentifier": first}]}
    assert triage(event) == DONE
    assert sorted(pings(CHECKS)) == sorted(ping.id for ping in sent)


def test_what_follows_a_message_that_was_not_taken_does_not_overtake_it(
    table: Table, make_ping: MakePing
) -> None:
    for n in range(12):
        table.add(make_ping(url=f"https://a.example/{n}"))
    faults.answer(app.checks, "SendMessageBatch", 1, FAILED, status=200)
    numbers = [record["dynamodb"]["SequenceNumber"] for record in stream()["Records"]]
    failed = [one["itemIdentifier"] for one in triage(stream())["batchItemFailures"]]
    assert failed == [numbers[0], *numbers[10:]]


def test_a_queue_that_takes_nothing_fails_the_batch_which_then_comes_again(
    table: Table, make_ping: MakePing
) -> None:
    ping = make_ping()
    table.add(ping)
    faults.answer(app.checks, "SendMessageBatch", 1, {"__type": "com.amazonaws.sqs#AccessDenied"})
    with pytest.raises(ClientError):
        triage(stream())
    assert triage(stream()) == DONE
    assert pings(CHECKS) == [ping.id]


def test_what_is_queued_is_a_line_of_the_log_with_the_pings_id(
    web: Web, capsys: pytest.CaptureFixture[str]
) -> None:
    ping = web.add(title="Words of its sender")
    web.verify(ping)
    triage(stream())
    lines = outcomes(capsys)
    assert [(outcome, line["ping"]) for outcome, line in lines] == [
        ("PingQueued", ping.id),
        ("ChangeQueued", ping.id),
    ]
    assert "Words of its sender" not in json.dumps(lines)
