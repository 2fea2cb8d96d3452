"""How the sweep reads the table: in pieces, by turns, and within the table's ceiling."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import chain, count, repeat
from typing import Any

import pytest

from functions.verify import app
from tests.integration.conftest import NOW
from tests.integration.sweep.conftest import DAY, HOUR, TICK, Service, fail, is_checked
from tests.support import aws_faults as faults
from tests.support.events import Context, queue_event
from trackback.model.transitions import postponed
from trackback.receiving import sweep as sweeping
from trackback.receiving.sweep import Sweep, SweepContext
from trackback.storage import sweeps
from trackback.storage.check_queue import Message, Queue
from trackback.storage.items import to_attributes
from trackback.storage.sweeps import Place, SweepStore
from trackback.timestamps import stamp


def test_a_table_at_its_ceiling_stops_the_run_and_the_next_one_goes_on(
    service: Service, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(sweeps, "PIECE", 2)
    pings = [service.web.add(f"/{number}") for number in range(7)]
    store, now = SweepStore(service.web.table), NOW + 2 * HOUR
    read = count()
    events: Any = service.web.table.client.meta.events
    busy = faults.error("ThrottlingException")

    def third(**_: Any) -> None:
        if next(read) == 2:
            events.unregister("provide-client-params.dynamodb.Scan", third)
            faults.answer(service.web.table, "Scan", 2, busy)

    events.register("provide-client-params.dynamodb.Scan", third)
    service.tick(now)
    stopped = store.place()
    assert stopped.began == stamp(now)
    assert stopped.step == 2
    assert "the sweep failed" not in caplog.messages
    service.tick(now + TICK)
    assert sorted(body["ping"] for body in service.queued()) == sorted(ping.id for ping in pings)
    assert not store.place().began


def test_a_run_that_dies_before_it_notes_its_place_queues_nothing_twice(service: Service) -> None:
    ping, updates = service.web.add(), count()
    events: Any = service.web.table.client.meta.events

    def second(**_: Any) -> None:
        if next(updates) == 1:
            faults.answer(service.web.table, "UpdateItem", 1, faults.error("AccessDeniedException"))

    events.register("provide-client-params.dynamodb.UpdateItem", second)
    service.tick(NOW + 2 * HOUR)
    assert not SweepStore(service.web.table).place().step
    service.tick(NOW + 2 * HOUR + TICK)
    assert SweepStore(service.web.table).place().step
    assert [body["ping"] for body in service.queued()] == [ping.id]


def test_a_fault_of_the_sweeps_fails_no_message(service: Service, caplog: pytest.LogCaptureFixture) -> None:
    due = service.web.add()
    service.web.store.apply(postponed(due, datetime.now(UTC) - TICK))
    faults.answer(service.web.table, "Scan", 1, faults.error("AccessDeniedException"))
    assert app.handler(queue_event({"id": "1"}), Context()) == {"batchItemFailures": []}  # type: ignore[arg-type]
    assert is_checked(service.web, due)
    assert "the sweep failed" in caplog.messages


def test_two_sweeps_at_once_queue_a_ping_once_and_the_slower_one_ends(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweeps, "PIECE", 1)
    pings = {service.web.add(f"/{number}").id for number in range(3)}
    queue, now = Queue(service.checks), NOW + 2 * HOUR
    done: list[str] = []
    events: Any = service.web.table.client.meta.events
    events.register("after-call.dynamodb.Scan", lambda **_: done.append("read"))

    def send(message: Message) -> None:
        done.append(message.id)
        if len(done) == 2:  # while the first one is between its read and its write
            Sweep(service.web.table, SweepContext(send, fail, 200)).run(now, lambda: 100)
            done.append("the faster one is at its end")
        queue.send([message])

    Sweep(service.web.table, SweepContext(send, fail, 200)).run(now, lambda: 100)
    assert done[:4] == ["read", done[1], "read", done[1]]
    assert done[-1] == "the faster one is at its end"
    assert sorted(body["ping"] for body in service.queued()) == sorted(pings)


@pytest.mark.parametrize(
    "place",
    [
        Place(7, "zzzzzzzzzzzzzzzzzzzzzzzzzz", stamp(NOW - 30 * DAY)),
        Place(7, "post#nowhere.example/a\u00e9", stamp(NOW - 30 * DAY)),
        Place(7, next_at=stamp(NOW - 30 * DAY)),
        Place(7, next_at=stamp(NOW + 30 * DAY)),
    ],
    ids=["in the middle", "at a record that is gone", "at its end", "of another clock"],
)
def test_the_place_of_a_restored_table_ends_in_a_whole_sweep(service: Service, place: Place) -> None:
    store = SweepStore(service.web.table)
    assert store.move(Place(), replace(place, step=1))
    pings = [service.web.add(f"/{number}") for number in range(20)]
    service.tick(NOW + 2 * HOUR)
    assert {body["ping"] for body in service.queued()} == {ping.id for ping in pings}
    assert not store.place().began


def test_many_pings_of_one_site_are_queued_in_its_group_a_piece_in_each_run(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweeps, "PIECE", 30)
    web = service.web
    pings = [web.ping(f"/{number}") for number in range(60)]
    for ping in pings:
        web.table.put(to_attributes(ping))
    left = chain([150.0, 150], repeat(139.0))  # the first piece takes more than a run's time
    Sweep(web.table, SweepContext(app.queue_again, fail, 200)).run(NOW + 2 * HOUR, lambda: next(left))
    first = service.queued()
    assert len(first) == 31
    assert first[-1] == {"sweep": 1, "group": "sweep"}
    assert {body["group"] for body in first[:-1]} == {"other.example"}
    assert app.handler(queue_event(first[-1]), Context()) == {"batchItemFailures": []}  # type: ignore[arg-type]
    found = {body["ping"] for body in first[:-1] + service.queued()}
    assert found == {ping.id for ping in pings}


def test_the_sweep_takes_half_of_the_tables_ceiling(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweeps, "PIECE", 10)
    for number in range(25):
        service.web.table.put({"id": f"post#{number}"})
    waits: list[float] = []
    Sweep(service.web.table, SweepContext(app.queue_again, fail, 1, waits.append)).run(NOW, lambda: 100)
    assert len(waits) == 2
    assert min(waits) > 0


def test_a_low_ceiling_gets_a_piece_for_each_tick_of_the_schedule(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweeps, "PIECE", 10)
    monkeypatch.setattr(sweeping, "RUN_SECONDS", 0)  # as if each piece took longer than that
    for number in range(25):
        service.web.table.put({"id": f"post#{number}"})
    for step in (1, 2):
        service.tick(NOW)
        assert SweepStore(service.web.table).place().step == step
    assert not service.queued()


@pytest.mark.parametrize(
    ("hours", "found", "next_after"),
    [(0.0, False, 12), (0.0, True, 3), (1.0, True, 4), (4.0, False, 16), (10.0, False, 18), (20.0, False, 0)],
)
def test_the_next_sweep_waits_longer_after_a_long_one_but_less_than_a_day(
    service: Service, hours: float, found: bool, next_after: int
) -> None:
    if found:
        service.web.add()
    end = NOW + 30 * HOUR
    began = end - timedelta(hours=hours)
    store = SweepStore(service.web.table)
    assert store.move(Place(), Place(1, "", stamp(began)))
    Sweep(service.web.table, SweepContext(lambda _: None, fail, 200)).run(end, lambda: 100)
    place = store.place()
    expected = began + next_after * HOUR if next_after else end + 12 * HOUR  # the next one began at once
    assert place.next_at == stamp(expected)
