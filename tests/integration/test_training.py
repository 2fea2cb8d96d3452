"""Learning from the author's decisions, kept in the table."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.conftest import MakePing
from trackback.model.ping import Status
from trackback.model.transitions import CheckOutcome, checked
from trackback.model.verdict import LinkStatus, Reason, ReasonCode, Verdict
from trackback.receiving.spam import training as learning
from trackback.receiving.spam.bayes import WordModel
from trackback.receiving.spam.training import EVERY, learn, load_reason_counts, load_words
from trackback.storage.pings import PingStore
from trackback.storage.table import Table

NOW = datetime(2026, 11, 24, tzinfo=UTC)
SPAM = "cheap watches pills casino bonus"
REPLY = "thoughtful essay gardens weather letters"


def decide(
    store: PingStore, make_ping: MakePing, status: Status, words: str, times: int = 12, by: str = "author"
) -> None:
    for _ in range(times):
        ping = make_ping(excerpt=words)
        store.add(ping)
        store.decide(ping.id, status, NOW, by=by)


def test_nothing_is_known_before_the_first_lesson(table: Table) -> None:
    assert load_words(table) == WordModel.empty()


@pytest.mark.parametrize("unwanted", [Status.REJECTED, Status.SPAM])
def test_what_the_author_decides_is_learned(
    table: Table, store: PingStore, make_ping: MakePing, unwanted: Status
) -> None:
    decide(store, make_ping, Status.APPROVED, REPLY)
    decide(store, make_ping, unwanted, SPAM)
    assert learn(table, NOW)
    words = load_words(table)
    assert (words.wanted, words.unwanted) == (12, 12)
    assert words.judge(SPAM).probability > 0.9
    assert words.judge(REPLY).probability < 0.1
    assert set(words.judge(SPAM).words) <= set(SPAM.split())


@pytest.mark.parametrize("by", ["rule", "check"])
def test_nothing_is_learned_from_what_the_service_decided_itself(
    table: Table, store: PingStore, make_ping: MakePing, by: str
) -> None:
    for status in (Status.APPROVED, Status.SPAM, Status.REJECTED):
        decide(store, make_ping, status, SPAM, by=by)
    learn(table, NOW)
    assert load_words(table) == WordModel.empty()


def test_what_is_only_held_teaches_nothing(table: Table, store: PingStore, make_ping: MakePing) -> None:
    store.add(make_ping(excerpt=SPAM))
    decide(store, make_ping, Status.PENDING, SPAM)
    learn(table, NOW)
    assert load_words(table) == WordModel.empty()


@pytest.mark.parametrize(
    ("after", "again"),
    [(timedelta(0), False), (EVERY - timedelta(seconds=1), False), (EVERY, True)],
    ids=["at once", "a second too early", "a day later"],
)
def test_lessons_are_at_most_one_a_day(
    table: Table, store: PingStore, make_ping: MakePing, after: timedelta, again: bool
) -> None:
    assert learn(table, NOW)
    decide(store, make_ping, Status.SPAM, SPAM)
    assert learn(table, NOW + after) == again
    assert load_words(table).unwanted == (12 if again else 0)


def test_a_decision_that_the_author_changes_counts_as_it_stands(
    table: Table, store: PingStore, make_ping: MakePing
) -> None:
    decide(store, make_ping, Status.SPAM, REPLY)
    learn(table, NOW)
    for ping in list(store.pings(Status.SPAM)):
        store.decide(ping.id, Status.APPROVED, NOW)
    learn(table, NOW + EVERY)
    assert (load_words(table).wanted, load_words(table).unwanted) == (12, 0)


def test_the_newest_decisions_count_where_there_are_many(
    table: Table, store: PingStore, make_ping: MakePing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(learning, "MOST", 5)
    decide(store, make_ping, Status.SPAM, "older")
    decide(store, make_ping, Status.SPAM, "newer", times=5)
    learn(table, NOW)
    assert load_words(table).unwanted == 5
    assert "newer" in load_words(table).counts
    assert "older" not in load_words(table).counts


def test_it_is_counted_about_which_pings_each_reason_was_right(
    table: Table, store: PingStore, make_ping: MakePing
) -> None:
    names, link = Reason(ReasonCode.SAME_NAMES, "Same."), Reason(ReasonCode.LINK, "It links.")
    praise = Reason(ReasonCode.WORDS, "You mostly approved pings with such words: roses.")
    for status, reasons in ((Status.SPAM, (names, link)), (Status.APPROVED, (link, praise))):
        for _ in range(2):
            ping = make_ping()
            store.add(ping)
            verdict = Verdict(LinkStatus.FOUND, "2026-11-24T00:00:00.000Z", reasons=reasons)
            store.apply(checked(ping, verdict, CheckOutcome(Status.PENDING, "check"), NOW))
            store.decide(ping.id, status, NOW, by="author")
    assert load_reason_counts(table) == {}
    learn(table, NOW)
    assert load_reason_counts(table) == {"names": (0, 2), "link:found": (2, 2), "words:for": (2, 0)}


def test_a_model_of_an_older_version_is_still_read(table: Table) -> None:
    table.write(
        "words#",
        "model",
        '{"unwanted":20,"wanted":20,"words":{"casino":[20,0],"pills":[20,0],"slots":[18,0]}}',
    )
    verdict = load_words(table).judge("casino pills slots")
    assert verdict.probability > 0.9
    assert load_reason_counts(table) == {}
