"""The author's webhook is sent each event of a ping, in order."""

import re
import socket
import threading

import boto3
import pytest

from functions.notify import app
from functions.triage import app as triage
from tests.integration.conftest import NOW, Web, outcomes
from tests.integration.notify.conftest import DONE, MINUTE, Notifier, choose, held
from tests.stack.aws import sent_mails
from tests.support import aws_faults as faults
from tests.support.websites import page
from trackback.model.delivery import event_id, ping_event
from trackback.model.ping import Status
from trackback.model.settings import Event, Notify
from trackback.notifications.webhook import ask_for_test, note_event
from trackback.storage.stream import event_of


def test_the_webhook_is_told_what_happens_to_a_ping(web: Web, notify: Notifier) -> None:
    choose(web, webhook=web.url("/hook", "hook.example"))
    (ping,) = held(web, "other.example")
    notify.tell()
    for n, status in enumerate([Status.APPROVED, Status.REJECTED, Status.APPROVED, Status.PENDING], 1):
        web.store.decide(ping.id, status, NOW + n * MINUTE)
        notify.tell(n * MINUTE)
    web.store.decide(ping.id, Status.APPROVED, NOW)
    notify.tell(6 * MINUTE)
    boto3.client("dynamodb").delete_item(TableName="trackback", Key={"id": {"S": ping.id}})
    notify.tell(7 * MINUTE)
    told = [one.what for one in reversed(app.deliveries.newest()) if one.kind == "webhook"]
    shown = ["ping.approved", "ping.removed"]
    assert told == ["ping.pending", *shown, *shown, *shown]


def test_a_test_of_the_webhook_is_sent_within_a_minute_and_once(web: Web, notify: Notifier) -> None:
    choose(web, webhook=web.url("/hook", "hook.example"))
    ask_for_test(app.deliveries, NOW)
    notify.wake()
    notify.tell(MINUTE)
    assert web.asked() == ["/hook"]


def test_the_schedule_tries_webhooks_again(web: Web, notify: Notifier) -> None:
    choose(web, webhook=web.url("/hook", "hook.example"))
    web.answers["/hook"] = page("Later", "503 Service Unavailable")
    held(web, "other.example")
    notify.tell()
    web.answers["/hook"] = page("Thanks")
    notify.wake(6 * MINUTE)
    (delivery,) = (one for one in app.deliveries.newest() if one.kind == "webhook")
    assert (delivery.state, delivery.attempts) == ("sent", 2)


def test_a_webhook_that_cannot_be_tried_fails_the_run_in_which_all_others_go(
    web: Web, notify: Notifier
) -> None:
    choose(web, webhook=web.url("/hook", "hook.example"), notify=Notify.NONE)  # no mail is logged
    held(web, "a.example", "b.example", "c.example")
    assert notify.note(notify.changes()) == DONE
    faults.answer(app.table, "PutItem", 1, faults.error("AccessDeniedException"))
    with pytest.raises(RuntimeError, match="1 webhooks could not be tried"):
        notify.wake()
    assert web.asked().count("/hook") == 2
    notify.wake(MINUTE)
    assert web.asked().count("/hook") == 3


def heard(web: Web) -> list[tuple[str, str]]:
    """Return what the webhook was sent, in order: the ping and the event."""
    kinds = {event_id(one): one.what for one in app.deliveries.newest() if one.kind == "webhook"}
    found = [re.findall(r"(?mi)^webhook-id: (\S+)", request) for request in web.server.requests]
    return [(one.partition("_")[0], kinds[one]) for (one,) in filter(None, found)]


def test_the_events_of_one_ping_arrive_in_their_order(web: Web, notify: Notifier) -> None:
    choose(web, webhook=web.url("/hook", "hook.example"))
    pings = held(web, "a.example", "b.example")
    for status in (Status.APPROVED, Status.REJECTED, Status.APPROVED):
        for ping in pings:
            web.store.decide(ping.id, status, NOW)
    notify.tell()
    told = ["ping.pending", "ping.approved", "ping.removed", "ping.approved"]
    for ping in pings:
        assert [event for about, event in heard(web) if about == ping.id] == told


def test_an_event_that_cannot_be_tried_is_not_overtaken_by_the_next_of_its_ping(
    web: Web, notify: Notifier
) -> None:
    choose(web, webhook=web.url("/hook", "hook.example"), notify=Notify.NONE)
    (ping,) = held(web, "other.example")
    web.store.decide(ping.id, Status.APPROVED, NOW)
    assert notify.note(notify.changes()) == DONE
    faults.answer(app.table, "PutItem", 1, faults.error("AccessDeniedException"))
    with pytest.raises(RuntimeError, match="1 webhooks could not be tried"):
        notify.wake()
    assert heard(web) == []
    notify.wake(MINUTE)
    assert [event for _, event in heard(web)] == ["ping.pending", "ping.approved"]


def test_where_time_runs_out_what_is_left_goes_in_the_next_minute(web: Web, notify: Notifier) -> None:
    choose(web, webhook=web.url("/hook", "hook.example"))
    noted(web, 3)
    notify.wake(milliseconds_left=app.RESERVE * 1_000 - 1)
    assert heard(web) == []
    notify.wake(MINUTE)
    assert len(heard(web)) == 3


def noted(web: Web, number: int) -> None:
    """Have an event of each of so many pings wait for the webhook."""
    for n in range(number):
        event = ping_event(f"ping{n}", "1")
        note_event(app.deliveries, event, Event.PENDING, web.ping(host=f"blog{n}.example"), NOW)


def test_only_so_many_webhooks_are_sent_a_minute(web: Web, notify: Notifier) -> None:
    choose(web, webhook=web.url("/hook", "hook.example"))
    noted(web, app.MOST_WEBHOOKS + 2)
    notify.wake()
    assert web.asked().count("/hook") == app.MOST_WEBHOOKS
    notify.wake(MINUTE)
    assert web.asked().count("/hook") == app.MOST_WEBHOOKS + 2


def test_a_slow_receiver_holds_up_neither_mails_nor_the_other_webhooks(web: Web, notify: Notifier) -> None:
    all_have_asked = threading.Barrier(app.SIDE_BY_SIDE)
    mailed: list[int] = []

    def answer(connection: socket.socket, _: threading.Event) -> None:
        mailed.append(len(sent_mails()))
        all_have_asked.wait(5)
        connection.sendall(page("Thanks"))

    choose(web, webhook=web.url("/hook", "hook.example"))
    web.answers["/hook"] = answer
    held(web, "other.example")
    noted(web, app.SIDE_BY_SIDE - 1)
    notify.tell()
    assert mailed == [1] * app.SIDE_BY_SIDE
    assert {one.state for one in app.deliveries.newest()} == {"sent"}


def test_a_change_that_could_not_be_noted_is_told_when_it_comes_again(web: Web, notify: Notifier) -> None:
    choose(web, webhook=web.url("/hook", "hook.example"))
    (ping,) = held(web, "other.example")
    web.store.decide(ping.id, Status.APPROVED, NOW)
    records = notify.changes()
    faults.answer(triage.table, "PutItem", 1, faults.error("AccessDeniedException"))
    failed = [one["itemIdentifier"] for one in notify.note(records)["batchItemFailures"]]
    assert failed == [one["dynamodb"]["SequenceNumber"] for one in records if event_of(one)]
    assert notify.note(records) == DONE
    notify.wake()
    assert heard(web) == [(ping.id, "ping.pending"), (ping.id, "ping.approved")]


def test_a_webhook_that_refuses_is_counted_at_each_attempt(
    web: Web, notify: Notifier, capsys: pytest.CaptureFixture[str]
) -> None:
    choose(web, webhook=web.url("/hook", "hook.example"), notify=Notify.NONE)
    web.answers["/hook"] = page("Later", "503 Service Unavailable")
    held(web, "other.example")
    notify.note(notify.changes())
    capsys.readouterr()
    notify.wake()
    notify.wake(6 * MINUTE)
    assert [outcome for outcome, _ in outcomes(capsys)] == ["WebhookFailed", "WebhookFailed"]
