"""The author takes or drops other texts of a ping, and may undo that."""

import pytest

from tests.conftest import MakePing
from tests.integration.moderation.conftest import DEFAULT, LATER, NOW, URL, standing, stored
from tests.support.concurrency import side_by_side
from trackback.errors import StatusChanged
from trackback.model.ping import Ping, Status
from trackback.receiving.moderation import Moderation
from trackback.storage.pings import Added, PingStore


def revise(store: PingStore, make_ping: MakePing, title: str) -> str:
    """Send the ping again with another title; return the revision's name."""
    again = make_ping(url=URL, title=title)
    store.add(again)
    return store.get(again.id).revision_hash


@pytest.mark.parametrize("approved", [False, True], ids=["of a held ping", "of an approved one"])
def test_other_words_that_were_taken_wait_again_once_that_is_undone(
    moderation: Moderation, store: PingStore, ping: Ping, make_ping: MakePing, approved: bool
) -> None:
    if approved:
        moderation.decide(ping.id, Status.APPROVED, NOW, settings=DEFAULT)
    take = revise(store, make_ping, "Other words")
    moderation.decide(ping.id, Status.APPROVED, NOW, texts_hash=take, settings=DEFAULT)
    assert standing(store, ping) == (Status.APPROVED, 1, ["Other words"])
    moderation.undo(ping.id, LATER)
    status = Status.APPROVED if approved else Status.PENDING
    assert standing(store, ping) == (status, int(approved), ["Mine"] * approved)
    after = store.get(ping.id)
    assert (after.texts.title, after.revision_hash, after.previous_texts) == ("Mine", take, None)
    moderation.decide(ping.id, Status.APPROVED, NOW, texts_hash=take, settings=DEFAULT)
    assert standing(store, ping) == (Status.APPROVED, 1, ["Other words"])


@pytest.mark.parametrize(("later", "waits"), [("Third words", "Third words"), ("Mine", None)])
def test_an_undo_loses_nothing_that_was_sent_since(
    moderation: Moderation, store: PingStore, ping: Ping, make_ping: MakePing, later: str, waits: str | None
) -> None:
    take = revise(store, make_ping, "Other words")
    moderation.decide(ping.id, Status.APPROVED, NOW, texts_hash=take, settings=DEFAULT)
    revise(store, make_ping, later)
    moderation.undo(ping.id, LATER)
    after = store.get(ping.id)
    assert (after.texts.title, after.revision and after.revision.title) == ("Mine", waits)


def test_the_next_decision_forgets_the_words_that_were_replaced(
    moderation: Moderation, store: PingStore, ping: Ping, make_ping: MakePing
) -> None:
    take = revise(store, make_ping, "Other words")
    moderation.decide(ping.id, Status.APPROVED, NOW, texts_hash=take, settings=DEFAULT)
    moderation.decide(ping.id, Status.SPAM, NOW, settings=DEFAULT)
    assert "replaced" not in stored(ping)
    moderation.undo(ping.id, LATER)
    assert standing(store, ping) == (Status.APPROVED, 1, ["Other words"])


def test_an_undo_that_meets_a_later_revision_does_not_overwrite_it(
    moderation: Moderation, store: PingStore, ping: Ping, make_ping: MakePing, monkeypatch: pytest.MonkeyPatch
) -> None:
    take = revise(store, make_ping, "Other words")
    moderation.decide(ping.id, Status.APPROVED, NOW, texts_hash=take, settings=DEFAULT)
    seen = store.get(ping.id)
    later = revise(store, make_ping, "Third words")
    monkeypatch.setattr(PingStore, "get", lambda *_: seen)
    with pytest.raises(StatusChanged):
        moderation.undo(ping.id, LATER)
    monkeypatch.undo()
    assert store.get(ping.id).revision_hash == later


def test_taking_the_same_words_twice_changes_nothing(
    moderation: Moderation, store: PingStore, ping: Ping, make_ping: MakePing
) -> None:
    take = revise(store, make_ping, "Other words")
    moderation.decide(ping.id, Status.APPROVED, NOW, texts_hash=take, settings=DEFAULT)
    before = stored(ping)
    moderation.decide(ping.id, Status.APPROVED, LATER, texts_hash=take, settings=DEFAULT)
    assert stored(ping) == before


@pytest.mark.parametrize("approved", [False, True], ids=["of a held ping", "of an approved one"])
def test_words_that_were_dropped_do_not_come_back_and_others_may(
    moderation: Moderation, store: PingStore, ping: Ping, make_ping: MakePing, approved: bool
) -> None:
    if approved:
        moderation.decide(ping.id, Status.APPROVED, NOW, settings=DEFAULT)
    dropped = revise(store, make_ping, "Buy now")
    assert moderation.keep(ping.id).revision_hash == dropped
    before = stored(ping)
    assert store.add(make_ping(url=URL, title="Buy now")) is Added.REPEATED
    assert stored(ping) == before
    assert (store.get(ping.id).texts.title, store.get(ping.id).revision) == ("Mine", None)
    assert store.add(make_ping(url=URL, title="Kind words")) is Added.REVISED
    assert store.add(make_ping(url=URL, title="Buy now")) is Added.REPEATED
    assert store.get(ping.id).latest_texts.title == "Kind words"


def test_words_are_dropped_only_if_they_are_the_ones_that_were_seen(
    moderation: Moderation, store: PingStore, ping: Ping, make_ping: MakePing
) -> None:
    with pytest.raises(StatusChanged, match="no other words"):
        moderation.keep(ping.id)
    seen = revise(store, make_ping, "Buy now")
    latest = revise(store, make_ping, "Kind words")
    with pytest.raises(StatusChanged, match="not the latest"):
        moderation.keep(ping.id, revision=seen)
    assert store.get(ping.id).revision_hash == latest
    moderation.keep(ping.id, revision=latest)
    assert store.get(ping.id).revision is None


def test_of_a_revision_that_is_taken_and_dropped_at_once_one_wins(
    moderation: Moderation, store: PingStore, ping: Ping, make_ping: MakePing
) -> None:
    moderation.decide(ping.id, Status.APPROVED, NOW, settings=DEFAULT)
    take = revise(store, make_ping, "Other words")
    found = side_by_side(
        *[lambda: moderation.keep(ping.id)] * 4,
        *[lambda: moderation.decide(ping.id, Status.APPROVED, LATER, texts_hash=take, settings=DEFAULT)] * 4,
    )
    after = store.get(ping.id)
    assert sum(isinstance(outcome, Ping) for outcome in found) >= 1
    assert after.revision is None
    assert (after.texts.title == "Other words") == (after.dismissed_revision == "")
