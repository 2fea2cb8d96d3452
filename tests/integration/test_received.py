"""The author's tab of pings that nobody has checked: found in the table itself, by bounded reads."""

import re
from itertools import chain, count
from typing import Any
from urllib.parse import quote

import pytest

from tests.conftest import MakePing
from tests.support import aws_faults as faults
from tests.support.admin_client import QUEUE, Visitor, Waiting, chosen, now, one
from trackback.errors import BadQuery, TableBusy
from trackback.model.listing import encode_cursor
from trackback.model.ping import Ping, Status
from trackback.model.transitions import check_requested
from trackback.pages.admin.views import queue_values
from trackback.storage import received as received_pings
from trackback.storage.moderation_queue import Queue, Tab
from trackback.storage.pings import PingStore
from trackback.storage.received import received
from trackback.storage.table import Table

TAB = "tab=received"


def take(store: PingStore, make_ping: MakePing, number: int = 1, **fields: str) -> list[Ping]:
    """Take pings in, the newest first."""
    pings = [make_ping(**fields) for _ in range(number)]
    for ping in pings:
        store.add(ping)
    return pings[::-1]


def test_received_pings_come_newest_first_and_no_others(
    table: Table, store: PingStore, make_ping: MakePing, waiting: Waiting
) -> None:
    waiting()
    approved = waiting()
    store.decide(approved.id, Status.APPROVED, now())
    store.apply(check_requested(store.get(approved.id)))
    pings = take(store, make_ping, 3)
    found = received(table)
    assert (found.pings, found.next, found.read) == (pings, None, 6)  # with the post's record


def test_a_part_ends_at_its_bounds_and_the_cursor_goes_on(
    table: Table, store: PingStore, make_ping: MakePing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(received_pings, "_PIECE", 4)
    pings = take(store, make_ping, 23)
    parts, cursor = [], ""
    for _ in range(100):
        part = received(table, cursor, most=5, pieces=2)
        parts.append([ping.id for ping in part.pings])
        cursor = part.next or ""
        assert part.read <= 8
        if not cursor:
            break
    assert [len(part) for part in parts] == [5, 5, 5, 5, 3]
    assert sorted(chain.from_iterable(parts)) == sorted(ping.id for ping in pings)
    sparse = received(table, most=100, pieces=2)
    assert (len(sparse.pings), sparse.read, bool(sparse.next)) == (8, 8, True)
    times = [ping.received_at for ping in sparse.pings]
    assert times == sorted(times, reverse=True)


def test_a_cursor_may_name_any_record(table: Table, store: PingStore, make_ping: MakePing) -> None:
    table.put({"id": "post#b.example/\u00e9"})
    pings = take(store, make_ping, 2)
    assert received(table, encode_cursor("received", "post%23b.example/%C3%A9"))
    found, cursor = [], ""
    for _ in range(5):
        part = received(table, cursor, most=1, pieces=1)
        found += part.pings
        cursor = part.next or ""
        if not cursor:
            break
    assert sorted(ping.id for ping in found) == sorted(ping.id for ping in pings)


def test_a_busy_table_ends_a_part_early_and_its_first_piece_is_an_error(
    table: Table, store: PingStore, make_ping: MakePing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(received_pings, "_PIECE", 2)
    take(store, make_ping, 5)
    faults.answer(table, "Scan", 2, faults.error("ThrottlingException"))
    with pytest.raises(TableBusy):
        received(table)
    events: Any = table.client.meta.events
    asked = count()

    def second(**_: Any) -> None:
        if next(asked) == 1:
            faults.answer(table, "Scan", 2, faults.error("ThrottlingException"))

    events.register("provide-client-params.dynamodb.Scan", second)
    part = received(table)
    assert (len(part.pings), part.read) == (2, 2)
    rest = received(table, part.next or "")
    assert len(rest.pings) == 3


def test_a_ping_that_is_decided_while_the_table_is_read_is_not_listed(
    table: Table, store: PingStore, make_ping: MakePing
) -> None:
    events: Any = table.client.meta.events
    decided, other = take(store, make_ping, 2)

    def decide(**_: Any) -> None:
        events.unregister("provide-client-params.dynamodb.BatchGetItem", decide)
        store.decide(decided.id, Status.SPAM, now())

    events.register("provide-client-params.dynamodb.BatchGetItem", decide)
    assert received(table).pings == [other]


@pytest.mark.parametrize("cursor", ["x", "MCAyMDI2LTExLTIyVDA2OjExOjAxLjAwMFogYWFhYQ"])
def test_a_cursor_of_another_tab_is_refused(table: Table, cursor: str) -> None:
    with pytest.raises(BadQuery):
        Queue(table).page(Tab.RECEIVED, cursor)


def test_the_tab_filters_by_words_and_post(table: Table, store: PingStore, make_ping: MakePing) -> None:
    (named,) = take(store, make_ping, title="Some thing")
    (elsewhere,) = take(store, make_ping, post="blog.example/2026/other/")
    queue = Queue(table)
    assert queue.page(Tab.RECEIVED, search="THING some").pings == [named]
    assert queue.page(Tab.RECEIVED, post="blog.example/2026/other/").pings == [elsewhere]


def test_the_author_finds_a_ping_that_nobody_checked_and_decides(
    author: Visitor, store: PingStore, make_ping: MakePing
) -> None:
    first, second, third = take(store, make_ping, 3)
    assert "Not checked yet</a>" in author.read(QUEUE)
    page = author.read(QUEUE, TAB)
    assert re.findall(r'id="title-\d+"[^>]*><a href="/moderate/ping/(\w+)"', page) == [
        ping.id for ping in (first, second, third)
    ]
    assert "Not looked at yet" in page
    author.post(f"{QUEUE}/decide", one("approve", first) | {"tab": "received"})
    bulk = {"act": "spam", "ping": [chosen(second), chosen(third)], "tab": "received"}
    answer = author.post(f"{QUEUE}/decide", bulk)
    assert answer["headers"]["Location"].endswith(TAB)
    found = [store.get(ping.id).status for ping in (first, second, third)]
    assert found == [Status.APPROVED, Status.SPAM, Status.SPAM]
    assert "Every ping has been checked." in author.read(QUEUE, TAB)


def test_the_page_says_how_much_it_has_read_and_goes_on(
    author: Visitor, store: PingStore, make_ping: MakePing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(received_pings, "_PIECE", 1)
    take(store, make_ping, 6)
    page = author.read(QUEUE, TAB)
    assert page.count("data-item") == 4
    assert "has read 4 records of the table" in page
    (further,) = re.findall(r'href="/moderate\?([^"]*after=[^"]+)">Read on<', page)
    rest = author.read(QUEUE, further.replace("&amp;", "&"))
    assert rest.count("data-item") == 2
    assert "Read on" not in rest
    assert "From the start" in rest


@pytest.mark.parametrize("letter", ["a", "\u00e9"])
def test_the_page_goes_on_behind_a_record_with_the_longest_name(table: Table, letter: str) -> None:
    longest = "post#" + letter * ((2_048 - 5) // len(letter.encode()))
    cursor = encode_cursor("received", quote(longest))
    shown = queue_values(table, Queue(table), {"tab": ["received"], "after": [cursor]})
    assert shown["after"] == cursor


def test_no_other_tab_reads_the_table(author: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(received_pings, "scan_page")
    for tab in set(Tab) - {Tab.RECEIVED}:
        assert author.get(QUEUE, f"tab={tab}")["statusCode"] == 200
