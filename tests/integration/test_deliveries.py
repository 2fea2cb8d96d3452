"""The log of what was sent to the author, kept in the table."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.conftest import MakePing
from tests.support import aws_faults as faults
from trackback.errors import TableBusy
from trackback.model.delivery import Delivery, by_ping, delivery_id, event_id, ping_event
from trackback.model.ping import Status
from trackback.storage.deliveries import KEEP, Deliveries
from trackback.storage.pings import PingStore
from trackback.storage.table import Table
from trackback.timestamps import stamp

NOW = datetime(2026, 11, 24, tzinfo=UTC)
MAIL = Delivery(delivery_id("mail-1"), stamp(NOW), "mail", "Grüße: “3 pings wait”", "sent", answer="taken")
LEFT = {"Responses": {}, "UnprocessedKeys": {"trackback": {"Keys": [{"id": {"S": MAIL.id}}]}}}
HOOK = Delivery(
    id=delivery_id("event-1"),
    at=stamp(NOW),
    kind="webhook",
    what="ping.approved",
    state="waiting",
    next_at=stamp(NOW + timedelta(minutes=5)),
    body='{"title":"Grüße"}',
)
TEST = replace(HOOK, id=delivery_id("test-1"), attempts=0, next_at=stamp(NOW))
EVERY = {"a mail": MAIL, "a webhook that waits": HOOK, "an untried one": TEST}


@pytest.fixture
def deliveries(table: Table) -> Deliveries:
    """An empty log."""
    return Deliveries(table)


def stored(table: Table, delivery: Delivery) -> dict[str, Any]:
    return table.get(delivery.id)


@pytest.mark.parametrize("delivery", EVERY.values(), ids=EVERY)
def test_a_delivery_is_read_as_it_was_written(deliveries: Deliveries, delivery: Delivery) -> None:
    assert deliveries.get(delivery.id) is None
    assert deliveries.newest() == []
    deliveries.log(delivery)
    assert deliveries.get(delivery.id) == delivery
    assert deliveries.newest() == [delivery]


def test_the_newest_come_first_and_no_more_than_are_asked_for(deliveries: Deliveries) -> None:
    every = [
        replace(MAIL, id=delivery_id(str(n)), at=stamp(NOW + timedelta(minutes=n * 7 % 60)))
        for n in range(60)
    ]
    for each in every:
        deliveries.log(each)
    newest_first = sorted(every, key=lambda each: each.at, reverse=True)
    assert deliveries.newest() == newest_first[:50]
    assert deliveries.newest(limit=3) == newest_first[:3]
    assert deliveries.newest(limit=100) == newest_first


def test_a_delivery_is_kept_for_thirty_days(table: Table, deliveries: Deliveries) -> None:
    deliveries.log(MAIL)
    assert stored(table, MAIL)["expires_at"] == int((NOW + KEEP).timestamp())
    assert timedelta(days=30) == KEEP


def test_deliveries_are_no_pings(
    table: Table, store: PingStore, deliveries: Deliveries, make_ping: MakePing
) -> None:
    ping = make_ping()
    store.add(ping)
    for each in EVERY.values():
        deliveries.log(each)
    assert [each.id for each in store.pings()] == [ping.id]
    assert all(list(store.pings(status)) == [] for status in Status if status is not Status.RECEIVED)
    assert store.due(NOW + timedelta(days=1), 10) == []
    assert not any("url" in stored(table, each) for each in EVERY.values())


def test_one_that_was_added_is_not_added_again(deliveries: Deliveries) -> None:
    assert deliveries.add(HOOK)
    assert not deliveries.add(replace(HOOK, body="another"))
    assert deliveries.get(HOOK.id) == HOOK


def test_of_eight_who_add_it_at_once_one_succeeds(deliveries: Deliveries) -> None:
    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(lambda _: deliveries.add(HOOK), range(8))) == 1


def test_of_eight_who_claim_it_at_once_one_succeeds(deliveries: Deliveries) -> None:
    deliveries.add(HOOK)
    claimed = replace(HOOK, attempts=2)
    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(lambda _: deliveries.advance(claimed, seen=1), range(8))) == 1
    assert deliveries.get(HOOK.id) == claimed


@pytest.mark.parametrize(
    "meanwhile",
    [replace(HOOK, attempts=2), replace(HOOK, state="sent", body=""), replace(HOOK, state="failed")],
    ids=["tried again", "sent", "given up"],
)
def test_a_result_that_comes_late_changes_nothing(deliveries: Deliveries, meanwhile: Delivery) -> None:
    deliveries.log(meanwhile)
    assert not deliveries.advance(replace(HOOK, state="failed", answer="late"), seen=1)
    assert deliveries.get(HOOK.id) == meanwhile


def test_what_is_not_there_is_not_advanced(deliveries: Deliveries) -> None:
    assert not deliveries.advance(HOOK, seen=1)
    assert deliveries.newest() == []


def test_the_longest_due_come_first_and_mails_are_never_due(deliveries: Deliveries) -> None:
    times = {"a": 5, "b": 1, "c": 60, "d": 3}
    for name, minutes in times.items():
        deliveries.log(replace(HOOK, id=delivery_id(name), next_at=stamp(NOW + timedelta(minutes=minutes))))
    deliveries.log(MAIL)
    then = NOW + timedelta(minutes=5)
    assert deliveries.due(NOW, 10) == []
    assert deliveries.due(then, 10) == [delivery_id(name) for name in "bda"]
    assert deliveries.due(then, 2) == [delivery_id(name) for name in "bd"]


def test_one_that_is_done_is_due_no_more_and_has_no_body(table: Table, deliveries: Deliveries) -> None:
    deliveries.add(HOOK)
    assert deliveries.advance(replace(HOOK, state="sent", next_at="", body=""), seen=1)
    assert deliveries.due(NOW + timedelta(days=1), 10) == []
    assert not {"due", "check_at", "body"} & stored(table, HOOK).keys()


def test_one_that_was_never_tried_is_found_by_who_looks_for_what_is_due(deliveries: Deliveries) -> None:
    deliveries.add(HOOK)
    deliveries.add(TEST)
    assert deliveries.due(NOW, 10) == [TEST.id]


def test_the_events_of_one_ping_are_together_in_their_order_and_tests_are_alone() -> None:
    first, second = (delivery_id(ping_event("ping1", change)) for change in ("b", "a"))
    other = delivery_id(ping_event("ping2", "c"))
    test, again = delivery_id("test-1"), delivery_id("test-2")
    assert by_ping([first, test, again, other, second]) == [[first, second], [test], [again], [other]]


@pytest.mark.parametrize(
    ("delivery", "after", "due"),
    [
        (HOOK, timedelta(minutes=5, milliseconds=-1), False),
        (HOOK, timedelta(minutes=5), True),
        (TEST, timedelta(0), True),
        (MAIL, timedelta(days=1), False),
    ],
    ids=["too early", "in time", "untried", "done"],
)
def test_one_is_due_when_its_time_has_come(delivery: Delivery, after: timedelta, due: bool) -> None:
    assert delivery.is_due(NOW + after) is due


def test_a_deliverys_id_names_its_event() -> None:
    assert event_id(HOOK) == "event-1"
    assert delivery_id("event-1").startswith("delivery#")


def test_what_the_table_does_not_hand_out_at_once_is_asked_for_again(
    table: Table, deliveries: Deliveries
) -> None:
    deliveries.log(MAIL)
    faults.answer(table, "BatchGetItem", 2, LEFT, status=200)
    assert deliveries.newest() == [MAIL]


@pytest.mark.parametrize(
    ("operation", "answer", "status"),
    [
        ("Query", faults.error("ProvisionedThroughputExceededException"), 400),
        ("BatchGetItem", LEFT, 200),
    ],
    ids=["refused", "nothing handed out"],
)
def test_a_table_that_is_too_busy_to_be_read_is_told(
    table: Table, deliveries: Deliveries, operation: str, answer: dict[str, Any], status: int
) -> None:
    deliveries.log(MAIL)
    faults.answer(table, operation, 9, answer, status=status)
    with pytest.raises(TableBusy):
        deliveries.newest()
