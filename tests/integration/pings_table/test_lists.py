"""Lists bring each ping once, newest first."""

from datetime import timedelta
from itertools import pairwise

import pytest

from tests.conftest import MakePing
from tests.integration.pings_table.conftest import KEY, NOW, approve
from trackback.errors import StatusChanged
from trackback.model.ping import Status
from trackback.storage.pings import PingStore
from trackback.storage.table import Table


def test_readers_see_approved_pings_only(store: PingStore, make_ping: MakePing) -> None:
    pings = {status: make_ping() for status in Status}
    for status, ping in pings.items():
        store.add(ping)
        if status is not Status.RECEIVED:
            store.decide(ping.id, status, NOW)
    page = store.approved(KEY, 50)
    assert ([ping.id for ping in page.pings], page.count) == ([pings[Status.APPROVED].id], 1)


def test_pages_bring_every_ping_once_newest_first_and_the_count_with_each(
    store: PingStore, make_ping: MakePing
) -> None:
    pings = [make_ping() for _ in range(7)]
    approve(store, *pings)
    approve(store, make_ping(post="blog.example/another"))
    pages = [store.approved(KEY, 3)]
    while pages[-1].next:
        pages.append(store.approved(KEY, 3, pages[-1].next))
    assert [len(page.pings) for page in pages] == [3, 3, 1]
    assert [ping.id for page in pages for ping in page.pings] == [ping.id for ping in reversed(pings)]
    assert [page.count for page in pages] == [7, 7, 7]


def test_a_full_last_page_has_no_next(store: PingStore, make_ping: MakePing) -> None:
    approve(store, *[make_ping() for _ in range(3)])
    assert store.approved(KEY, 3).next is None


def test_a_cursor_of_another_post_brings_no_ping_of_that_post(store: PingStore, make_ping: MakePing) -> None:
    approve(store, *[make_ping(post="blog.example/secret") for _ in range(3)], make_ping())
    cursor = store.approved("blog.example/secret", 1).next
    assert all(ping.url.endswith("/4") for ping in store.approved(KEY, 50, cursor).pings)


def test_counts_are_zero_for_posts_that_nobody_pinged(store: PingStore, make_ping: MakePing) -> None:
    approve(store, make_ping())
    assert store.counts([KEY, "blog.example/quiet"]) == {KEY: 1, "blog.example/quiet": 0}
    assert store.counts([]) == {}


@pytest.mark.parametrize("status", [None, *Status])
def test_lists_are_newest_first(store: PingStore, make_ping: MakePing, status: Status | None) -> None:
    for _ in range(5):
        ping = make_ping()
        store.add(ping)
        if status not in {None, Status.RECEIVED}:
            assert status
            store.decide(ping.id, status, NOW + timedelta(days=1))
    times = [ping.received_at for ping in store.pings(status)]
    assert len(times) == 5
    assert all(newer > older for newer, older in pairwise(times))


def test_records_that_are_no_pings_are_read_as_they_were_written_and_never_listed(
    table: Table, store: PingStore
) -> None:
    assert table.get("rules#") == {}
    table.write("rules#", "rules", ["a", "b"])
    table.write("rules#", "more", {"title": "x", "missing": True})
    found = table.get("rules#")
    assert (found["rules"], found["more"]) == (["a", "b"], {"title": "x", "missing": True})
    assert list(store.pings()) == []


def test_a_record_that_is_not_as_it_was_is_not_overwritten(table: Table) -> None:
    table.write("rules#", "rules", ["a"], was=[])
    with pytest.raises(StatusChanged):
        table.write("rules#", "rules", ["b"], was=[])
    table.write("rules#", "rules", ["c"], was=["a"])
    assert table.get("rules#")["rules"] == ["c"]


def test_what_is_known_of_a_post_outlasts_its_count(
    table: Table, store: PingStore, make_ping: MakePing
) -> None:
    table.write(f"post#{KEY}", "facts", {"title": "Hello"})
    assert (store.counts([KEY]), store.approved(KEY, 50).count) == ({KEY: 0}, 0)
    ping = make_ping()
    approve(store, ping)
    table.write(f"post#{KEY}", "facts", {"title": "Hello again"})
    assert (store.counts([KEY]), store.approved(KEY, 50).count) == ({KEY: 1}, 1)
    store.decide(ping.id, Status.REJECTED, NOW)
    assert table.get(f"post#{KEY}")["facts"] == {"title": "Hello again"}
