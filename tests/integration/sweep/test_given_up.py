"""A ping that cannot be checked ends with a verdict, and stops no other."""

from datetime import UTC, datetime

import pytest

from functions.verify import app
from tests.integration.conftest import NOW
from tests.integration.sweep.conftest import DAY, HOUR, TICK, Service, held, is_checked, poisoned
from tests.support.events import Context, queue_event
from trackback.model.ping import Due, Status
from trackback.model.transitions import check_requested, postponed
from trackback.model.verdict import ReasonCode
from trackback.storage.sweeps import SweepStore
from trackback.timestamps import stamp


def test_a_poisoned_ping_ends_with_a_verdict_within_a_day_and_stops_no_other(
    service: Service, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    web = service.web
    monkeypatch.setattr(app, "verifier", poisoned(web))
    poison, *others = [web.add(host=f"{name}.example") for name in ("poison", "first", "second", "third")]
    seen: dict[str, datetime] = {}
    for now in service.run(NOW + TICK, DAY):
        for ping in (poison, *others):
            if is_checked(web, ping):
                seen.setdefault(ping.id, now)
    assert max(seen[ping.id] for ping in others) < seen[poison.id] <= NOW + DAY
    stored = web.store.get(poison.id)
    assert stored.verdict
    assert (stored.status, stored.verdict.why) == (Status.PENDING, "a fault of ours")
    assert [reason.code for reason in stored.verdict.reasons] == [ReasonCode.FAULT]
    logged = [str(record.exc_info) for record in caplog.records if record.exc_info]
    assert len([one for one in logged if "ZeroDivisionError" in one]) == len(logged) == 2


def test_a_poisoned_ping_is_given_up_for_good_after_some_weeks(service: Service) -> None:
    """Each verdict without a check says when to try again; the last one says never."""
    web, poison = service.web, service.web.add(host="poison.example")
    tries = []
    for number in range(1, 8):
        change = web.verifier.give_up(poison.id, web.verifier.context(), NOW + number * DAY)
        assert change
        tries.append(change.after.check_at)
    assert [bool(at) for at in tries] == [True] * 4 + [False] * 3


def test_a_ping_whose_check_ends_the_process_at_each_tick_gets_its_verdict_before(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    web, now = service.web, datetime.now(UTC)
    monkeypatch.setattr(app, "verifier", poisoned(web, SystemExit))
    ping = web.add(host="poison.example")
    web.store.apply(postponed(ping, now - 7 * HOUR))
    SweepStore(web.table).note(ping.id, 2, now - 3 * HOUR)
    assert app.handler(queue_event({"id": "1"}), Context()) == {"batchItemFailures": []}  # type: ignore[arg-type]
    assert is_checked(web, ping)


def test_a_sighting_of_another_fault_does_not_count(service: Service) -> None:
    ping = service.web.add()
    SweepStore(service.web.table).note(ping.id, 2, NOW - 3 * DAY)
    service.tick(NOW + 2 * HOUR)
    assert [body["ping"] for body in service.queued()] == [ping.id]


def test_a_poisoned_ping_that_is_approved_stays_approved(service: Service) -> None:
    web = service.web
    ping = held(web, web.add(), Status.APPROVED, stamp(NOW + DAY))
    web.store.apply(check_requested(ping))
    web.verifier.give_up(ping.id, web.verifier.context(), NOW + DAY)
    stored = web.store.get(ping.id)
    assert (stored.status, stored.needs_check, stored.due) == (Status.APPROVED, False, Due.CHECK)
    assert stored.check_at > stamp(NOW + DAY)


def test_other_words_of_what_was_turned_down_are_found_and_end_too(service: Service) -> None:
    web, ping = service.web, service.web.add(host="poison.example")
    web.store.decide(ping.id, Status.SPAM, NOW)
    web.add(host="poison.example", title="Other words")
    service.tick(NOW + TICK)
    assert [body.get("ping") for body in service.queued()] == [ping.id]
    change = web.verifier.give_up(ping.id, web.verifier.context(), NOW + DAY)
    assert change
    assert (change.after.status, change.after.due) == (Status.SPAM, Due.CHECK)
    assert not change.after.needs_check
