"""Pings whose link was found come first, however many others are pending."""

from dataclasses import replace

from tests.conftest import MakePing
from tests.integration.moderation_queue.conftest import NOW, ids
from trackback.model.ping import Ping, Status
from trackback.model.transitions import CheckOutcome, checked, undone
from trackback.model.verdict import LinkStatus, Reason, ReasonCode, Verdict
from trackback.storage.items import to_attributes
from trackback.storage.moderation_queue import Queue, Tab
from trackback.storage.pings import PingStore
from trackback.storage.table import Table
from trackback.timestamps import stamp

FLOOD = Reason(ReasonCode.FLOOD, "Many came at once.", 4)


def hold(store: PingStore, ping: Ping, link: LinkStatus, *reasons: Reason) -> Ping:
    """Store a ping, and a check that holds it for the author."""
    store.add(ping)
    verdict = Verdict(link, stamp(NOW), reasons=reasons)
    store.apply(checked(store.get(ping.id), verdict, CheckOutcome(Status.PENDING), NOW))
    return store.get(ping.id)


def test_a_found_link_comes_before_a_flood_that_came_later(
    queue: Queue, store: PingStore, make_ping: MakePing
) -> None:
    genuine = [hold(store, make_ping(), LinkStatus.FOUND) for _ in range(2)]
    flood = [hold(store, make_ping(), LinkStatus.MISSING) for _ in range(4)]
    flood += [hold(store, make_ping(), LinkStatus.FOUND, FLOOD)]
    wanted = [ping.id for ping in (*reversed(genuine), *reversed(flood))]
    assert ids(queue, Tab.PENDING, size=3) == wanted
    assert queue.counts()[Tab.PENDING] == 7
    assert [ping.id for ping in store.pings(Status.PENDING)] == [
        ping.id for ping in reversed([*genuine, *flood])
    ]


def test_a_link_that_a_later_check_finds_or_misses_moves_the_ping(
    queue: Queue, store: PingStore, make_ping: MakePing
) -> None:
    ping = hold(store, make_ping(), LinkStatus.UNREACHABLE)
    newer = hold(store, make_ping(), LinkStatus.MISSING)
    assert ids(queue, Tab.PENDING) == [newer.id, ping.id]
    found = checked(ping, Verdict(LinkStatus.FOUND, stamp(NOW)), CheckOutcome(Status.PENDING), NOW)
    store.apply(found)
    assert ids(queue, Tab.PENDING) == [ping.id, newer.id]
    gone = Verdict(LinkStatus.MISSING, stamp(NOW))
    store.apply(checked(store.get(ping.id), gone, CheckOutcome(Status.PENDING), NOW))
    assert ids(queue, Tab.PENDING) == [newer.id, ping.id]


def test_a_decision_takes_a_ping_from_the_first_and_an_undo_puts_it_back(
    queue: Queue, store: PingStore, make_ping: MakePing
) -> None:
    ping = hold(store, make_ping(), LinkStatus.FOUND)
    store.decide(ping.id, Status.REJECTED, NOW)
    assert ids(queue, Tab.PENDING) == []
    store.apply(undone(store.get(ping.id), NOW))
    hold(store, make_ping(), LinkStatus.MISSING)
    assert ids(queue, Tab.PENDING)[0] == ping.id


def test_a_pending_ping_that_an_earlier_version_stored_is_listed_and_decided(
    queue: Queue, table: Table, store: PingStore, make_ping: MakePing
) -> None:
    held = hold(store, make_ping(), LinkStatus.FOUND)
    table.put(to_attributes(replace(held, comes_first=False)))
    assert ids(queue, Tab.PENDING) == [held.id]
    store.decide(held.id, Status.APPROVED, NOW, texts_hash=held.texts.hash)
    assert ids(queue, Tab.PENDING) == []
