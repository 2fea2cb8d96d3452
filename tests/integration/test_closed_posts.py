"""Posts and sites that the author has closed to pings, kept in the table."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.support import aws_faults as faults
from trackback.errors import BadSettings, PingRefused
from trackback.model.posts import Sites
from trackback.storage.closed_posts import (
    MOST_BYTES,
    MOST_CLOSED,
    Closed,
    close,
    is_closed,
    load_closed,
    reopen,
)
from trackback.storage.pings import PingStore
from trackback.storage.table import Table

SITES = Sites("blog.example, http://old.example:8080, bücher.example")
NOW = datetime(2026, 11, 25, tzinfo=UTC)
KEY = "blog.example/a"


def fill(table: Table, entries: list[str]) -> None:
    item: Any = {"id": {"S": "closed#"}, "entries": {"SS": entries}}
    table.client.put_item(TableName=table.name, Item=item)


def passes(closed: Closed, after: timedelta = timedelta()) -> bool:
    try:
        closed.check(KEY, NOW + after)
    except PingRefused:
        return False
    return True


def test_all_is_open_at_first(table: Table) -> None:
    assert load_closed(table) == frozenset()


PASTED = [
    ("a URL", "https://blog.example/2026/hello/", "blog.example/2026/hello"),
    ("a host and path", "blog.example/2026/hello", "blog.example/2026/hello"),
    ("with spaces around", "  https://blog.example/a/\n", "blog.example/a"),
    ("with a query and fragment", "https://blog.example/a/?utm_source=x#comments", "blog.example/a"),
    ("with a fragment alone", "https://blog.example/a/#comments", "blog.example/a"),
    ("with www and an index file", "http://www.blog.example/a/index.html", "blog.example/a"),
    ("another port", "http://old.example:8080/a", "old.example:8080/a"),
    ("an international host", "https://bücher.example/é", "xn--bcher-kva.example/%C3%A9"),
    ("a host", "blog.example", "blog.example"),
    ("a host in capitals", "BLOG.EXAMPLE", "blog.example"),
    ("a front page", "https://blog.example/", "blog.example"),
]


@pytest.mark.parametrize(("pasted", "entry"), [row[1:] for row in PASTED], ids=[row[0] for row in PASTED])
def test_what_an_author_pastes_is_closed_and_opened_again(table: Table, pasted: str, entry: str) -> None:
    assert close(table, SITES, pasted) == entry
    assert close(table, SITES, pasted) == entry
    assert load_closed(table) == {entry}
    reopen(table, entry)
    reopen(table, entry)
    assert load_closed(table) == frozenset()


@pytest.mark.parametrize(
    "pasted",
    ["", " ", "/", "https://", "hello", "https://evil.example/a", "blog.example@evil.example", "old.example"],
)
def test_what_is_on_no_site_is_refused_in_words(table: Table, pasted: str) -> None:
    with pytest.raises(
        BadSettings, match="Paste the address of a post on one of your blogs, or a blog's host"
    ):
        close(table, SITES, pasted)
    assert load_closed(table) == frozenset()


CLOSED = [
    ("the post itself", {"blog.example/a"}, "blog.example/a", True),
    ("a post below it", {"blog.example/a"}, "blog.example/a/b", False),
    ("a post that begins like it", {"blog.example/a"}, "blog.example/ab", False),
    ("a post of a closed site", {"blog.example"}, "blog.example/a", True),
    ("the front page of a closed site", {"blog.example"}, "blog.example", True),
    ("another site", {"blog.example"}, "notes.blog.example/a", False),
    ("a site on another port", {"blog.example"}, "blog.example:8080/a", False),
    ("the front page", {"blog.example/a"}, "blog.example", False),
]


@pytest.mark.parametrize(
    ("closed", "key", "expected"), [row[1:] for row in CLOSED], ids=[row[0] for row in CLOSED]
)
def test_a_post_is_closed_by_itself_or_with_its_site(closed: set[str], key: str, expected: bool) -> None:
    assert is_closed(frozenset(closed), key) is expected


def test_a_thousand_posts_can_be_closed_and_no_more(table: Table) -> None:
    fill(table, [f"blog.example/{n}" for n in range(MOST_CLOSED - 1)])
    close(table, SITES, "blog.example/a")
    with pytest.raises(BadSettings, match="No more than 1,000 posts can be closed"):
        close(table, SITES, "blog.example/b")
    close(table, SITES, "blog.example/a")  # it is one of them
    reopen(table, "blog.example/7")
    close(table, SITES, "blog.example/b")
    assert len(load_closed(table)) == MOST_CLOSED


def test_very_long_addresses_fill_it_sooner(table: Table) -> None:
    fill(table, [f"blog.example/{n:03}{'a' * 984}" for n in range(MOST_BYTES // 1_000)])
    with pytest.raises(BadSettings, match="close the whole site"):
        close(table, SITES, "blog.example/b")


def test_of_eight_who_close_posts_at_once_none_is_lost(table: Table) -> None:
    close(table, SITES, "blog.example/old")
    with ThreadPoolExecutor(9) as pool:
        closing = pool.map(lambda n: close(table, SITES, f"blog.example/{n}"), range(8))
        pool.submit(reopen, table, "blog.example/old").result()
        assert len(list(closing)) == 8
    assert load_closed(table) == {f"blog.example/{n}" for n in range(8)}


def test_what_is_closed_is_no_ping(table: Table, store: PingStore) -> None:
    close(table, SITES, "blog.example")
    assert list(store.pings()) == []


def test_an_environment_reads_it_at_its_first_ping_and_then_once_a_minute(table: Table) -> None:
    closed = Closed(table)
    assert passes(closed)
    close(table, SITES, KEY)
    assert passes(closed, timedelta(seconds=59))
    assert not passes(closed, timedelta(seconds=60))
    reopen(table, KEY)
    assert not passes(closed, timedelta(seconds=119))
    assert passes(closed, timedelta(seconds=120))


@pytest.mark.parametrize(
    ("pasted", "words"),
    [
        ("blog.example/a", "This post takes no TrackBacks."),
        ("blog.example", "This blog takes no TrackBacks."),
    ],
)
def test_a_sender_is_told_what_is_closed(table: Table, pasted: str, words: str) -> None:
    close(table, SITES, pasted)
    with pytest.raises(PingRefused) as told:
        Closed(table).check(KEY, NOW)
    assert str(told.value) == words


FAULTS = ["ProvisionedThroughputExceededException", "AccessDeniedException", "ResourceNotFoundException"]


@pytest.mark.parametrize("code", FAULTS)
def test_a_record_that_cannot_be_read_fails_no_ping_and_is_asked_for_once_a_minute(
    table: Table, code: str, caplog: pytest.LogCaptureFixture
) -> None:
    close(table, SITES, KEY)
    faults.answer(table, "GetItem", 2 if code == FAULTS[0] else 1, faults.error(code))
    closed = Closed(table)
    assert passes(closed)
    assert passes(closed, timedelta(seconds=59))
    assert not passes(closed, timedelta(seconds=60))
    assert [record.message for record in caplog.records] == ["what is closed could not be read"]


def test_what_was_known_holds_while_the_record_cannot_be_read(table: Table) -> None:
    close(table, SITES, KEY)
    closed = Closed(table)
    assert not passes(closed)
    reopen(table, KEY)
    faults.answer(table, "GetItem", 1, faults.error("AccessDeniedException"))
    assert not passes(closed, timedelta(seconds=60))
    assert passes(closed, timedelta(seconds=120))
