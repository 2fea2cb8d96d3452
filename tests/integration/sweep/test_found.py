"""Nothing is forgotten: whatever failed, a sweep finds the pings whose check never came."""

from datetime import timedelta

from functions.triage import app as triage
from functions.verify import app
from tests.integration.conftest import NOW
from tests.integration.sweep.conftest import DAY, HOUR, TICK, Service, held, is_checked
from tests.support import aws_faults as faults
from trackback.model.ping import Status
from trackback.model.transitions import check_requested, postponed
from trackback.storage.sweeps import SweepStore
from trackback.timestamps import stamp


def test_a_ping_whose_record_the_stream_lost_is_checked_within_half_a_day(service: Service) -> None:
    ping = service.web.add()
    assert not service.queued()
    service.tick(NOW + timedelta(minutes=5))  # a sweep that comes too early for it
    times = [now for now in service.run(NOW + TICK, DAY) if is_checked(service.web, ping)]
    assert times[0] - NOW <= 13 * HOUR
    assert service.web.store.get(ping.id).status is Status.PENDING


def test_a_ping_whose_message_was_lost_is_checked(service: Service) -> None:
    ping = service.web.add()
    inserted = {
        "eventID": "1",
        "eventName": "INSERT",
        "dynamodb": {
            "SequenceNumber": "1",
            "Keys": {"id": {"S": ping.id}},
            "NewImage": {"url": {"S": ping.url}},
        },
    }
    triage.queue_checks([inserted])
    assert [body["ping"] for body in service.queued()] == [ping.id]
    service.tick(NOW + 2 * HOUR)
    (again,) = service.queued()
    assert (again["ping"], again["group"]) == (ping.id, "other.example")


def test_a_ping_younger_than_an_hour_is_left(service: Service) -> None:
    ping = service.web.add()
    service.tick(NOW + HOUR - TICK)
    assert not service.queued()
    service.tick(NOW + 13 * HOUR)
    assert [body["ping"] for body in service.queued()] == [ping.id]


def test_a_ping_that_the_queue_refuses_stops_no_other_and_counts_as_queued(service: Service) -> None:
    pings = [service.web.add(f"/{number}", f"blog{number}.example") for number in range(3)]
    faults.answer(app.queue(), "SendMessageBatch", 1, faults.error("InvalidParameterValue"))
    service.tick(NOW + 2 * HOUR)
    assert len(service.queued()) == 2
    seen = SweepStore(service.web.table).sightings([ping.id for ping in pings], NOW + 3 * HOUR)
    assert [one.times for one in seen.values()] == [1, 1, 1]


def test_what_is_queued_is_not_queued_again_while_it_waits(service: Service) -> None:
    service.web.add()
    for number in range(8):
        service.tick(NOW + 2 * HOUR + number * TICK)
    assert len(service.queued()) == 1


def test_a_ping_that_is_checked_while_its_message_waits_is_not_fetched_again(service: Service) -> None:
    ping = service.web.add()
    service.tick(NOW + 2 * HOUR)
    service.web.verify(ping)
    asked = len(service.web.asked())
    service.work()
    assert len(service.web.asked()) == asked


def test_an_approved_ping_whose_mark_is_stuck_is_checked_again(service: Service) -> None:
    web = service.web
    ping = held(web, web.add(), Status.APPROVED, stamp(NOW + DAY))
    web.store.apply(check_requested(ping))
    assert web.store.get(ping.id).needs_check
    service.tick(NOW + 2 * HOUR)
    assert service.work() == []
    stored = web.store.get(ping.id)
    assert (stored.status, stored.needs_check) == (Status.APPROVED, False)
    assert stored.verdict != ping.verdict


def test_what_waits_for_nothing_is_left(service: Service) -> None:
    """Decided pings, pings of the schedule, and records that are no pings."""
    web, later = service.web, stamp(NOW + DAY)
    held(web, web.add("/held"))
    held(web, web.add("/shown"), Status.APPROVED, later)
    unwanted = web.add("/unwanted")
    web.store.apply(check_requested(unwanted))
    web.store.decide(unwanted.id, Status.REJECTED, NOW)
    web.store.apply(postponed(web.add("/postponed"), NOW + HOUR))
    web.table.put({"id": "sent#1", "url": "https://a.example", "received_at": stamp(NOW)})
    service.tick(NOW + 2 * HOUR)
    assert not service.queued()


def test_a_ping_that_is_overdue_for_hours_is_queued(service: Service) -> None:
    """The schedule takes the longest due first: pings that fail for ever must not keep the others waiting."""
    overdue = service.web.add()
    service.web.store.apply(postponed(overdue, NOW))
    service.tick(NOW + 7 * HOUR)
    assert [body["ping"] for body in service.queued()] == [overdue.id]
