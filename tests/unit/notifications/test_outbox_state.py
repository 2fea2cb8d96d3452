"""When the next mail may go, from the outbox's state alone."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from trackback.model.settings import Notify
from trackback.notifications.outbox_state import (
    AT_ONCE,
    DAY,
    HOUR,
    MOST,
    MOST_A_DAY,
    PATIENCE,
    PAUSE,
    Claim,
    OutboxState,
)
from trackback.timestamps import stamp

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
MOMENT = timedelta(milliseconds=1)
EACH, DAILY, _ = Notify
ONE = OutboxState(waiting={"a"}, sent_at=stamp(NOW - MOMENT))
FULL = replace(ONE, counted_from=stamp(NOW - MOMENT), counted=AT_ONCE)
BUSY_DAY = replace(ONE, day=stamp(NOW)[:10], mails=MOST_A_DAY)

GOES: list[tuple[str, OutboxState, Notify, bool]] = [
    ("nothing waits", OutboxState(), EACH, False),
    ("one waits", OutboxState(waiting={"a"}), EACH, True),
    ("another mail is in progress", replace(ONE, sending={"b"}), EACH, False),
    ("the last mail has this time as its id", replace(ONE, mail=stamp(NOW)), EACH, False),
    ("a mail went a moment ago", ONE, EACH, True),
    ("as many wait as may go at once", replace(ONE, more=AT_ONCE - 1), EACH, True),
    ("more wait than may go at once", replace(ONE, more=AT_ONCE), EACH, False),
    ("as many have gone as may go at once", FULL, EACH, False),
    ("the pause is over", replace(FULL, sent_at=stamp(NOW - PAUSE)), EACH, True),
    ("the count is over", replace(FULL, counted_from=stamp(NOW - PAUSE)), EACH, True),
    ("many mails went today", BUSY_DAY, EACH, False),
    ("many mails went today, none for an hour", replace(BUSY_DAY, sent_at=stamp(NOW - HOUR)), EACH, True),
    ("many mails went yesterday", replace(BUSY_DAY, day="2026-11-23"), EACH, True),
    ("the digest went today", replace(ONE, sent_at=stamp(NOW - DAY + MOMENT)), DAILY, False),
    ("the digest went a day ago", replace(ONE, sent_at=stamp(NOW - DAY)), DAILY, True),
]


@pytest.mark.parametrize(("state", "notify", "goes"), [row[1:] for row in GOES], ids=[row[0] for row in GOES])
def test_a_mail_may_go(state: OutboxState, notify: Notify, *, goes: bool) -> None:
    assert state.may_go(notify, NOW) is goes


@pytest.mark.parametrize(
    ("state", "goes"),
    [
        (OutboxState(), False),
        (OutboxState(sending={"a"}, claimed_at=stamp(NOW - PATIENCE + MOMENT)), False),
        (OutboxState(sending={"a"}, claimed_at=stamp(NOW - PATIENCE)), True),
        (OutboxState(sending={"a"}, claimed_at=""), True),
    ],
    ids=["no mail in progress", "claimed", "given up", "refused"],
)
def test_a_mail_in_progress_may_go_again(state: OutboxState, *, goes: bool) -> None:
    assert state.may_go_again(NOW) is goes


def test_a_claim_names_as_many_as_it_may_and_counts_the_others() -> None:
    ids = {f"ping{n:02}" for n in range(MOST + 2)}
    claim = OutboxState(mail="m", sending=ids, unnamed=5, attempts=2).claim()
    assert claim == Claim("m", sorted(ids)[:MOST], 7, 2)


def test_new_ids_have_room_or_are_counted() -> None:
    state = OutboxState(waiting={f"ping{n:02}" for n in range(MOST - 1)}, sending={"s"})
    assert state.new(["ping00", "s", "y", "x"]) == (["x"], 1)
    assert state.new(["ping00", "s"]) == ([], 0)
    assert replace(state, waiting={f"ping{n:02}" for n in range(MOST + 9)}).new(["x"]) == ([], 1)


def test_past_mails_are_counted() -> None:
    first = OutboxState().after(3, NOW)
    assert (first.counted, first.counted_from, first.mails, first.day) == (3, stamp(NOW), 1, "2026-11-24")
    second = first.after(2, NOW + MOMENT)
    assert (second.counted, second.counted_from, second.mails) == (5, stamp(NOW), 2)
    later = second.after(1, NOW + PAUSE)
    assert (later.counted, later.counted_from, later.mails) == (1, stamp(NOW + PAUSE), 3)
    assert second.after(1, NOW + DAY).mails == 1
