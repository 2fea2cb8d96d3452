"""A delivery that failed is tried again, and given up in the end."""

from datetime import datetime, timedelta

import pytest
from werkzeug.wrappers import Response

from tests.conftest import reworded
from tests.integration.webhook.conftest import MINUTE, NOW, Hook
from tests.support.websites import Answer, drip, flood, page, reset, silence, website
from trackback.model.delivery import Delivery
from trackback.notifications.webhook import MAX_ANSWER, RETRIES


def next_in(delivery: Delivery) -> timedelta:
    return datetime.fromisoformat(delivery.next_at) - NOW


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
