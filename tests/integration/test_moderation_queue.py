"""What the author's pages list, and how little is read for it."""

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.conftest import MakePing
from trackback.errors import BadQuery
from trackback.model.ping import Due, Ping, Status
from trackback.model.transitions import CheckOutcome, checked, decided, postponed, revision_dismissed
from trackback.model.verdict import Gone, LinkStatus, Verdict
from trackback.storage.moderation_queue import Queue, Tab
from trackback.storage.pings import PingStore
from trackback.storage.table import Table
from trackback.timestamps import stamp

NOW = datetime(2026, 11, 24, tzinfo=UTC)
DAY = timedelta(days=1)
KEY = "blog.example/2026/hello"

AddPing = Callable[..., Ping]


@pytest.fixture
def add(store: PingStore, make_ping: MakePing) -> AddPing:
    """Store pings of a status."""

    def add_one(status: Status = Status.PENDING, **fields: str) -> Ping:
        ping = make_ping(**fields)
        store.add(ping)
        store.decide(ping.id, status, NOW)
        return store.get(ping.id)

    return add_one


@pytest.fixture
def queue(table: Table) -> Queue:
    return Queue(table)


def look(store: PingStore, ping: Ping, *, gone: bool = False) -> Ping:
    """Record a look at an approved ping's source."""
    ping = store.get(ping.id)
    since = Gone(stamp(NOW - 8 * DAY), 3) if gone else None
    seen = LinkStatus.MISSING if gone else LinkStatus.FOUND
    outcome = CheckOutcome(Status.APPROVED, link_missing=since, check_at=stamp(NOW + DAY))
    store.apply(checked(ping, Verdict(seen, stamp(NOW)), outcome, NOW))
    return store.get(ping.id)


def revise(store: PingStore, make_ping: MakePing, ping: Ping, title: str = "Other words") -> Ping:
    """Send a ping again with another title."""
    store.add(make_ping(url=ping.url, title=title))
    return store.get(ping.id)


def ids(queue: Queue, tab: Tab, **asked: Any) -> list[str]:
    """Return the ids of a tab's pings, from as many pages as there are."""
    found = [queue.page(tab, **asked)]
    while found[-1].next:
        found.append(queue.page(tab, after=found[-1].next, **asked))
    return [ping.id for page in found for ping in page.pings]


def calls(table: Table, act: Callable[[], Any]) -> tuple[Counter[str], int]:
    """Return which calls an action makes, and how many records and entries it reads."""
    made: Counter[str] = Counter()
    read = 0

    def note(model: Any, parsed: Any, **_: Any) -> None:
        nonlocal read
        made[model.name] += 1
        responses = parsed.get("Responses", {}).values()
        read += parsed.get("ScannedCount", 0) + sum(map(len, responses))

    events: Any = table.client.meta.events
    events.register("after-call.dynamodb", note)
    try:
        act()
    finally:
        events.unregister("after-call.dynamodb", note)
    return made, read


STATUSES = [Status.PENDING, Status.APPROVED, Status.REJECTED, Status.SPAM]


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


def test_a_ping_that_was_just_received_is_in_no_tab(
    queue: Queue, store: PingStore, make_ping: MakePing
) -> None:
    store.add(make_ping())
    assert set(queue.counts().values()) == {0}
    assert [ids(queue, tab) for tab in Tab] == [[]] * 5


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


def test_words_that_return_to_what_is_shown_wait_no_longer(
    queue: Queue, store: PingStore, add: AddPing, make_ping: MakePing
) -> None:
    ping = add(Status.APPROVED, title="Mine")
    look(store, revise(store, make_ping, ping))
    revise(store, make_ping, ping, "Mine")
    assert (ids(queue, Tab.PENDING), queue.counts()[Tab.PENDING]) == ([], 0)
    assert store.due(NOW + 9 * DAY, 9) == [ping.id]


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


FIELDS = {"title": "Grüße aus Köln", "excerpt": "Some kind words", "blog_name": "Joe’s Notes"}


@pytest.mark.parametrize(
    "search",
    [
        "grusse KÖLN",
        "kind",
        "words kind",
        "notes",
        "friend.example",
        "friend.example/re",
        "blog.example/2026",
        " ",
    ],
)
def test_a_search_finds_all_of_its_words_in_any_field(queue: Queue, add: AddPing, search: str) -> None:
    wanted = add(url="https://friend.example/re", **FIELDS)
    assert wanted.id in ids(queue, Tab.PENDING, search=search)


@pytest.mark.parametrize("search", ["unkind", "kind unkind", "foe.example"])
def test_a_search_finds_nothing_that_lacks_one_of_its_words(queue: Queue, add: AddPing, search: str) -> None:
    add(url="https://friend.example/re", **FIELDS)
    assert ids(queue, Tab.PENDING, search=search) == []


def test_a_search_finds_words_that_wait_for_a_decision(
    queue: Queue, store: PingStore, add: AddPing, make_ping: MakePing
) -> None:
    ping = revise(store, make_ping, add(), "Zebras")
    assert ids(queue, Tab.PENDING, search="zebras") == [ping.id]


@pytest.mark.parametrize("tab", [Tab.PENDING, Tab.APPROVED])
def test_a_list_can_be_of_one_post(queue: Queue, add: AddPing, tab: Tab) -> None:
    here = [add(Status(tab)), add(Status(tab))]
    add(Status(tab), post="blog.example/2026/hello/again")
    wanted = [here[1].id, here[0].id]
    for post in (KEY, "https://www.blog.example/2026/hello/index.html"):
        assert ids(queue, tab, post=post, size=1) == wanted
    assert ids(queue, tab, post="blog.example/quiet") == []
    assert ids(queue, tab, post=KEY, search=here[0].texts.title) == [here[0].id]


@pytest.mark.parametrize(
    "after",
    ["x", "MSA", "é", "A" * 999, "MCAyMDI2LTExLTIy", "MCAyMDI2LTExLTIyVDA2OjExOjAxLjAwMFogYWFh", "=", "\0"],
)
@pytest.mark.parametrize("tab", list(Tab))
def test_what_is_no_cursor_is_refused(queue: Queue, tab: Tab, after: str) -> None:
    with pytest.raises(BadQuery, match="the value of next"):
        queue.page(tab, after=after)


def test_a_cursor_leads_into_no_other_tab(queue: Queue, add: AddPing) -> None:
    for status in STATUSES:
        for _ in range(3):
            add(status)
    into_pending = queue.page(Tab.PENDING, size=1).next
    from_spam = queue.page(Tab.SPAM, size=1).next
    assert into_pending
    assert from_spam
    with pytest.raises(BadQuery):  # the second part of a list that has but one
        queue.page(Tab.APPROVED, after=into_pending)
    found = queue.page(Tab.REJECTED, after=from_spam).pings
    assert {ping.status for ping in found} == {Status.REJECTED}


def test_other_pings_of_a_host_are_found_in_every_status(queue: Queue, add: AddPing) -> None:
    pings = [add(status, url=f"https://friend.example/{status}") for status in STATUSES]
    add(url="https://friend.example.foe.example/")
    others = [ping.id for ping in reversed(pings[1:])]
    assert [ping.id for ping in queue.same_host(pings[0])] == others
    assert [ping.id for ping in queue.same_host(pings[0], limit=2)] == others[:2]


def test_however_much_is_stored_a_page_reads_its_own_pings_only(
    queue: Queue, table: Table, add: AddPing
) -> None:
    for _ in range(60):
        add()
    cursor = queue.page(Tab.PENDING, size=5).next or ""
    first = calls(table, lambda: queue.page(Tab.PENDING, size=5))
    later = calls(table, lambda: queue.page(Tab.PENDING, after=cursor, size=5))
    assert first == (Counter(Query=2, BatchGetItem=1), 12)
    assert later == (Counter(Query=1, BatchGetItem=1), 12)
    made, read = calls(table, lambda: queue.counts(limit=10))
    assert (made, read) == (Counter(Query=6), 11)
    (newest,) = queue.page(Tab.PENDING, size=1).pings
    made, read = calls(table, lambda: queue.same_host(newest, among=7))
    assert (made, read) == (Counter(Query=4, BatchGetItem=1), 14)


def test_a_search_that_finds_little_stops_and_goes_on_from_there(
    queue: Queue, table: Table, add: AddPing
) -> None:
    wanted = add(title="Zebras")
    for _ in range(39):
        add()
    found = queue.page(Tab.PENDING, search="zebras", most_read=30)
    assert (found.pings, found.looked_at) == ([], 30)
    made, read = calls(table, lambda: queue.page(Tab.PENDING, search="zebras", most_read=30))
    assert (made, read) == (Counter(Query=2, BatchGetItem=1), 80)
    assert ids(queue, Tab.PENDING, search="zebras", most_read=30) == [wanted.id]
    assert len(ids(queue, Tab.PENDING, search="title", most_read=30)) == 39


def test_a_list_asks_for_no_more_than_is_due(table: Table, store: PingStore, add: AddPing) -> None:
    ping = add(Status.APPROVED)
    assert store.due(NOW + DAY, 1) == [ping.id]
    made, _ = calls(table, lambda: store.due(NOW + DAY, 1))
    assert made == Counter(Query=len(Due))


def test_a_decision_by_rule_ends_what_was_due(store: PingStore, add: AddPing) -> None:
    ping = look(store, add(Status.APPROVED), gone=True)
    store.apply(decided(ping, Status.SPAM, NOW, by="rule"))
    assert (store.due(NOW + 99 * DAY, 9), list(store.disappeared())) == ([], [])
