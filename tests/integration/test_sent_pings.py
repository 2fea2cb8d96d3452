"""The ledger of pings sent, in the table and in a file: both do the same."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from pathlib import Path

import pytest

from tests.conftest import MakePing
from tests.support.concurrency import side_by_side
from trackback.model.feed_state import FeedState, remembered
from trackback.model.ping import Status
from trackback.model.sent_ping import Ledger, LedgerBroken, SentPing, Stage
from trackback.storage.pings import PingStore
from trackback.storage.sent_pings import SentPings
from trackback.storage.sent_pings_file import SentPingsFile
from trackback.storage.table import Table

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
RECORDS = [
    SentPing("https://blog.example/a/", f"https://other.example/{n}").claimed(
        "https://o.example/tb", NOW + n * timedelta(seconds=1)
    )
    for n in range(3)
]


@pytest.fixture(params=["table", "file"])
def ledger(request: pytest.FixtureRequest, tmp_path: Path) -> Ledger:
    """An empty ledger of either kind."""
    if request.param == "file":
        return SentPingsFile(tmp_path / "sent.json")
    table: Table = request.getfixturevalue("table")
    return SentPings(table)


def test_what_is_written_is_found_as_it_was(ledger: Ledger) -> None:
    full = replace(RECORDS[0].postponed("»Später« 💌", NOW, 3_600), version=1)
    dropped = replace(RECORDS[1].ended(Stage.DROPPED, "", NOW), attempts=0, version=1)
    assert all(map(ledger.put, (full, dropped)))
    assert ledger.find([full.id, dropped.id, "sent#nosuch"]) == {full.id: full, dropped.id: dropped}
    assert ledger.find([]) == {}


def test_many_are_found_at_once(ledger: Ledger) -> None:
    many = [SentPing("https://blog.example/", f"https://o.example/{n}", version=1) for n in range(150)]
    for each in many[::10]:
        assert ledger.put(each)
    assert set(ledger.find([each.id for each in many]).values()) == set(many[::10])


def test_one_of_two_that_claim_the_same_gets_it(ledger: Ledger) -> None:
    assert ledger.put(RECORDS[0])
    assert not ledger.put(replace(RECORDS[0], words="another run"))
    assert ledger.find([RECORDS[0].id]) == {RECORDS[0].id: RECORDS[0]}


def test_of_many_that_claim_at_once_one_gets_it(ledger: Ledger) -> None:
    claims = [replace(RECORDS[0], words=str(n)) for n in range(8)]
    won = side_by_side(*(lambda claim=claim: ledger.put(claim) for claim in claims))
    assert sum(won) == 1
    (kept,) = ledger.find([RECORDS[0].id]).values()
    assert kept == claims[won.index(True)]


def test_what_is_no_longer_as_it_was_seen_is_not_overwritten(ledger: Ledger) -> None:
    ended = RECORDS[0].ended(Stage.ACCEPTED, "it took the ping", NOW)
    assert not ledger.put(ended)
    assert ledger.put(RECORDS[0])
    assert ledger.put(ended)
    assert not ledger.put(RECORDS[0].ended(Stage.REFUSED, "no", NOW))
    assert ledger.find([ended.id]) == {ended.id: ended}


def test_a_record_is_forgotten_only_as_it_was_seen(ledger: Ledger) -> None:
    assert ledger.put(RECORDS[0])
    ledger.forget(replace(RECORDS[0], version=2))
    assert ledger.find([RECORDS[0].id])
    ledger.forget(RECORDS[0])
    ledger.forget(RECORDS[0])
    assert ledger.find([RECORDS[0].id]) == {}


def test_what_is_due_comes_the_longest_due_first(ledger: Ledger) -> None:
    second, first, not_due = (
        record.postponed("busy", NOW, hours * 3_600) for record, hours in zip(RECORDS, (1, 0, 3), strict=True)
    )
    done = SentPing("https://blog.example/b/", "https://other.example/").ended(Stage.ACCEPTED, "", NOW)
    dead = replace(done, source="https://blog.example/c/").claimed("https://o.example/tb", NOW)
    for each in (second, first, not_due):
        assert ledger.put(replace(each, version=1))
    assert ledger.put(replace(done, version=1))
    assert ledger.put(replace(dead, version=1))
    found = [each.id for each in ledger.due(LATER, 10)]
    assert found == [dead.id, first.id, second.id]
    assert [each.id for each in ledger.due(LATER, 1)] == [dead.id]
    assert ledger.due(NOW, 10) == []


def test_all_are_listed_the_newest_first(ledger: Ledger) -> None:
    for each in (RECORDS[1], RECORDS[0], RECORDS[2]):
        assert ledger.put(each)
    assert list(ledger.every()) == RECORDS[::-1]


@pytest.mark.parametrize("size", [0, 3, 1_000])
def test_what_is_remembered_of_a_feed_is_kept(ledger: Ledger, size: int) -> None:
    feed = "https://blog.example/feed.xml"
    posts = remembered({f"blog.example/{n}": f"Grüße {n}" for n in range(size)}, {})
    memory = FeedState("https://blog.example/atom", '"7"', "Thu, 26 Nov 2026 12:00:00 GMT", posts)
    assert ledger.feed_state(feed) is None
    ledger.save_feed_state(feed, FeedState())
    assert ledger.feed_state(feed) == FeedState()
    ledger.save_feed_state(feed, memory)
    assert ledger.feed_state(feed) == memory
    assert ledger.feed_state("https://blog.example/other.xml") is None


def test_records_of_the_table_are_no_pings(table: Table, store: PingStore, make_ping: MakePing) -> None:
    ledger, ping = SentPings(table), make_ping()
    store.add(ping)
    assert all(map(ledger.put, RECORDS))
    ledger.save_feed_state("https://blog.example/feed.xml", FeedState())
    assert list(store.pings()) == [ping]
    assert [each for status in Status for each in store.pings(status)] == [ping]
    assert store.due(LATER, 10) == []
    assert ledger.newest(2) == RECORDS[:0:-1]


def put_in_file(path: Path, number: int) -> bool:
    """Write a record in a process of its own."""
    return SentPingsFile(path).put(
        SentPing("https://blog.example/", f"https://o.example/{number}", version=1)
    )


def test_processes_that_write_one_file_at_once_lose_nothing(tmp_path: Path) -> None:
    path = tmp_path / "sent.json"
    with get_context("spawn").Pool(2) as pool:
        assert all(pool.starmap(put_in_file, [(path, n) for n in range(24)], 4))
    assert len(list(SentPingsFile(path).every())) == 24


def test_threads_that_write_one_file_at_once_lose_nothing(tmp_path: Path) -> None:
    path = tmp_path / "sent.json"
    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(lambda n: put_in_file(path, n), range(40)))
    assert len(list(SentPingsFile(path).every())) == 40


def test_a_file_that_is_half_written_does_no_harm(tmp_path: Path) -> None:
    ledger = SentPingsFile(tmp_path / "sent.json")
    assert ledger.put(RECORDS[0])
    (tmp_path / "sent.json.new").write_text('{"format": 1, "sent": {"sent#', "utf-8")
    assert list(ledger.every()) == [RECORDS[0]]
    assert ledger.put(RECORDS[1])
    assert len(list(ledger.every())) == 2


def test_a_file_behind_a_link_is_written_where_it_is(tmp_path: Path) -> None:
    there = tmp_path / "synced"
    there.mkdir()
    link = tmp_path / "sent.json"
    link.symlink_to(there / "ledger.json")
    for number in (1, 2):
        assert SentPingsFile(link).put(replace(RECORDS[0], version=number))
    assert link.is_symlink()
    assert SentPingsFile(there / "ledger.json").find([RECORDS[0].id])


WHOLE = {"format": 1, "sent": {}, "feeds": {}}
WRONG: tuple[dict[str, object], ...] = ({"first_at": None}, {"words": 5}, {"ping_url": []}, {"version": "1"})


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "null",
        "7",
        "[" * 100_000,
        "{",
        "{}",
        json.dumps({**WHOLE, "format": 2}),
        json.dumps({**WHOLE, "sent": []}),
        json.dumps({**WHOLE, "sent": {"sent#a": {"source": "a"}}}),
        json.dumps({**WHOLE, "sent": {"sent#a": {"source": "a", "target": "b", "stage": "accepted"}}}),
        json.dumps(
            {
                **WHOLE,
                "sent": {
                    RECORDS[0].id: {"source": RECORDS[0].source, "target": RECORDS[0].target, "stage": "x"}
                },
            }
        ),
        *(json.dumps({**WHOLE, "sent": {RECORDS[0].id: asdict(RECORDS[0]) | wrong}}) for wrong in WRONG),
        json.dumps({**WHOLE, "feeds": {"a": {"posts": 7}}}),
        json.dumps({**WHOLE, "feeds": {"a": {"posts": "", "etag": 7}}}),
        json.dumps({**WHOLE, "feeds": {"a": 7}}),
    ],
)
def test_a_file_that_is_no_ledger_is_neither_read_nor_overwritten(tmp_path: Path, text: str) -> None:
    path = tmp_path / "sent.json"
    path.write_text(text, "utf-8")
    with pytest.raises(LedgerBroken, match=r"the ledger sent\.json is no ledger: restore an earlier one"):
        SentPingsFile(path).find([])
    with pytest.raises(LedgerBroken):
        SentPingsFile(path).put(RECORDS[0])
    assert path.read_text("utf-8") == text


def test_a_file_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(LedgerBroken, match="cannot be written"):
        SentPingsFile(tmp_path / "nowhere" / "sent.json").put(RECORDS[0])
    (tmp_path / "folder").mkdir()
    with pytest.raises(LedgerBroken, match="cannot be read"):
        SentPingsFile(tmp_path / "folder").find([])
