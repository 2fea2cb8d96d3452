"""An event is delivered once, signed, and says what happened."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import standardwebhooks
from werkzeug.wrappers import Response

from tests.integration.webhook.conftest import ID, MINUTE, NOW, Hook
from tests.support.websites import page, watched_connects, website
from trackback.model.settings import Event, Settings
from trackback.notifications.webhook import RETRIES, ask_for_test, note_event, secret


@pytest.mark.parametrize("event", Event)
def test_an_event_is_told_and_noted(hook: Hook, event: Event) -> None:
    delivery = hook.tell(event)
    (body,) = hook.receiver.bodies
    assert (body["type"], body["data"]["title"]) == (event, "Grüße 💌")
    assert (delivery.kind, delivery.what, delivery.state) == ("webhook", event, "sent")
    assert (delivery.attempts, delivery.answer, delivery.next_at, delivery.body) == (
        1,
        "HTTP 200: ok",
        "",
        "",
    )
    assert hook.deliveries.newest() == [delivery]


def test_the_receiver_can_verify_what_it_gets_with_each_key(hook: Hook) -> None:
    older = secret(hook.keys.load(NOW))
    newest = secret(hook.keys.rotate(NOW))
    assert older != newest
    now = datetime.now(UTC)  # the receiver's library refuses what is older than five minutes
    note_event(hook.deliveries, "event-1", Event.APPROVED, hook.ping, now)
    hook.webhook.try_one(ID, hook.settings, now)
    headers, body = hook.receiver.requests[0]
    assert (headers["content-type"], headers["webhook-id"]) == ("application/json", "event-1")
    for key in (older, newest):
        assert standardwebhooks.Webhook(key).verify(body, headers)["type"] == "ping.approved"
        with pytest.raises(standardwebhooks.WebhookVerificationError):
            standardwebhooks.Webhook(key).verify(body.replace(b"approved", b"rejected"), headers)


def test_nothing_secret_goes_out(hook: Hook) -> None:
    hook.ping = replace(hook.ping, client_hash="0123456789abcdef")
    hook.tell()
    headers, body = hook.receiver.requests[0]
    assert b"0123456789abcdef" not in body
    assert secret(hook.keys.load(NOW)) not in f"{headers}{body.decode()}"


def test_an_event_is_noted_once_and_due_at_once(hook: Hook) -> None:
    noted = [note_event(hook.deliveries, "event-1", Event.APPROVED, hook.ping, NOW) for _ in range(2)]
    assert noted == [True, False]
    assert hook.deliveries.due(NOW, 10) == [ID]
    assert hook.receiver.requests == []


def test_an_event_is_told_once_however_often_it_comes(hook: Hook) -> None:
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: hook.tell(), range(8)))
    hook.tell()
    hook.tell(event_id="event-2")
    assert [headers["webhook-id"] for headers, _ in hook.receiver.requests] == ["event-1", "event-2"]


@pytest.mark.parametrize("url", ["http://127.0.0.1:{}/", "http://localhost:{}/", "http://[::1]:{}/"])
def test_a_webhook_goes_to_no_private_address(hook: Hook, url: str) -> None:
    hook.webhook = hook.new_webhook(loopback=False)
    with website(page()) as site, watched_connects() as connects:
        delivery = hook.tell(webhook=url.format(site.port))
        assert site.connections == 0
    assert site.port not in {port for _, port in connects}  # but the table's
    assert delivery.answer == "its server is not on the public internet"


def test_while_one_sends_no_other_does(hook: Hook) -> None:
    hook.receiver.answers = [Response("", 500), Response("", 500)]
    hook.receiver.meanwhile = lambda: (hook.tell(), hook.try_again(4 * MINUTE))
    hook.tell()
    assert len(hook.receiver.requests) == 1
    hook.receiver.meanwhile = lambda: (hook.tell(), hook.try_again(RETRIES[0]))
    hook.try_again(RETRIES[0])
    assert len(hook.receiver.requests) == 2
    assert hook.delivery().attempts == 2


def test_of_many_runs_at_once_one_sends(hook: Hook) -> None:
    hook.receiver.answers = [Response("", 500)]
    hook.tell()
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: hook.try_again(RETRIES[0]), range(8)))
    assert len(hook.receiver.requests) == 2


def test_a_url_that_changed_meanwhile_is_used(hook: Hook) -> None:
    hook.receiver.answers = [Response("", 500)]
    hook.tell()
    with website(page("there")) as site:
        assert hook.try_again(RETRIES[0], webhook=f"{site.url}/new").answer == "HTTP 200: there"
        assert site.requests[0].startswith("POST /new HTTP/1.1\r\n")
    assert len(hook.receiver.requests) == 1


@pytest.mark.parametrize("changed", [{"webhook": ""}, {"events": (Event.PENDING,)}], ids=["url", "event"])
def test_what_nobody_wants_to_hear_any_more_is_given_up(hook: Hook, changed: dict[str, Any]) -> None:
    hook.receiver.answers = [Response("", 500)]
    hook.tell()
    delivery = hook.try_again(RETRIES[0], **changed)
    assert (delivery.state, delivery.body) == ("failed", "")
    assert delivery.answer == "not sent: the settings name no webhook for it"
    assert len(hook.receiver.requests) == 1


def test_a_test_is_due_at_once_and_is_sent_once(hook: Hook) -> None:
    wanted = ask_for_test(hook.deliveries, NOW)
    assert hook.deliveries.due(NOW, 10) == [wanted]
    assert hook.receiver.requests == []
    for _ in range(2):
        hook.webhook.try_one(wanted, replace(hook.settings, events=()), NOW)
    (body,) = hook.receiver.bodies
    assert (body["type"], body["data"]["status"]) == ("ping.test", "pending")
    assert (hook.delivery(wanted).state, hook.delivery(wanted).attempts) == ("sent", 1)
    assert hook.deliveries.due(NOW + timedelta(days=1), 10) == []


def test_a_test_without_a_webhook_says_so(hook: Hook) -> None:
    wanted = ask_for_test(hook.deliveries, NOW)
    hook.webhook.try_one(wanted, Settings(), NOW)
    assert hook.delivery(wanted).answer == "not sent: the settings name no webhook for it"


def test_every_test_is_one_of_its_own(hook: Hook) -> None:
    assert ask_for_test(hook.deliveries, NOW) != ask_for_test(hook.deliveries, NOW)
    assert len(hook.deliveries.newest()) == 2


def test_what_is_not_there_is_not_tried(hook: Hook) -> None:
    hook.webhook.try_one(ID, hook.settings, NOW)
    assert hook.receiver.requests == []
    assert hook.deliveries.newest() == []


def test_a_waiting_delivery_is_a_small_record(hook: Hook) -> None:
    hook.receiver.answers = [Response("no " * 999, 500)]
    hook.tell()
    assert len(json.dumps(hook.table.get(ID), default=str).encode()) < 2_048
