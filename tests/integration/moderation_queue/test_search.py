"""The lists are searched, paged and read within bounds."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from tests.conftest import MakePing
from tests.integration.moderation_queue.conftest import DAY, NOW, STATUSES, AddPing, ids, revise
from trackback.errors import BadQuery
from trackback.model.ping import Due, Status
from trackback.storage.moderation_queue import Queue, Tab
from trackback.storage.pings import PingStore
from trackback.storage.table import Table

KEY = "blog.example/2026/hello"


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


def test_what_is_no_cursor_is_refused(queue: Queue, subtests: pytest.Subtests) -> None:
    for after in ("x", "MSA", "é", "A" * 999, "MCAyMDI2LTExLTIy", "MCAyMDI2LTExLTIyVDA2OjExOjAxLjAwMFogYWFh"):
        with subtests.test(after[:9]), pytest.raises(BadQuery, match="the value of next"):
            queue.page(Tab.PENDING, after=after)


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
    assert first == (Counter(Query=3, BatchGetItem=1), 12)
    assert later == (Counter(Query=1, BatchGetItem=1), 12)
    made, read = calls(table, lambda: queue.counts(limit=10))
    assert (made, read) == (Counter(Query=7), 11)
    (newest,) = queue.page(Tab.PENDING, size=1).pings
    made, read = calls(table, lambda: queue.same_host(newest, among=7))
    assert (made, read) == (Counter(Query=5, BatchGetItem=1), 14)


def test_a_search_that_finds_little_stops_and_goes_on_from_there(
    queue: Queue, table: Table, add: AddPing
) -> None:
    wanted = add(title="Zebras")
    for _ in range(39):
        add()
    found = queue.page(Tab.PENDING, search="zebras", most_read=30)
    assert (found.pings, found.looked_at) == ([], 30)
    made, read = calls(table, lambda: queue.page(Tab.PENDING, search="zebras", most_read=30))
    assert (made, read) == (Counter(Query=3, BatchGetItem=1), 80)
    assert ids(queue, Tab.PENDING, search="zebras", most_read=30) == [wanted.id]
    assert len(ids(queue, Tab.PENDING, search="title", most_read=30)) == 39


def test_a_list_asks_for_no_more_than_is_due(table: Table, store: PingStore, add: AddPing) -> None:
    ping = add(Status.APPROVED)
    assert store.due(NOW + DAY, 1) == [ping.id]
    made, _ = calls(table, lambda: store.due(NOW + DAY, 1))
    assert made == Counter(Query=len(Due))
