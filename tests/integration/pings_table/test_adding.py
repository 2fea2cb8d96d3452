"""A ping is stored once, and other texts for it are kept beside it."""

from dataclasses import asdict

import pytest

from tests.conftest import MakePing
from tests.integration.pings_table.conftest import KEY, NOW, approve, stored
from tests.support.concurrency import side_by_side
from trackback.errors import NoSuchPing
from trackback.model.ping import Status
from trackback.model.transitions import Change
from trackback.storage.pings import Added, PingStore


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
