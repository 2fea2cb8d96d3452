"""Events told to a program of the author's: a real server on loopback, whatever it answers."""

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import standardwebhooks
from werkzeug.wrappers import Request, Response

from tests.conftest import MakePing, reworded
from tests.stack.servers import serving
from tests.websites import Answer, drip, flood, page, reset, silence, watched_connects, website
from trackback.model.delivery import Delivery, delivery_id
from trackback.model.ping import Ping, Status
from trackback.model.settings import Event, Settings
from trackback.notifications.webhook import MAX_ANSWER, RETRIES, Webhook, ask_for_test, note_event, secret
from trackback.storage.deliveries import Deliveries
from trackback.storage.signing_keys import Keys
from trackback.storage.table import Table
from trackback.web.http.client import Fetcher

NOW = datetime(2026, 11, 24, 6, 11, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
ID = delivery_id("event-1")


class Receiver:
    """A WSGI application that remembers what it was sent and answers as it is told, then with "ok"."""

    def __init__(self) -> None:
        """Take everything."""
        self.answers: list[Response] = []
        self.requests: list[tuple[dict[str, str], bytes]] = []
        self.meanwhile: Callable[[], object] = lambda: None

    def __call__(self, environ: object, start_response: object) -> object:
        """Take one delivery."""
        request = Request(environ)  # type: ignore[arg-type]
        self.requests.append(({k.lower(): v for k, v in request.headers.items()}, request.get_data()))
        self.meanwhile()
        answer = self.answers.pop(0) if self.answers else Response("ok")
        return answer(environ, start_response)  # type: ignore[arg-type]

    @property
    def bodies(self) -> list[Any]:
        """What was said, in order."""
        return [json.loads(body) for _, body in self.requests]


@dataclass
class Hook:
    """A webhook, who receives it, and what it tells of."""

    table: Table
    settings: Settings
    ping: Ping
    receiver: Receiver = field(default_factory=Receiver)
    keys: Keys = field(default_factory=lambda: Keys("/trackback/test/webhook"))

    def __post_init__(self) -> None:
        """Begin with an empty log."""
        self.deliveries = Deliveries(self.table)
        self.webhook = self.new_webhook()

    def new_webhook(self, seconds: float = 5, **options: Any) -> Webhook:
        """Return what another environment would send with."""
        fetcher = Fetcher(**{"loopback": True, "seconds": seconds} | options)
        return Webhook(fetcher, self.keys, self.deliveries)

    def tell(self, event: Event = Event.APPROVED, event_id: str = "event-1", **changed: Any) -> Delivery:
        """Note an event and try to send it; return what the log says then."""
        note_event(self.deliveries, event_id, event, self.ping, NOW)
        return self.try_again(timedelta(), delivery_id(event_id), **changed)

    def try_again(self, after: timedelta, wanted: str = ID, **changed: Any) -> Delivery:
        """Try to send an event some time after `NOW`; return what the log says then."""
        self.webhook.try_one(wanted, replace(self.settings, **changed), NOW + after)
        return self.delivery(wanted)

    def delivery(self, wanted: str = ID) -> Delivery:
        """Return what the log says."""
        found = self.deliveries.get(wanted)
        assert found
        return found


@pytest.fixture
def hook(table: Table, make_ping: MakePing) -> Iterator[Hook]:
    """A webhook that is taken."""
    ping = replace(make_ping(title="Grüße 💌"), status=Status.APPROVED)
    receiver = Receiver()
    with serving(receiver) as server:
        settings = Settings(webhook=f"http://127.0.0.1:{server.port}/hook?token=a%2Fb")
        yield Hook(table, settings, ping, receiver)


def next_in(delivery: Delivery) -> timedelta:
    return datetime.fromisoformat(delivery.next_at) - NOW


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


def test_what_failed_is_sent_again_as_it_was_and_signed_anew(hook: Hook) -> None:
    hook.receiver.answers = [Response("Oh <b>no</b>", 500)]
    first = hook.tell()
    assert (first.state, first.answer, next_in(first)) == ("waiting", "HTTP 500: Oh no", RETRIES[0])
    hook.ping = reworded(hook.ping, title="Another")
    second = hook.try_again(RETRIES[0])
    assert (second.state, second.attempts, second.answer) == ("sent", 2, "HTTP 200: ok")
    (before, body), (after, again) = hook.receiver.requests
    assert body == again
    assert before["webhook-id"] == after["webhook-id"]
    assert int(after["webhook-timestamp"]) - int(before["webhook-timestamp"]) == 5 * 60
    assert before["webhook-signature"] != after["webhook-signature"]


def test_it_is_tried_six_times_and_then_given_up(hook: Hook) -> None:
    hook.receiver.answers = [Response(f"no {n}", 503) for n in range(9)]
    delivery, passed = hook.tell(), timedelta()
    for pause in (5 * MINUTE, 30 * MINUTE, 120 * MINUTE, 300 * MINUTE, 600 * MINUTE):
        assert (delivery.state, next_in(delivery)) == ("waiting", passed + pause)
        assert hook.try_again(passed + pause - MINUTE) == delivery
        passed += pause
        delivery = hook.try_again(passed)
    assert (delivery.state, delivery.attempts, delivery.answer) == ("failed", 6, "HTTP 503: no 5")
    assert (delivery.next_at, delivery.body) == ("", "")
    assert hook.try_again(timedelta(days=9)) == delivery
    assert len(hook.receiver.requests) == 6


@pytest.mark.parametrize(
    "status", [301, 302, 304, 307, 308, 400, 401, 403, 404, 408, 429, 500, 502, 503, 599]
)
def test_every_other_failure_is_tried_again_and_no_redirect_followed(hook: Hook, status: int) -> None:
    hook.receiver.answers = [Response(b"", status, {"Location": "/elsewhere"})]
    delivery = hook.tell()
    assert (delivery.state, delivery.answer) == ("waiting", f"HTTP {status}")
    assert len(hook.receiver.requests) == 1


def test_a_receiver_that_has_gone_is_not_asked_again(hook: Hook) -> None:
    hook.receiver.answers = [Response("Gone fishing", 410)]
    delivery = hook.tell()
    assert (delivery.state, delivery.answer, delivery.body) == ("failed", "HTTP 410: Gone fishing", "")
    hook.try_again(timedelta(days=1))
    assert len(hook.receiver.requests) == 1


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize(
    ("retry_after", "pause"),
    [
        ("7200", 120 * MINUTE),
        ("10", 5 * MINUTE),
        ("9999999", 1_440 * MINUTE),
        ("soon", 5 * MINUTE),
        ((NOW + timedelta(hours=3)).strftime("%a, %d %b %Y %H:%M:%S GMT"), 180 * MINUTE),
    ],
    ids=["two hours", "ten seconds", "too long", "nonsense", "a date"],
)
def test_a_receiver_may_ask_for_patience(hook: Hook, status: int, retry_after: str, pause: timedelta) -> None:
    hook.receiver.answers = [Response("", status, {"Retry-After": retry_after})]
    assert next_in(hook.tell()) == pause


BROKEN: dict[str, tuple[Answer, str]] = {
    "nothing": (b"", "broke off"),
    "a reset": (reset(b""), "broke off"),
    "half an answer": (reset(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc"), "broke off"),
    "another protocol": (b"SSH-2.0-OpenSSH_9.6\r\n", "not HTTP"),
    "silence": (silence, "did not answer"),
    "a tar pit": (drip(b"HTTP/1.1 200 OK\r\n\r\n", b"a"), "did not answer"),
    "a flood of headers": (flood(b"HTTP/1.1 200 OK\r\n", b"A: " + b"b" * 30_000 + b"\r\n"), "sends more"),
    "a flood that is no HTTP": (flood(b"", b"\xff\0" * 999), "sends more"),
}


@pytest.mark.parametrize(("answer", "words"), BROKEN.values(), ids=BROKEN)
def test_a_server_that_does_not_answer_is_tried_again(hook: Hook, answer: Answer, words: str) -> None:
    hook.webhook = hook.new_webhook(seconds=0.5)
    with website(answer) as site:
        delivery = hook.tell(webhook=site.url)
    assert (delivery.state, next_in(delivery)) == ("waiting", RETRIES[0])
    assert words in delivery.answer


@pytest.mark.parametrize("status", ["200 OK", "500 Oh no", "999 Odd"])
@pytest.mark.parametrize(
    "body",
    [
        bytes(range(256)) * 40,
        b"<script>alert(1)</script>" * 99,
        "\u202eevil\u200b".encode(),
        b"\n\0\r\n" * 99,
    ],
    ids=["garbage", "script", "bidi", "blank"],
)
def test_whatever_comes_back_is_kept_short_and_clean(hook: Hook, status: str, body: bytes) -> None:
    with website(page(body, status)) as site:
        answer = hook.tell(webhook=site.url).answer
    assert answer.startswith(f"HTTP {status[:3]}")
    assert len(answer) <= MAX_ANSWER + 10
    assert answer.isprintable()
    assert "<script" not in answer


@pytest.mark.parametrize("url", ["http://127.0.0.1:{}/", "http://localhost:{}/", "http://[::1]:{}/"])
def test_a_webhook_goes_to_no_private_address(hook: Hook, url: str) -> None:
    hook.webhook = hook.new_webhook(loopback=False)
    with website(page()) as site, watched_connects() as connects:
        delivery = hook.tell(webhook=url.format(site.port))
        assert site.connections == 0
    assert site.port not in {port for _, port in connects}  # but the table's
    assert delivery.answer == "its server is not on the public internet"


def test_what_broke_off_before_it_was_sent_is_found_again(hook: Hook) -> None:
    def break_off(_: str) -> list[str]:
        raise RuntimeError("out of time")

    hook.webhook = hook.new_webhook(resolve=break_off)
    with pytest.raises(RuntimeError):
        hook.tell()
    hook.webhook = hook.new_webhook()
    assert hook.tell().state == "waiting"  # the batch is retried: it may have been sent already
    assert hook.try_again(4 * MINUTE).state == "waiting"
    assert hook.receiver.requests == []
    assert hook.try_again(5 * MINUTE).state == "sent"
    assert hook.receiver.bodies[0]["type"] == "ping.approved"


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
