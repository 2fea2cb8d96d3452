"""What the overview counts, with a real table."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from tests.conftest import MakePing
from tests.support import aws_faults as faults
from trackback.errors import TableBusy
from trackback.model.ping import Status
from trackback.storage import statistics as overview
from trackback.storage.items import to_attributes
from trackback.storage.pings import PingStore
from trackback.storage.settings import save_rules
from trackback.storage.statistics import COUNTED, WEEKS, count_weeks, limits, load_overview
from trackback.storage.table import Table

NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)  # a Wednesday
MONDAY = "2026-11-23"
NOTHING = dict.fromkeys(COUNTED, 0)


def add(
    store: PingStore, make_ping: MakePing, status: Status, post: str = "blog.example/a/", **fields: str
) -> None:
    ping = make_ping(post, **fields)
    store.add(ping)
    if status is not Status.RECEIVED:
        store.decide(ping.id, status, NOW)


@pytest.fixture
def calls(table: Table) -> Iterator[Counter[str]]:
    """Count the table's requests by operation."""
    counted: Counter[str] = Counter()

    def count(model: Any, **_: Any) -> None:
        counted[model.name] += 1

    table.client.meta.events.register("before-call.dynamodb", count)
    yield counted
    table.client.meta.events.unregister("before-call.dynamodb", count)


def test_a_new_blog_has_26_empty_weeks(table: Table) -> None:
    found = load_overview(table, NOW)
    assert (found.posts, found.sites, found.titles, found.limits) == ([], [], {}, [])
    assert [numbers for _, numbers in found.weeks] == [NOTHING] * 26
    days = [date.fromisoformat(week) for week, _ in found.weeks]
    assert days == [date(2026, 11, 23) - timedelta(weeks=ago) for ago in range(25, -1, -1)]
    assert found.made_at == "2026-11-25T12:00:00.000Z"


def test_pings_are_counted_by_the_week_in_which_they_came_and_by_status(
    table: Table, store: PingStore, make_ping: MakePing
) -> None:
    for status in (Status.APPROVED, Status.APPROVED, Status.SPAM, Status.PENDING, Status.RECEIVED):
        add(store, make_ping, status)
    save_rules(table, [], [])  # a record that is no ping
    weeks = dict(load_overview(table, NOW).weeks)
    assert weeks["2026-11-16"] == {
        "approved": 2,
        "pending": 1,
        "rejected": 0,
        "spam": 1,
    }  # pings come on 22 Nov
    assert weeks[MONDAY] == NOTHING


EDGES = [
    ("the first moment of a week", "2026-11-23T00:00:00.000Z", MONDAY),
    ("the last moment of a week", "2026-11-22T23:59:59.999Z", "2026-11-16"),
    ("long ago", "2026-01-01T00:00:00.000Z", None),
    ("the oldest week", "2026-06-01T00:00:00.000Z", "2026-06-01"),
    ("the week before the oldest", "2026-05-31T23:59:59.999Z", None),
]


@pytest.mark.parametrize(("time", "week"), [row[1:] for row in EDGES], ids=[row[0] for row in EDGES])
def test_weeks_begin_on_monday_in_utc(time: str, week: str | None) -> None:
    counted = {label: numbers["spam"] for label, numbers in count_weeks({"spam": [time]}, NOW)}
    assert len(counted) == WEEKS
    assert [label for label, number in counted.items() if number] == ([week] if week else [])


def test_weeks_go_over_the_turn_of_a_year() -> None:
    weeks = count_weeks({"spam": ["2027-01-01T08:00:00.000Z"]}, datetime(2027, 1, 4, tzinfo=UTC))
    assert weeks[-2:] == [("2026-12-28", {"spam": 1}), ("2027-01-04", {"spam": 0})]


def test_posts_and_sites_are_those_of_approved_pings(
    table: Table, store: PingStore, make_ping: MakePing
) -> None:
    for post, url in [
        ("blog.example/a/", "https://www.one.example/1"),
        ("blog.example/a", "http://one.example/2"),
        ("blog.example/a/index.html", "https://two.example/1"),
        ("blog.example/b/", "https://one.example/1"),
    ]:
        add(store, make_ping, Status.APPROVED, post, url=url)
    add(store, make_ping, Status.SPAM, "blog.example/b/", url="https://spam.example/")
    found = load_overview(table, NOW)
    assert found.posts == [("https://blog.example/a/index.html", 3), ("https://blog.example/b/", 1)]
    assert found.sites == [("one.example", 3), ("two.example", 1)]


def test_posts_have_the_titles_that_verification_has_seen(
    table: Table, store: PingStore, make_ping: MakePing
) -> None:
    for post in ("a", "b", "c"):
        add(store, make_ping, Status.APPROVED, f"blog.example/{post}/")
    table.write("post#blog.example/a", "facts", {"title": "A title", "seen_at": "x"})
    table.write("post#blog.example/b", "facts", {"missing": True, "seen_at": "x"})
    assert load_overview(table, NOW).titles == {"https://blog.example/a/": "A title"}


def test_at_most_ten_posts_and_sites_are_named(table: Table, store: PingStore, make_ping: MakePing) -> None:
    for n in range(12):
        add(store, make_ping, Status.APPROVED, f"blog.example/{n}/", url=f"https://blog{n}.example/")
    found = load_overview(table, NOW)
    assert (len(found.posts), len(found.sites)) == (10, 10)


def test_what_was_counted_is_kept_for_a_quarter_of_an_hour(
    table: Table, store: PingStore, make_ping: MakePing, calls: Counter[str]
) -> None:
    add(store, make_ping, Status.APPROVED)
    first = load_overview(table, NOW)
    add(store, make_ping, Status.APPROVED)
    calls.clear()
    assert load_overview(table, NOW + timedelta(minutes=14)) == first
    assert calls == {"GetItem": 1}
    later = load_overview(table, NOW + timedelta(minutes=15))
    assert later.posts == [("https://blog.example/a/", 2)]
    assert later.made_at > first.made_at


def test_a_test_may_count_anew_at_once(table: Table, store: PingStore, make_ping: MakePing) -> None:
    assert load_overview(table, NOW).posts == []
    add(store, make_ping, Status.APPROVED)
    assert load_overview(table, NOW, fresh=timedelta()).posts != []


def test_reading_is_bounded_and_what_is_left_out_is_told(
    table: Table, make_ping: MakePing, monkeypatch: pytest.MonkeyPatch, calls: Counter[str]
) -> None:
    monkeypatch.setattr(overview, "MOST_OF_A_STATUS", 20)
    monkeypatch.setattr(overview, "MOST_APPROVED", 5)
    with_status = [(Status.APPROVED, 7), (Status.SPAM, 21), (Status.PENDING, 20)]
    for status, number in with_status:
        for _ in range(number):
            table.put(to_attributes(replace(make_ping(), status=status)))
    calls.clear()
    found = load_overview(table, NOW)
    counted = dict(found.weeks)["2026-11-16"]
    assert counted == {"approved": 7, "pending": 20, "rejected": 0, "spam": 20}
    assert sum(number for _, number in found.posts) == 5
    assert found.limits == [
        "The newest 20 spam pings are counted; those up to 2026-11-22 are missing.",
        "Posts and sites are counted from the newest 5 approved pings.",
    ]
    assert calls == {"GetItem": 1, "Query": 6, "BatchGetItem": 2, "UpdateItem": 1}


def test_a_limit_that_lies_before_the_oldest_week_is_none() -> None:
    old = ["2026-11-20T00:00:00.000Z"] * 2_000 + ["2026-05-31T00:00:00.000Z"]
    assert limits({"approved": [], "spam": old}, NOW) == []
    old[-1] = "2026-06-01T00:00:00.000Z"
    assert limits({"approved": [], "spam": old}, NOW) == [
        "The newest 2,000 spam pings are counted; those up to 2026-06-01 are missing."
    ]


@pytest.mark.parametrize("operation", ["GetItem", "Query", "UpdateItem"])
def test_a_table_at_its_ceiling_is_told_as_such(table: Table, operation: str) -> None:
    faults.answer(table, operation, 3, faults.error("ProvisionedThroughputExceededException"))
    with pytest.raises(TableBusy):
        load_overview(table, NOW)


def test_the_overview_is_no_ping(table: Table, store: PingStore, make_ping: MakePing) -> None:
    load_overview(table, NOW)
    add(store, make_ping, Status.SPAM)
    assert len(list(store.pings())) == 1
