"""Sites that do not answer, or answer with anything: the others of their batch do not wait for them."""

import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from functions.verify import app
from tests.integration.conftest import Web
from tests.integration.verify.conftest import DONE, SCHEDULED, batch, due_since, queued, verdicts, wake
from tests.support import aws_faults as faults
from tests.support.events import queue_event
from tests.support.websites import Answer, drip, page, redirect, reset, silence
from trackback.model.ping import Due
from trackback.receiving import check_run
from trackback.receiving.admission import Look
from trackback.receiving.check_run import look_for
from trackback.storage.check_queue import SCHEDULE, Message
from trackback.timestamps import stamp

HOSTILE: dict[str, Answer] = {
    "/silence": silence,
    "/drip": drip(page("")[:20], b"x"),
    "/reset": reset(b"HTTP/1.1 200 OK\r\n"),
    "/loop": redirect("/loop"),
    "/private": redirect("http://private.example/"),
    "/junk": b"\0" * 500 + b"\r\n\r\n",
    "/longer": page("x", Content_Length="1000"),
    "/bomb": page(b"\x1f\x8b not gzip", Content_Encoding="gzip"),
}


def clock_ahead_by(seconds: float) -> type[datetime]:
    class Ahead(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> Any:
            return datetime.now(tz) + timedelta(seconds=seconds)

    return Ahead


def test_hostile_sources_do_not_touch_the_others_of_their_batch(
    web: Web, checks: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app, "verifier", web.new_verifier(seconds=1))
    web.answers |= {**HOSTILE, "/yes": web.link()}
    hostile = [web.add(path, f"evil{n}.example") for n, path in enumerate(HOSTILE)]
    good = [web.add("/yes", f"good{n}.example") for n in range(2)]
    assert wake(batch(*hostile, *good)) == DONE
    assert verdicts(web, *good) == ["found"] * 2
    assert verdicts(web, *hostile) == ["-", "-", *["unreachable"] * (len(HOSTILE) - 2)]
    assert wake(queue_event(*queued(checks), group=SCHEDULE)) == DONE
    assert verdicts(web, *hostile) == ["unreachable"] * len(HOSTILE)


def test_a_site_that_does_not_answer_in_a_first_look_gets_a_longer_one(
    web: Web, checks: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(check_run, "FIRST", Look(0.3, is_first=True))
    asked = iter([silence])

    def answer(connection: Any, stopped: threading.Event) -> None:
        (next(asked, None) or (lambda *_: connection.sendall(web.link())))(connection, stopped)

    web.answers["/slow"] = answer
    ping = web.add("/slow")
    assert wake(batch(ping)) == DONE
    assert verdicts(web, ping) == ["-"]
    assert queued(checks, keep=True) == [{"due": 1, "pings": [ping.id]}]
    assert wake(queue_event(*queued(checks), group=SCHEDULE)) == DONE
    assert verdicts(web, ping) == ["found"]


def test_what_else_names_a_slow_site_waits_for_its_turn_and_asks_nobody(
    web: Web, checks: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(check_run, "FIRST", Look(0.3, is_first=True))
    web.answers["/slow"] = silence
    pings = [web.add("/slow", f"n{n}.slow.example") for n in range(9)]
    assert wake(batch(*pings, group="slow.example")) == DONE
    assert web.asked().count("/slow") == 1
    assert queued(checks) == [{"due": 1, "pings": [pings[0].id]}]
    waiting = [web.store.get(ping.id) for ping in pings]
    assert {ping.due for ping in waiting} == {Due.TURN}
    in_a_minute = stamp(datetime.now(UTC) + timedelta(seconds=50))
    assert sum(ping.check_at > in_a_minute for ping in waiting) == 8


def test_a_slow_site_is_given_no_first_look_but_a_turn_for_a_long_one(
    web: Web, checks: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(check_run, "FIRST", Look(0.3, is_first=True))
    web.answers |= {"/slow": silence, "/re": web.link()}
    wake(batch(web.add("/slow", "slow.example"), group="slow.example"))
    queued(checks)
    monkeypatch.setattr(app, "datetime", clock_ahead_by(70))
    ping = web.add("/re", "slow.example")
    assert wake(batch(ping, group="slow.example")) == DONE
    assert verdicts(web, ping) == ["-"]
    assert queued(checks, keep=True) == [{"due": 1, "pings": [ping.id]}]
    monkeypatch.setattr(app, "datetime", clock_ahead_by(71))
    assert wake(queue_event(*queued(checks), group=SCHEDULE)) == DONE
    assert verdicts(web, ping) == ["found"]


def test_a_site_that_does_not_answer_the_longer_look_either_waits_twice_as_long(
    web: Web, checks: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(check_run, "FIRST", Look(0.3, is_first=True))
    monkeypatch.setattr(check_run, "PATIENT", Look(0.5, is_first=False))
    web.answers["/slow"] = silence
    wake(batch(web.add("/slow", "slow.example"), group="slow.example"))
    wake(queue_event(*queued(checks), group=SCHEDULE))
    next_one = web.add("/slow?p=2", "slow.example")
    wake(batch(next_one, group="slow.example"))
    assert web.store.get(next_one.id).check_at > stamp(datetime.now(UTC) + timedelta(seconds=100))


def test_slow_sites_are_waited_for_side_by_side(web: Web) -> None:
    gate = threading.Barrier(30)

    def answer(connection: Any, _: threading.Event) -> None:
        gate.wait(timeout=5)
        connection.sendall(web.link())

    wake(batch(web.add("/0", "first.example")))  # so that the post is known
    web.answers["/re"] = answer
    due = [due_since(web, web.add("/re", f"blog{n}.example"), minutes=1) for n in range(30)]
    assert wake(SCHEDULED) == DONE
    assert verdicts(web, *due) == ["found"] * 30


def test_a_look_is_shorter_while_others_wait() -> None:
    now = datetime.now(UTC)
    waited = {seconds: Message("1", {}, sent_at=now - timedelta(seconds=seconds)) for seconds in (0, 11)}
    assert [look_for(waited[seconds], now) for seconds in (0, 11)] == [check_run.FIRST, check_run.HURRIED]


def test_a_slow_ping_whose_run_the_queue_does_not_take_is_left_to_the_schedule(
    web: Web, checks: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(check_run, "FIRST", Look(0.3, is_first=True))
    web.answers["/slow"] = silence
    faults.answer(app.queue(), "SendMessageBatch", 2, faults.error("InternalError"), status=500)
    ping = web.add("/slow")
    assert wake(batch(ping)) == DONE
    assert queued(checks) == []
    web.answers["/slow"] = web.link()
    wake(SCHEDULED)
    assert verdicts(web, ping) == ["found"]
