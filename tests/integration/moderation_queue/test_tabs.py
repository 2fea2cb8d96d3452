"""Each tab lists its pings, newest first."""

import pytest

from tests.conftest import MakePing
from tests.integration.moderation_queue.conftest import DAY, NOW, STATUSES, AddPing, ids, revise
from trackback.model.ping import Ping, Status
from trackback.model.transitions import CheckOutcome, checked, decided, postponed, revision_dismissed
from trackback.model.verdict import Gone, LinkStatus, Verdict
from trackback.storage.moderation_queue import Queue, Tab
from trackback.storage.pings import PingStore
from trackback.storage.table import Table
from trackback.timestamps import stamp


def look(store: PingStore, ping: Ping, *, gone: bool = False) -> Ping:
    """Record a look at an approved ping's source."""
    ping = store.get(ping.id)
    since = Gone(stamp(NOW - 8 * DAY), 3) if gone else None
    seen = LinkStatus.MISSING if gone else LinkStatus.FOUND
    outcome = CheckOutcome(Status.APPROVED, link_missing=since, check_at=stamp(NOW + DAY))
    store.apply(checked(ping, Verdict(seen, stamp(NOW)), outcome, NOW))
    return store.get(ping.id)


@pytest.mark.parametrize("status", STATUSES)
def test_a_tab_lists_its_pings_newest_first_each_once(queue: Queue, add: AddPing, status: Status) -> None:
    pings = [add(other) for _ in range(7) for other in STATUSES]
    wanted = [ping.id for ping in reversed(pings) if ping.status is status]
    assert ids(queue, Tab(status), size=3) == wanted
    assert [ping.id for ping in queue.page(Tab(status), size=3).pings] == wanted[:3]


def test_a_full_last_page_has_no_next(queue: Queue, add: AddPing) -> None:
    for _ in range(3):
        add()
    assert queue.page(Tab.PENDING, size=3).next is None
    assert queue.page(Tab.SPAM, size=3).pings == []


def test_a_ping_that_was_just_received_is_in_a_tab_of_its_own_which_is_not_counted(
    queue: Queue, store: PingStore, make_ping: MakePing
) -> None:
    ping = make_ping()
    store.add(ping)
    assert set(queue.counts().values()) == {0}
    assert Tab.RECEIVED not in queue.counts()
    assert {tab: ids(queue, tab) for tab in Tab if ids(queue, tab)} == {Tab.RECEIVED: [ping.id]}


def test_other_words_of_an_approved_ping_wait_above_the_pending_ones(
    queue: Queue, store: PingStore, add: AddPing, make_ping: MakePing
) -> None:
    old, held = add(Status.APPROVED), [add() for _ in range(3)]
    revise(store, make_ping, old)
    look(store, old)
    assert ids(queue, Tab.PENDING, size=2) == [old.id, *[ping.id for ping in reversed(held)]]
    assert old.id in ids(queue, Tab.APPROVED)
    assert queue.counts()[Tab.PENDING] == 4


def test_what_is_decided_about_other_words_takes_them_from_the_list(
    queue: Queue, store: PingStore, add: AddPing, make_ping: MakePing
) -> None:
    pings = [look(store, revise(store, make_ping, add(Status.APPROVED))) for _ in range(4)]
    taken, dropped, rejected, waits = pings
    store.decide(taken.id, Status.APPROVED, NOW, texts_hash=taken.revision_hash)
    store.apply(revision_dismissed(dropped))
    store.decide(rejected.id, Status.REJECTED, NOW)
    assert ids(queue, Tab.PENDING) == [waits.id]
    assert queue.counts()[Tab.PENDING] == 1
    assert sorted(store.due(NOW + 9 * DAY, 9)) == sorted([taken.id, dropped.id, waits.id])


def test_words_that_readers_see_sent_again_take_no_later_ones_out_of_the_queue(
    queue: Queue, store: PingStore, add: AddPing, make_ping: MakePing
) -> None:
    ping = add(Status.APPROVED, title="Mine")
    look(store, revise(store, make_ping, ping))
    revise(store, make_ping, ping, "Mine")
    assert (ids(queue, Tab.PENDING), queue.counts()[Tab.PENDING]) == ([ping.id], 1)


def test_a_held_ping_that_is_approved_as_it_was_leaves_its_other_words_waiting(
    queue: Queue, store: PingStore, add: AddPing, make_ping: MakePing
) -> None:
    ping = revise(store, make_ping, add())
    assert ids(queue, Tab.PENDING) == [ping.id]
    store.decide(ping.id, Status.APPROVED, NOW)
    assert ids(queue, Tab.PENDING) == [ping.id]


def test_what_has_disappeared_is_listed_and_still_looked_at_again(
    queue: Queue, store: PingStore, add: AddPing
) -> None:
    here, gone = add(Status.APPROVED), add(Status.APPROVED)
    look(store, here)
    look(store, gone, gone=True)
    assert ids(queue, Tab.DISAPPEARED) == [gone.id]
    assert queue.counts()[Tab.DISAPPEARED] == 1
    assert [ping.id for ping in store.disappeared()] == [gone.id]
    assert sorted(store.due(NOW + DAY, 9)) == sorted([here.id, gone.id])
    store.apply(postponed(store.get(gone.id), NOW + 2 * DAY))
    assert ids(queue, Tab.DISAPPEARED) == [gone.id]
    look(store, gone)
    assert ids(queue, Tab.DISAPPEARED) == []


def test_what_has_disappeared_and_was_sent_again_waits_and_is_listed_as_gone_once_that_is_decided(
    queue: Queue, store: PingStore, add: AddPing, make_ping: MakePing
) -> None:
    ping = look(store, revise(store, make_ping, add(Status.APPROVED)), gone=True)
    assert (ids(queue, Tab.PENDING), ids(queue, Tab.DISAPPEARED)) == ([ping.id], [])
    store.apply(revision_dismissed(ping))
    assert (ids(queue, Tab.PENDING), ids(queue, Tab.DISAPPEARED)) == ([], [ping.id])


def test_what_an_index_still_has_in_a_list_that_it_left_is_not_shown(
    queue: Queue, table: Table, store: PingStore, add: AddPing, monkeypatch: pytest.MonkeyPatch
) -> None:
    left, stays = add(), add()
    query = table.client.query
    answer = query(
        TableName="trackback",
        IndexName="by_status",
        KeyConditionExpression="#status = :status",
        ExpressionAttributeNames={"#status": "status"},
        ExpressionAttributeValues={":status": {"S": "pending"}},
    )
    store.decide(left.id, Status.SPAM, NOW)
    monkeypatch.setattr(
        table.client, "query", lambda **asked: answer if "by_status" in asked.values() else query(**asked)
    )
    assert [ping.id for ping in queue.page(Tab.PENDING).pings] == [stays.id]


def test_counts_end_where_nobody_counts_any_more(
    queue: Queue, store: PingStore, add: AddPing, make_ping: MakePing
) -> None:
    for _ in range(4):
        add()
    look(store, revise(store, make_ping, add(Status.APPROVED)))
    assert queue.counts()[Tab.PENDING] == 5
    assert queue.counts(limit=5)[Tab.PENDING] == 5
    assert queue.counts(limit=4)[Tab.PENDING] == 5
    assert queue.counts(limit=2)[Tab.PENDING] == 3


def test_a_decision_by_rule_ends_what_was_due(store: PingStore, add: AddPing) -> None:
    ping = look(store, add(Status.APPROVED), gone=True)
    store.apply(decided(ping, Status.SPAM, NOW, by="rule"))
    assert (store.due(NOW + 99 * DAY, 9), list(store.disappeared())) == ([], [])
