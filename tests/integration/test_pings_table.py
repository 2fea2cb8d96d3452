"""What is stored, found and counted, also when many write at once."""

from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from tests.conftest import MakePing
from tests.support import aws_faults as faults
from tests.support.concurrency import side_by_side
from trackback.errors import NoSuchPing, StatusChanged
from trackback.model.ping import Ping, Status
from trackback.model.transitions import KEEP_UNWANTED, Change
from trackback.storage.pings import Added, PingStore
from trackback.storage.table import Table

NOW = datetime(2026, 11, 24, tzinfo=UTC)
KEY = "blog.example/2026/hello"


def stored(ping: Ping) -> dict[str, Any]:
    """Return a ping's item as the table holds it."""
    return boto3.client("dynamodb").get_item(TableName="trackback", Key={"id": {"S": ping.id}})["Item"]


def approve(store: PingStore, *pings: Ping) -> None:
    for ping in pings:
        store.add(ping)
        store.decide(ping.id, Status.APPROVED, NOW)


def test_a_ping_is_read_back_as_it_was_stored(store: PingStore, make_ping: MakePing) -> None:
    ping = make_ping(excerpt="Some words", blog_name="Other")
    assert store.add(ping) is Added.NEW
    assert store.get(ping.id) == ping


def test_a_repeat_changes_nothing(store: PingStore, make_ping: MakePing) -> None:
    first, again = (make_ping(url="https://other.example/x", title="Title") for _ in range(2))
    assert store.add(first) is Added.NEW
    assert store.add(again) is Added.REPEATED
    assert store.get(first.id) == first


def test_other_texts_are_kept_as_a_revision(store: PingStore, make_ping: MakePing) -> None:
    first, other = (make_ping(url="https://other.example/x", title=title) for title in ("First", "Second"))
    store.add(first)
    before = stored(first)
    assert store.add(other) is Added.REVISED
    revision = {"M": {name: {"S": text} for name, text in asdict(other.texts).items()}}
    assert stored(first) == before | {"revision": revision, "unlooked": {"BOOL": True}}
    assert store.add(other) is Added.REPEATED


def test_a_revision_that_meets_a_decision_is_dropped(
    store: PingStore, make_ping: MakePing, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, other = (make_ping(url="https://other.example/x", title=title) for title in ("First", "Second"))
    store.add(first)
    apply = store.apply

    def after_a_decision(change: Change) -> None:
        monkeypatch.undo()
        store.decide(first.id, Status.REJECTED, NOW)
        apply(change)

    monkeypatch.setattr(store, "apply", after_a_decision)
    assert store.add(other) is Added.REPEATED
    assert (store.get(first.id).status, store.get(first.id).revision) == (Status.REJECTED, None)


def test_of_eight_revisions_at_once_one_stays(store: PingStore, make_ping: MakePing) -> None:
    pings = [make_ping(url="https://other.example/x", title=f"Title {n}") for n in range(9)]
    store.add(pings[0])
    side_by_side(*(lambda ping=ping: store.add(ping) for ping in pings[1:]))
    after = store.get(pings[0].id)
    assert (after.texts.title, after.revision in [ping.texts for ping in pings[1:]]) == ("Title 0", True)


def test_eight_simultaneous_copies_make_one_record(store: PingStore, make_ping: MakePing) -> None:
    ping = make_ping()
    outcomes = side_by_side(*[lambda: store.add(ping)] * 8)
    assert (outcomes.count(Added.NEW), outcomes.count(Added.REPEATED)) == (1, 7)
    assert list(store.pings()) == [ping]


def test_a_received_ping_is_in_no_index(store: PingStore, make_ping: MakePing) -> None:
    ping = make_ping()
    store.add(ping)
    assert not {"status", "shown_on", "due"} & stored(ping).keys()


@pytest.mark.parametrize("ping_id", ["nosuchping", f"post#{KEY}"])
def test_what_is_no_ping_cannot_be_found_or_decided(
    store: PingStore, make_ping: MakePing, ping_id: str
) -> None:
    approve(store, make_ping())
    with pytest.raises(NoSuchPing):
        store.get(ping_id)
    with pytest.raises(NoSuchPing):
        store.decide(ping_id, Status.APPROVED, NOW)


def test_readers_see_approved_pings_only(store: PingStore, make_ping: MakePing) -> None:
    pings = {status: make_ping() for status in Status}
    for status, ping in pings.items():
        store.add(ping)
        if status is not Status.RECEIVED:
            store.decide(ping.id, status, NOW)
    page = store.approved(KEY, 50)
    assert ([ping.id for ping in page.pings], page.count) == ([pings[Status.APPROVED].id], 1)


EVERY_CHANGE = [(old, new) for old in Status for new in Status if new is not Status.RECEIVED]


@pytest.mark.parametrize(("old", "new"), EVERY_CHANGE, ids=[f"{a} to {b}" for a, b in EVERY_CHANGE])
def test_every_change_of_status_keeps_count_and_lists_right(
    store: PingStore, make_ping: MakePing, old: Status, new: Status
) -> None:
    ping, other = make_ping(), make_ping()
    approve(store, other)
    store.add(ping)
    if old is not Status.RECEIVED:
        store.decide(ping.id, old, NOW)
    assert store.decide(ping.id, new, NOW).status is old
    shown = {other.id} | ({ping.id} if new is Status.APPROVED else set())
    page = store.approved(KEY, 50)
    assert ({found.id for found in page.pings}, page.count) == (shown, len(shown))
    assert store.counts([KEY]) == {KEY: len(shown)}
    assert {ping.id} <= {found.id for found in store.pings(new)} <= {ping.id, other.id}
    assert store.get(ping.id).status is new


@pytest.mark.parametrize("status", [Status.REJECTED, Status.SPAM])
def test_an_unwanted_ping_expires_unless_it_is_wanted_after_all(
    store: PingStore, make_ping: MakePing, status: Status
) -> None:
    ping = make_ping()
    store.add(ping)
    store.decide(ping.id, status, NOW)
    assert stored(ping)["expires_at"] == {"N": str(int((NOW + KEEP_UNWANTED).timestamp()))}
    store.decide(ping.id, Status.APPROVED, NOW)
    assert "expires_at" not in stored(ping)


def test_twenty_pings_of_one_post_approved_at_once_are_all_counted(
    store: PingStore, make_ping: MakePing
) -> None:
    pings = [make_ping() for _ in range(20)]
    for ping in pings:
        store.add(ping)
    side_by_side(*(lambda ping=ping: store.decide(ping.id, Status.APPROVED, NOW) for ping in pings))
    page = store.approved(KEY, 50)
    assert (len(page.pings), page.count, store.counts([KEY])) == (20, 20, {KEY: 20})


def test_one_ping_decided_both_ways_at_once_counts_as_what_it_became(
    store: PingStore, make_ping: MakePing
) -> None:
    for _ in range(8):
        ping = make_ping()
        store.add(ping)
        before = store.counts([KEY])[KEY]
        side_by_side(
            *[lambda ping=ping: store.decide(ping.id, Status.APPROVED, NOW)] * 2,
            *[lambda ping=ping: store.decide(ping.id, Status.SPAM, NOW)] * 2,
        )
        became = store.get(ping.id).status
        assert became in {Status.APPROVED, Status.SPAM}
        assert store.counts([KEY])[KEY] - before == (became is Status.APPROVED)
        assert (ping.id in {found.id for found in store.approved(KEY, 50).pings}) == (
            became is Status.APPROVED
        )


@pytest.mark.parametrize("first", [Status.APPROVED, Status.SPAM])
def test_a_decision_on_an_outdated_look_is_refused(
    store: PingStore, make_ping: MakePing, monkeypatch: pytest.MonkeyPatch, first: Status
) -> None:
    ping = make_ping()
    store.add(ping)
    store.decide(ping.id, first, NOW)
    monkeypatch.setattr(store, "get", lambda _: ping)  # somebody else's look, from before the first decision
    for status in (Status.REJECTED, Status.APPROVED):
        with pytest.raises(StatusChanged):
            store.decide(ping.id, status, NOW)
    assert list(store.pings(first)) != []


CONFLICT = faults.error(
    "TransactionCanceledException", CancellationReasons=[{"Code": "None"}, {"Code": "TransactionConflict"}]
)
BROKEN = faults.error(
    "TransactionCanceledException", CancellationReasons=[{"Code": "None"}, {"Code": "ValidationError"}]
)


def test_a_decision_that_meets_another_on_the_same_post_is_made_again(
    table: Table, store: PingStore, make_ping: MakePing
) -> None:
    ping = make_ping()
    store.add(ping)
    faults.answer(table, "TransactWriteItems", 3, CONFLICT)
    store.decide(ping.id, Status.APPROVED, NOW)
    assert store.counts([KEY]) == {KEY: 1}


@pytest.mark.parametrize(("times", "body"), [(8, CONFLICT), (1, BROKEN)], ids=["no end", "another reason"])
def test_a_decision_that_cannot_be_made_says_so_and_changes_nothing(
    table: Table,
    store: PingStore,
    make_ping: MakePing,
    monkeypatch: pytest.MonkeyPatch,
    times: int,
    body: Any,
) -> None:
    monkeypatch.setattr("time.sleep", lambda _: None)
    ping = make_ping()
    store.add(ping)
    faults.answer(table, "TransactWriteItems", times, body)
    with pytest.raises(ClientError, match="TransactionCanceled"):
        store.decide(ping.id, Status.APPROVED, NOW)
    assert (store.get(ping.id).status, store.counts([KEY])) == (Status.RECEIVED, {KEY: 0})


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
