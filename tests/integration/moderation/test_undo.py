"""The author's last decision is undone."""

from datetime import timedelta

import pytest

from tests.conftest import MakePing
from tests.integration.moderation.conftest import DEFAULT, LATER, NOW, judged, standing, stored
from tests.support.concurrency import side_by_side
from trackback.errors import StatusChanged
from trackback.model.ping import HistoryEntry, Ping, Status
from trackback.model.sent_again import reopened
from trackback.model.transitions import may_be_undone
from trackback.receiving.moderation import Moderation
from trackback.storage.pings import PingStore
from trackback.timestamps import stamp

DECIDED = [Status.APPROVED, Status.REJECTED, Status.SPAM]


@pytest.mark.parametrize("status", DECIDED)
def test_a_decision_that_is_undone_leaves_all_but_the_history_as_it_was(
    moderation: Moderation, store: PingStore, ping: Ping, status: Status
) -> None:
    before = stored(ping)
    moderation.decide(ping.id, status, NOW, settings=DEFAULT)
    assert moderation.undo(ping.id, LATER).status is status
    assert stored(ping) | {"history": None} == before | {"history": None}
    assert standing(store, ping) == (Status.PENDING, 0, [])
    entry = store.get(ping.id).history[-1]
    assert entry == HistoryEntry(stamp(LATER), Status.PENDING, "author", "undo")


CHANGES = [(old, new) for old in DECIDED for new in DECIDED if old is not new]


@pytest.mark.parametrize(("old", "new"), CHANGES, ids=[f"{b} back to {a}" for a, b in CHANGES])
def test_undo_leads_back_to_the_decision_before(
    moderation: Moderation, store: PingStore, ping: Ping, old: Status, new: Status
) -> None:
    for status in (old, new):
        moderation.decide(ping.id, status, NOW, settings=DEFAULT)
    moderation.undo(ping.id, LATER)
    shown = old is Status.APPROVED
    assert standing(store, ping) == (old, int(shown), ["Mine"] * shown)
    assert ("expires_at" in stored(ping)) == (not shown)
    assert (store.due(LATER + timedelta(days=1), 9) == [ping.id]) == shown


def test_a_ping_that_was_decided_before_anyone_looked_waits_once_that_is_undone(
    moderation: Moderation, store: PingStore, make_ping: MakePing
) -> None:
    ping = make_ping()
    store.add(ping)
    moderation.decide(ping.id, Status.APPROVED, NOW, settings=DEFAULT)
    moderation.undo(ping.id, LATER)
    assert standing(store, ping) == (Status.PENDING, 0, [])


@pytest.mark.parametrize("by", ["check", "rule"])
@pytest.mark.parametrize("status", DECIDED)
def test_what_a_check_or_a_rule_has_decided_can_be_undone(
    moderation: Moderation, store: PingStore, make_ping: MakePing, status: Status, by: str
) -> None:
    ping = make_ping()
    store.add(ping)
    judged(store, ping, status, by)
    moderation.undo(ping.id, LATER)
    assert standing(store, ping) == (Status.PENDING, 0, [])
    assert "expires_at" not in stored(ping)


def test_there_is_nothing_to_undo_where_nobody_has_decided(
    moderation: Moderation, store: PingStore, ping: Ping, make_ping: MakePing
) -> None:
    received, again = make_ping(), make_ping()
    for one in (received, again):
        store.add(one)
    judged(store, again, Status.SPAM)
    store.apply(reopened(store.get(again.id), again))
    for one in (ping, received, again):
        assert not may_be_undone(store.get(one.id))
        with pytest.raises(StatusChanged, match="no decision to undo"):
            moderation.undo(one.id, LATER)


def test_an_undo_is_not_undone(moderation: Moderation, store: PingStore, ping: Ping) -> None:
    moderation.decide(ping.id, Status.APPROVED, NOW, settings=DEFAULT)
    assert may_be_undone(store.get(ping.id))
    moderation.undo(ping.id, LATER)
    with pytest.raises(StatusChanged, match="no decision to undo"):
        moderation.undo(ping.id, LATER)
    assert standing(store, ping) == (Status.PENDING, 0, [])


def test_what_is_to_be_undone_must_be_what_the_author_saw(
    moderation: Moderation, store: PingStore, ping: Ping
) -> None:
    moderation.decide(ping.id, Status.SPAM, NOW, settings=DEFAULT)
    with pytest.raises(StatusChanged, match="it is spam by now"):
        moderation.undo(ping.id, LATER, expected_status=Status.APPROVED)
    moderation.undo(ping.id, LATER, expected_status=Status.SPAM)
    assert store.get(ping.id).status is Status.PENDING


def test_eight_undos_at_once_are_one(moderation: Moderation, store: PingStore, make_ping: MakePing) -> None:
    for _ in range(4):
        ping = make_ping()
        store.add(ping)
        for status in (Status.REJECTED, Status.APPROVED):
            store.decide(ping.id, status, NOW)
        found = side_by_side(*[lambda ping=ping: moderation.undo(ping.id, LATER)] * 8)
        assert sum(isinstance(outcome, Ping) for outcome in found) == 1
        assert standing(store, ping) == (Status.REJECTED, 0, [])
        assert [entry.what for entry in store.get(ping.id).history] == ["rejected", "approved", "rejected"]


def test_undos_and_decisions_at_once_leave_count_list_and_history_right(
    moderation: Moderation, store: PingStore, make_ping: MakePing
) -> None:
    for _ in range(4):
        ping = make_ping(title="Mine")
        store.add(ping)
        store.decide(ping.id, Status.APPROVED, NOW)
        side_by_side(
            *[lambda ping=ping: moderation.undo(ping.id, LATER)] * 4,
            *[lambda ping=ping: moderation.decide(ping.id, Status.SPAM, LATER, settings=DEFAULT)] * 2,
            *[lambda ping=ping: moderation.decide(ping.id, Status.APPROVED, LATER, settings=DEFAULT)] * 2,
        )
        status, count, _ = standing(store, ping)
        assert status in {Status.APPROVED, Status.SPAM, Status.PENDING}
        assert count == (status is Status.APPROVED)
        assert store.get(ping.id).history[-1].what == status
        store.decide(ping.id, Status.REJECTED, LATER)
