"""A batch of new pings: each source is fetched once, and a ping that fails comes again alone."""

import json
import threading
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.integration.conftest import POST, Web, outcomes
from tests.integration.verify.conftest import DONE, batch, failed_at, verdicts, wake
from tests.support import aws_faults as faults
from tests.support.websites import page
from trackback.model.ping import Status
from trackback.receiving.spam.rules import read_rule
from trackback.storage.settings import save_rules


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


def test_pings_of_one_site_are_fetched_one_after_the_other(web: Web) -> None:
    running, most, others = 0, 0, threading.Condition()

    def answer(connection: Any, _: threading.Event) -> None:
        nonlocal running, most
        with others:
            running += 1
            most = max(most, running)
            others.notify_all()
            others.wait_for(lambda: most > 1, timeout=0.2)  # another one would come meanwhile
        connection.sendall(web.link())
        running -= 1

    web.answers |= {f"/{n}": answer for n in range(5)}
    pings = [web.add(f"/{n}") for n in range(5)]
    assert wake(batch(*pings, group="other.example")) == DONE
    assert verdicts(web, *pings) == ["found"] * 5
    assert most == 1


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


def test_the_post_is_looked_at_however_many_ping_it_at_once(web: Web) -> None:
    web.answers["/re"] = web.link()
    wake(batch(web.add("/re", "first.example")))
    wake(batch(*[web.add("/re", f"blog{n}.example") for n in range(10)]))
    assert web.asked().count(POST) == 1


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
    failed_at(web, 2)  # after the floods' record
    wake(batch(other))
    assert [(outcome, line["ping"]) for outcome, line in outcomes(capsys)] == [("CheckFailed", other.id)]


def test_a_floods_record_that_cannot_be_written_holds_up_no_ping(web: Web) -> None:
    web.answers["/re"] = web.link()
    wake(batch(*(web.add(f"/?n={n}") for n in range(6)), group="other.example"))
    ping = web.add("/re", "second.example")
    failed_at(web, 1)
    assert wake(batch(ping)) == DONE
    assert verdicts(web, ping) == ["found"]
