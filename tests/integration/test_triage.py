"""`triage`, woken by the table's stream: what it has checked, and what it notes for `notify`."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from functions.triage import app
from tests.conftest import MakePing
from tests.integration.conftest import CHECKS, NOW, Web, outcomes
from tests.stack.streams import records_of
from tests.support import aws_faults as faults
from tests.support.events import Context
from tests.support.websites import page
from trackback.model.ping import Status
from trackback.model.sent_again import CHECK_PAUSE
from trackback.model.settings import Event, Notify, Settings
from trackback.model.transitions import check_requested
from trackback.notifications.outbox_state import MOST
from trackback.storage.check_queue import MOST_BYTES, Message
from trackback.storage.pings import PingStore
from trackback.storage.settings import save_settings
from trackback.storage.stream import event_of
from trackback.storage.table import Table

pytestmark = pytest.mark.usefixtures("checks")

DONE: dict[str, Any] = {"batchItemFailures": []}
HOOK = "https://hook.example/"
FAILED = {"Successful": [], "Failed": [{"Id": "0", "SenderFault": False, "Code": "InternalError"}]}


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
    return [body["ping"] for _, body in taken(url)]


def waiting(table: Table) -> set[str]:
    """Return the ids of the pings that wait for an email."""
    return set(table.get("mail#").get("waiting", ()))


def noted() -> list[str]:
    """Return the events that wait for the webhook, the oldest first."""
    return [one.what for one in reversed(app.deliveries.newest())]


def choose(table: Table, **chosen: Any) -> None:
    save_settings(table, Settings(**chosen), Settings())


def test_a_new_ping_is_queued_by_its_id_alone_in_the_group_of_its_site(
    table: Table, store: PingStore, make_ping: MakePing
) -> None:
    ping = make_ping(url="https://other.example:8443/re?p=1")
    store.add(ping)
    assert triage(stream()) == DONE
    assert taken(CHECKS) == [("other.example", {"ping": ping.id})]
    assert waiting(table) == set()


def test_pings_of_one_site_are_one_group_and_those_of_another_are_not_behind_them(
    store: PingStore, make_ping: MakePing
) -> None:
    for url in (
        "https://a.example/1",
        "http://www.a.example/2",
        "https://b.example/1",
        "https://x.github.io/",
    ):
        store.add(make_ping(url=url))
    triage(stream())
    groups = [group for group, _ in taken(CHECKS)]
    assert groups == ["a.example", "a.example", "b.example", "x.github.io"]


def test_a_site_whose_name_is_too_long_for_a_group_has_one_all_the_same(
    store: PingStore, make_ping: MakePing
) -> None:
    host = ".".join(["a" * 60] * 2) + ".elb.amazonaws.com"  # whoever has the second name has a site there
    for path in ("1", "2"):
        store.add(make_ping(url=f"https://{host}/{path}"))
    assert triage(stream()) == DONE
    first, second = (group for group, _ in taken(CHECKS))
    assert first == second
    assert len(first) == 64


def test_what_was_sent_again_is_looked_at_again_and_so_is_what_the_author_wants_to(web: Web) -> None:
    ping = web.add()
    web.verify(ping, -CHECK_PAUSE)
    known = stream()["Records"]
    web.add(title="Again, with other words")
    web.verify(ping)
    web.store.apply(check_requested(web.store.get(ping.id)))
    triage({"Records": stream()["Records"][len(known) :]})
    assert pings(CHECKS) == [ping.id, ping.id]


def test_verdicts_decisions_and_posts_are_not_looked_at(web: Web) -> None:
    ping = web.add()
    known = stream()["Records"]
    web.verify(ping)
    web.store.decide(ping.id, Status.APPROVED, NOW)
    triage({"Records": stream()["Records"][len(known) :]})
    assert taken(CHECKS) == []


def test_a_batch_that_is_brought_again_queues_and_notes_nothing_again(web: Web) -> None:
    choose(web.table, webhook=HOOK)
    ping = web.verify(web.add())
    event = stream()
    for _ in range(2):
        assert triage(event) == DONE
    assert len(taken(CHECKS)) == 1
    assert waiting(web.table) == {ping.id}
    assert noted() == ["ping.pending"]


def test_a_ping_that_links_waits_where_no_others_displace_it(web: Web) -> None:
    web.answers |= {"/re": web.link(), "/none": page("Nothing.")}
    linking = web.verify(web.add("/re", "good.example"))
    noise = [web.verify(web.add("/none", f"blog{n}.example")).id for n in range(MOST + 1)]
    triage(stream())
    record = web.table.get("mail#")
    assert record["promising"] == {linking.id}
    assert len(record["waiting"] & set(noise)) == MOST


def test_a_batch_of_any_length_is_queued_in_its_order(store: PingStore, make_ping: MakePing) -> None:
    sent = [make_ping(url=f"https://a.example/{n}") for n in range(25)]
    for ping in sent:
        store.add(ping)
    assert triage(stream()) == DONE
    assert pings(CHECKS) == [ping.id for ping in sent]


def test_messages_that_are_too_large_together_go_one_after_the_other() -> None:
    messages = [Message(str(n), {"text": "a" * (MOST_BYTES // 2)}, "group") for n in range(3)]
    assert app.checks.send(messages) == set()
    assert len(taken(CHECKS)) == 3


def test_any_character_of_a_sender_passes_the_queue() -> None:
    record = {"text": "\u0000\ufffe\uffff🌱\ud800"}
    assert app.checks.send([Message("1", record, "group")]) == set()
    assert taken(CHECKS) == [("group", record)]


def test_what_a_queue_does_not_take_is_named_and_comes_again(store: PingStore, make_ping: MakePing) -> None:
    sent = [make_ping(url=f"https://{n}.example/") for n in range(3)]
    for ping in sent:
        store.add(ping)
    event = stream()
    faults.answer(app.checks, "SendMessageBatch", 1, FAILED, status=200)
    first = event["Records"][0]["dynamodb"]["SequenceNumber"]
    assert triage(event) == {"batchItemFailures": [{"itemIdentifier": first}]}
    assert triage(event) == DONE
    assert sorted(pings(CHECKS)) == sorted(ping.id for ping in sent)


def test_what_follows_a_message_that_was_not_taken_does_not_overtake_it(
    store: PingStore, make_ping: MakePing
) -> None:
    for n in range(12):
        store.add(make_ping(url=f"https://a.example/{n}"))
    faults.answer(app.checks, "SendMessageBatch", 1, FAILED, status=200)
    numbers = [record["dynamodb"]["SequenceNumber"] for record in stream()["Records"]]
    failed = [one["itemIdentifier"] for one in triage(stream())["batchItemFailures"]]
    assert failed == [numbers[0], *numbers[10:]]


def test_a_queue_that_takes_nothing_fails_the_batch_which_then_comes_again(
    store: PingStore, make_ping: MakePing
) -> None:
    ping = make_ping()
    store.add(ping)
    faults.answer(app.checks, "SendMessageBatch", 1, {"__type": "com.amazonaws.sqs#AccessDenied"})
    with pytest.raises(ClientError):
        triage(stream())
    assert triage(stream()) == DONE
    assert pings(CHECKS) == [ping.id]


def test_what_is_queued_and_noted_is_a_line_of_the_log_with_the_pings_id(
    web: Web, capsys: pytest.CaptureFixture[str]
) -> None:
    ping = web.add(title="Words of its sender")
    web.verify(ping)
    triage(stream())
    lines = outcomes(capsys)
    assert [(outcome, line["ping"]) for outcome, line in lines] == [
        ("PingQueued", ping.id),
        ("NewsNoted", ping.id),
    ]
    assert lines[1][1]["event"] == "ping.pending"
    assert "Words of its sender" not in json.dumps(lines)


def test_what_waits_for_the_author_waits_for_an_email_and_a_decision_does_not(web: Web) -> None:
    held, decided = (web.verify(web.add("/re", host)) for host in ("a.example", "b.example"))
    triage(stream())
    assert waiting(web.table) == {held.id, decided.id}
    known = stream()["Records"]
    web.table.client.delete_item(TableName=web.table.name, Key={"id": {"S": "mail#"}})
    web.store.decide(decided.id, Status.APPROVED, NOW)
    triage({"Records": stream()["Records"][len(known) :]})
    assert waiting(web.table) == set()


def test_who_wants_no_emails_has_nothing_wait_for_one(web: Web) -> None:
    choose(web.table, notify=Notify.NONE)
    web.verify(web.add())
    assert triage(stream()) == DONE
    assert waiting(web.table) == set()


def test_the_events_of_a_ping_are_noted_for_the_webhook_in_their_order_and_are_due_at_once(web: Web) -> None:
    choose(web.table, webhook=HOOK)
    ping = web.verify(web.add())
    for status in (Status.APPROVED, Status.REJECTED, Status.APPROVED):
        web.store.decide(ping.id, status, NOW)
    web.table.client.delete_item(TableName=web.table.name, Key={"id": {"S": ping.id}})
    triage(stream())
    told = ["ping.pending", "ping.approved", "ping.removed", "ping.approved", "ping.removed"]
    assert noted() == told
    due = app.deliveries.due(datetime.now(UTC) + timedelta(seconds=1), 10)
    found = [app.deliveries.get(one) for one in due]
    assert [one and one.what for one in found] == told
    bodies = [json.loads(one.body) for one in found if one]
    assert {body["data"]["id"] for body in bodies} == {ping.id}
    assert sorted(body["timestamp"] for body in bodies) == [body["timestamp"] for body in bodies]


@pytest.mark.parametrize(
    "chosen",
    [{}, {"webhook": HOOK, "events": ()}, {"webhook": HOOK, "events": (Event.REMOVED,)}],
    ids=["no url", "no events", "another event"],
)
def test_what_the_author_does_not_want_the_webhook_to_hear_is_not_noted(
    web: Web, chosen: dict[str, Any]
) -> None:
    choose(web.table, **chosen)
    web.verify(web.add())
    assert triage(stream()) == DONE
    assert noted() == []


@pytest.mark.parametrize("operation", ["GetItem", "UpdateItem", "PutItem"])
def test_news_that_cannot_be_noted_is_named_and_noted_when_it_comes_again(web: Web, operation: str) -> None:
    choose(web.table, webhook=HOOK)
    held = [web.verify(web.add("/re", host)) for host in ("a.example", "b.example")]
    web.store.decide(held[0].id, Status.APPROVED, NOW)
    event = stream()
    news = [record["dynamodb"]["SequenceNumber"] for record in event["Records"] if event_of(record)]
    faults.answer(app.table, operation, 1, faults.error("AccessDeniedException"))
    assert [one["itemIdentifier"] for one in triage(event)["batchItemFailures"]] == news
    assert len(taken(CHECKS)) == 2  # which is not held up
    assert triage(event) == DONE
    assert waiting(web.table) == {ping.id for ping in held}
    assert noted() == ["ping.pending", "ping.pending", "ping.approved"]


def test_what_could_not_be_noted_is_logged_with_its_pings_and_no_words_of_their_senders(
    web: Web, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    ping = web.verify(web.add(title="Words of its sender"))
    event = stream()
    faults.answer(app.table, "GetItem", 1, faults.error("AccessDeniedException"))
    triage(event)
    (record,) = (record for record in caplog.records if record.name == app.logger.name)
    assert (record.levelname, vars(record)["pings"]) == ("ERROR", [ping.id])
    assert "Words of its sender" not in caplog.text
    assert "NewsNoted" not in dict(outcomes(capsys))
