"""What a record of a ping sent becomes, from one state to the next."""

from datetime import UTC, datetime, timedelta

import pytest

from trackback.model.sent_ping import GIVE_UP, PATIENCE, SentPing, Stage, sending_id

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
NEW = SentPing("https://blog.example/a/", "https://other.example/b/")
PING_URL = "https://other.example/b/trackback/"


@pytest.mark.parametrize(
    "other",
    [
        "http://other.example/b",
        "https://www.other.example/b/",
        "https://OTHER.example:443/b/#c",
        "https://other.example/b/index.html",
        "https://other.example/b/?utm_source=feed",
    ],
)
def test_every_spelling_of_a_page_is_one_record(other: str) -> None:
    assert sending_id(NEW.source, other) == NEW.id
    assert sending_id(other, NEW.source) == sending_id(NEW.target, NEW.source)


@pytest.mark.parametrize(
    "other", ["https://other.example/c/", "https://other.example/b/?p=1", "https://b.example/b"]
)
def test_another_page_is_another_record(other: str) -> None:
    assert sending_id(NEW.source, other) != NEW.id


def test_a_records_id_is_no_pings() -> None:
    assert NEW.id.startswith("sent#")


def test_a_ping_is_claimed_sent_and_ended_as_one_attempt() -> None:
    claimed = NEW.claimed(PING_URL, NOW)
    assert (claimed.stage, claimed.ping_url, claimed.attempts, claimed.version) == (
        Stage.CLAIMED,
        PING_URL,
        1,
        1,
    )
    ended = claimed.ended(Stage.ACCEPTED, "it took the ping", NOW + timedelta(seconds=1))
    assert (ended.stage, ended.attempts, ended.version, ended.next_at) == (Stage.ACCEPTED, 1, 2, "")
    assert (ended.first_at, ended.last_at) == ("2026-11-26T12:00:00.000Z", "2026-11-26T12:00:01.000Z")


def test_a_claim_holds_for_a_while_and_is_unclear_then() -> None:
    claimed = NEW.claimed(PING_URL, NOW)
    assert claimed.resolved(NOW + PATIENCE - timedelta(seconds=1)) is claimed
    dead = claimed.resolved(NOW + PATIENCE)
    assert (dead.stage, dead.attempts, dead.next_at, dead.version) == (Stage.UNCLEAR, 1, "", 2)
    assert "died before the answer came" in dead.words


def test_what_fails_is_tried_again_for_two_days_ever_more_seldom() -> None:
    record, now, pauses = NEW, NOW, []
    while (record := record.claimed(PING_URL, now).postponed("busy", now)).stage is Stage.LATER:
        due = datetime.fromisoformat(record.next_at)
        assert not record.is_due(due - timedelta(seconds=1))
        assert record.is_due(due)
        pauses.append((due - now).total_seconds() / 60)
        now = due
    assert pauses == [15, 60, 240, 720, 1440]
    assert now - NOW <= GIVE_UP
    assert (record.stage, record.words) == (Stage.FAILED, "busy, and it was tried for two days")
    assert (record.attempts, record.next_at) == (6, "")


@pytest.mark.parametrize(
    ("asked", "minutes"), [(None, 15), (0, 15), (60, 15), (3_600, 60), (2 * 86_400, 2 * 1_440)]
)
def test_patience_that_is_asked_for_makes_the_pause_longer_only(asked: int | None, minutes: int) -> None:
    record = NEW.postponed("busy", NOW, asked)
    assert datetime.fromisoformat(record.next_at) == NOW + timedelta(minutes=minutes)


def test_who_asks_for_more_than_two_days_is_not_asked_again() -> None:
    assert NEW.postponed("busy", NOW, 10**30).stage is Stage.FAILED


def test_what_had_ended_begins_anew() -> None:
    failed = NEW.ended(Stage.FAILED, "gone", NOW)
    again = failed.postponed("busy", NOW + timedelta(days=9))
    assert (again.stage, again.attempts, again.first_at) == (Stage.LATER, 1, "2026-12-05T12:00:00.000Z")


def test_what_is_put_off_was_not_tried() -> None:
    put_off = NEW.put_off("busy", NOW)
    assert (put_off.stage, put_off.attempts, put_off.last_at) == (Stage.LATER, 0, "")
    assert put_off.next_at == "2026-11-26T12:15:00.000Z"
    assert put_off.postponed("busy", NOW + timedelta(hours=1)).attempts == 1


def test_a_record_tells_a_post_of_the_authors_and_a_ping_url_given_by_hand_from_others() -> None:
    assert not NEW.is_post_record
    assert not NEW.is_manual
    assert SentPing(NEW.source, NEW.source).is_post_record
    assert SentPing(NEW.source, PING_URL, PING_URL).is_manual
