"""`verify`, invoked by its queue with what triage and the schedule put there, as Lambda invokes it."""

import json
import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from functions.verify import app
from tests.integration.conftest import POST, Web, outcomes
from tests.support import aws_faults as faults
from tests.support.events import Context, queue_event
from tests.support.websites import Answer, drip, page, redirect, reset, silence
from trackback.model.ping import Due, Ping, Status
from trackback.model.transitions import postponed
from trackback.receiving import check_run
from trackback.receiving.admission import Look
from trackback.receiving.check_run import CheckRun, look_for
from trackback.receiving.spam.rules import read_rule
from trackback.receiving.spam.training import learn, load_words
from trackback.storage.check_queue import SCHEDULE, Message
from trackback.storage.settings import save_rules
from trackback.storage.sweeps import Place, SweepStore
from trackback.timestamps import stamp

TICK = {"id": "1", "detail-type": "Scheduled Event", "source": "aws.events", "detail": {}}
SCHEDULED = queue_event(TICK)
DONE: dict[str, Any] = {"batchItemFailures": []}


@pytest.fixture(autouse=True)
def _deployed(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app, "table", web.table)
    monkeypatch.setattr(app, "pings", web.store)
    monkeypatch.setattr(app, "verifier", web.verifier)
    later = stamp(datetime.now(UTC) + timedelta(hours=1))
    SweepStore(web.table).move(Place(), Place(1, next_at=later))  # test_sweep.py has the sweep


def wake(event: dict[str, Any]) -> dict[str, Any]:
    return app.handler(event, Context())  # type: ignore[arg-type]


def batch(*pings: Ping | str, group: str = "") -> dict[str, Any]:
    """Return a batch of messages, each of which names a ping."""
    bodies = ({"ping": ping if isinstance(ping, str) else ping.id} for ping in pings)
    return queue_event(*bodies, group=group)


def queued(url: str, *, keep: bool = False) -> list[dict[str, Any]]:
    """Return what waits in the queue of checks, and take it out unless it is kept."""
    sqs, hidden = boto3.client("sqs"), 0 if keep else 30
    found = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=hidden)
    messages = found.get("Messages", [])
    for message in messages if not keep else ():
        sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    return [json.loads(message["Body"]) for message in messages]


def failed_at(web: Web, number: int) -> None:
    """Have one update of a record fail: the first from now on, or another by number."""
    error = ClientError({"Error": {"Code": "AccessDeniedException"}}, "UpdateItem")
    faults.break_off(web.table.client, "UpdateItem", error, number)


def verdicts(web: Web, *pings: Ping) -> list[str]:
    """Return what is known of the pings' links, "-" where nobody has looked."""
    found = [web.store.get(ping.id).verdict for ping in pings]
    return [verdict.link if verdict else "-" for verdict in found]


def due_since(web: Web, ping: Ping, minutes: float) -> Ping:
    web.store.apply(postponed(ping, datetime.now(UTC) - timedelta(minutes=minutes)))
    return ping


def clock_ahead_by(seconds: float) -> type[datetime]:
    class Ahead(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> Any:
            return datetime.now(tz) + timedelta(seconds=seconds)

    return Ahead


def test_a_batch_of_new_pings_is_verified(web: Web) -> None:
    web.answers |= {"/yes": web.link(), "/no": page("Nothing.")}
    pings = [web.add("/yes", "a.example"), web.add("/no", "b.example"), web.add("/", "unknown.example")]
    assert wake(batch(*pings)) == DONE
    assert verdicts(web, *pings) == ["found", "missing", "unreachable"]
    assert {ping.status for ping in web.store.pings()} == {Status.PENDING}


def test_sources_of_a_batch_are_fetched_side_by_side(web: Web) -> None:
    everyone = threading.Barrier(10, timeout=5)

    def answer(connection: Any, _: threading.Event) -> None:
        everyone.wait()  # breaks where one is only asked after another has answered
        connection.sendall(web.link())

    web.answers["/re"] = answer
    pings = [web.add("/re", f"blog{n}.example") for n in range(10)]
    wake(batch(*pings))
    assert verdicts(web, *pings) == ["found"] * 10


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


def test_pages_are_read_only_while_there_is_time_and_the_others_stay_due(web: Web, checks: str) -> None:
    wake(batch(web.add("/0", "first.example")))  # so that the post is known
    web.answers["/re"] = web.link()
    due = due_since(web, web.add("/re"), minutes=1)
    run = CheckRun(web.verifier, app.queue_again, datetime.now(UTC))
    assert run.check_due([due.id], lambda: 39 if "/re" in web.asked() else 41)
    assert verdicts(web, due) == ["-"]
    assert queued(checks) == [{"due": 1}]


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


def test_pings_of_one_site_are_fetched_one_after_the_other(web: Web) -> None:
    running, most = 0, 0

    def answer(connection: Any, _: threading.Event) -> None:
        nonlocal running, most
        running += 1
        most = max(most, running)
        connection.sendall(web.link())
        running -= 1

    web.answers |= {f"/{n}": answer for n in range(5)}
    pings = [web.add(f"/{n}") for n in range(5)]
    assert wake(batch(*pings, group="other.example")) == DONE
    assert verdicts(web, *pings) == ["found"] * 5
    assert most == 1


def test_due_pings_that_this_run_has_no_time_for_are_left_to_another(web: Web, checks: str) -> None:
    due = [due_since(web, web.add("/re", f"blog{n}.example"), minutes=1) for n in range(3)]
    assert app.handler(SCHEDULED, Context(milliseconds_left=39_000)) == DONE  # type: ignore[arg-type]
    assert verdicts(web, *due) == ["-"] * 3
    assert queued(checks) == [{"due": 3}]


def test_a_ping_that_could_not_be_recorded_is_brought_again_and_the_others_are_done(web: Web) -> None:
    web.answers["/re"] = web.link()
    wake(batch(web.add("/re", "first.example")))  # so that the post is known
    pings = [web.add("/re", f"blog{n}.example") for n in range(5)]
    event = batch(*pings)
    faults.answer(web.table, "UpdateItem", 1, faults.error("AccessDeniedException"))
    (failed,) = wake(event)["batchItemFailures"]
    (left,) = (record for record in event["Records"] if record["messageId"] == failed["itemIdentifier"])
    unseen = [{"ping": ping.id} for ping in pings if web.store.get(ping.id).verdict is None]
    assert unseen == [json.loads(left["body"])]
    assert wake({"Records": [left]}) == DONE
    assert verdicts(web, *pings) == ["found"] * 5


def test_two_messages_about_one_ping_are_one_look_and_fail_together(web: Web) -> None:
    ping = web.add()
    wake(batch(ping))  # so that the post is known
    failed_at(web, 2)  # after the turn
    asked = len(web.asked())
    failed = [one["itemIdentifier"] for one in wake(batch(ping, ping))["batchItemFailures"]]
    assert failed == ["message-0", "message-1"]
    assert len(web.asked()) == asked + 1


def test_pings_that_are_no_longer_there_are_passed_over(web: Web) -> None:
    ping = web.add()
    event = batch("nosuchping", ping, f"post#{web.post_key}")
    assert wake(event) == DONE
    assert verdicts(web, ping) == ["missing"]


def test_rules_hold_for_the_whole_batch_from_the_moment_they_are_set(web: Web) -> None:
    web.answers["/re"] = web.link()
    save_rules(web.table, [read_rule("allow", "host", "friend.example")], [])
    friend, foe = web.add("/re", "friend.example"), web.add("/re", "foe.example")
    wake(batch(friend, foe))
    assert (web.store.get(friend.id).status, web.store.get(foe.id).status) == (
        Status.APPROVED,
        Status.PENDING,
    )


def test_a_batch_that_is_brought_twice_changes_nothing_the_second_time(web: Web) -> None:
    web.answers["/re"] = web.link()
    event = batch(*[web.add("/re", f"blog{n}.example") for n in range(4)])
    wake(event)
    once = {ping.id: (ping.status, len(ping.history)) for ping in web.store.pings()}
    wake(event)
    assert {ping.id: (ping.status, len(ping.history)) for ping in web.store.pings()} == once


def test_the_schedule_looks_at_what_is_due_and_at_nothing_else(web: Web) -> None:
    web.answers["/re"] = web.link()
    due = due_since(web, web.add("/re", "due.example"), minutes=1)
    later = due_since(web, web.add("/re", "later.example"), minutes=-10)
    new = web.add("/re", "new.example")
    assert wake(SCHEDULED) == DONE
    assert verdicts(web, due, later, new) == ["found", "-", "-"]


def test_the_schedule_looks_at_so_many_a_time_the_longest_due_first(
    web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app, "MOST_DUE", 3)
    web.answers["/re"] = web.link()
    pings = [due_since(web, web.add("/re", f"blog{n}.example"), minutes=n + 1) for n in range(7)]
    seen = []
    for _ in range(3):
        wake(SCHEDULED)
        seen.append(verdicts(web, *reversed(pings)).count("found"))
        assert verdicts(web, *reversed(pings)) == ["found"] * seen[-1] + ["-"] * (7 - seen[-1])
    assert seen == [3, 6, 7]


def test_a_run_in_which_a_ping_fails_does_the_others_and_the_next_run_does_it(web: Web) -> None:
    wake(batch(web.add("/0", "first.example")))  # so that the post is known
    pings = [due_since(web, web.add("/re", f"blog{n}.example"), minutes=1) for n in range(4)]
    learn(web.table, datetime.now(UTC))  # so that the fault meets a verdict
    faults.answer(web.table, "UpdateItem", 1, faults.error("AccessDeniedException"))
    assert wake(SCHEDULED) == DONE
    assert sorted(verdicts(web, *pings)) == ["-", "missing", "missing", "missing"]
    wake(SCHEDULED)
    assert verdicts(web, *pings) == ["missing"] * 4


def test_a_run_in_which_all_fail_is_brought_again(web: Web) -> None:
    wake(batch(web.add("/0", "first.example")))
    due_since(web, web.add("/re"), minutes=1)
    learn(web.table, datetime.now(UTC))
    faults.answer(web.table, "UpdateItem", 1, faults.error("AccessDeniedException"))
    assert wake(SCHEDULED) == {"batchItemFailures": [{"itemIdentifier": "message-0"}]}


def test_the_schedule_learns_once_a_day_and_new_pings_never(web: Web) -> None:
    def decide(path: str) -> None:
        ping = web.add(path)
        web.store.decide(ping.id, Status.SPAM, datetime.now(UTC))

    decide("/1")
    wake(batch(web.add("/new")))
    assert load_words(web.table).unwanted == 0
    wake(SCHEDULED)
    assert load_words(web.table).unwanted == 1
    decide("/2")
    wake(SCHEDULED)
    assert load_words(web.table).unwanted == 1


def test_the_post_is_looked_at_however_many_ping_it_at_once(web: Web) -> None:
    web.answers["/re"] = web.link()
    wake(batch(web.add("/re", "first.example")))
    wake(batch(*[web.add("/re", f"blog{n}.example") for n in range(10)]))
    assert web.asked().count(POST) == 1


def test_what_is_due_and_what_is_new_are_looked_at_in_one_batch(web: Web) -> None:
    web.answers["/re"] = web.link()
    due = due_since(web, web.add("/re", "due.example"), minutes=1)
    new = web.add("/re", "new.example")
    assert wake(queue_event({"ping": new.id}, TICK)) == DONE
    assert verdicts(web, due, new) == ["found", "found"]


def test_a_due_ping_that_fails_brings_the_schedule_again_and_no_other_message(web: Web) -> None:
    wake(batch(web.add("/re", "first.example")))  # so that the post is known
    due = due_since(web, web.add("/re", "due.example"), minutes=1)
    learn(web.table, datetime.now(UTC))  # so that the fault meets a verdict
    faults.answer(web.table, "UpdateItem", 1, faults.error("AccessDeniedException"))
    failed = wake(queue_event({"ping": "nosuchping"}, TICK))["batchItemFailures"]
    assert failed == [{"itemIdentifier": "message-1"}]
    assert verdicts(web, due) == ["-"]


def test_each_look_is_a_line_of_the_log_with_the_pings_id_and_what_became_of_it(
    web: Web, capsys: pytest.CaptureFixture[str]
) -> None:
    web.answers |= {"/re": web.link()}
    save_rules(web.table, [read_rule("allow", "host", "friend.example")], [])
    friend, other, decided = (web.add("/re", f"{name}.example") for name in ("friend", "other", "decided"))
    web.store.decide(decided.id, Status.SPAM, datetime.now(UTC))
    wake(batch(friend, other, decided))
    wake(batch(other))
    found = [(outcome, line["ping"]) for outcome, line in outcomes(capsys)]
    first = [("PingApproved", friend.id), ("PingPending", other.id), ("PingPassedOver", decided.id)]
    assert sorted(found[:3]) == sorted(first)
    assert found[3:] == [("PingCheckedAgain", other.id)]


def test_a_look_that_is_put_off_or_fails_is_counted_so(web: Web, capsys: pytest.CaptureFixture[str]) -> None:
    wake(batch(*(web.add(f"/?n={n}") for n in range(6)), group="other.example"))
    assert [outcome for outcome, _ in outcomes(capsys)].count("PingPostponed") == 1
    other = web.add("/re", "second.example")
    faults.answer(web.table, "UpdateItem", 1, faults.error("AccessDeniedException"))
    wake(batch(other))
    assert [(outcome, line["ping"]) for outcome, line in outcomes(capsys)] == [("CheckFailed", other.id)]
