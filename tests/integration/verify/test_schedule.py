"""What is due is looked at by the schedule, in so many a run and in the time that is left."""

from datetime import UTC, datetime

import pytest

from functions.verify import app
from tests.integration.conftest import Web
from tests.integration.verify.conftest import DONE, SCHEDULED, TICK, batch, due_since, queued, verdicts, wake
from tests.support import aws_faults as faults
from tests.support.events import Context, queue_event
from trackback.model.ping import Status
from trackback.receiving.check_run import CheckRun
from trackback.receiving.spam.training import learn, load_words


def test_pages_are_read_only_while_there_is_time_and_the_others_stay_due(web: Web, checks: str) -> None:
    wake(batch(web.add("/0", "first.example")))  # so that the post is known
    web.answers["/re"] = web.link()
    due = due_since(web, web.add("/re"), minutes=1)
    run = CheckRun(web.verifier, app.queue_again, datetime.now(UTC))
    assert run.check_due([due.id], lambda: 39 if "/re" in web.asked() else 41)
    assert verdicts(web, due) == ["-"]
    assert queued(checks) == [{"due": 1}]


def test_due_pings_that_this_run_has_no_time_for_are_left_to_another(web: Web, checks: str) -> None:
    due = [due_since(web, web.add("/re", f"blog{n}.example"), minutes=1) for n in range(3)]
    assert app.handler(SCHEDULED, Context(milliseconds_left=39_000)) == DONE  # type: ignore[arg-type]
    assert verdicts(web, *due) == ["-"] * 3
    assert queued(checks) == [{"due": 3}]


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
