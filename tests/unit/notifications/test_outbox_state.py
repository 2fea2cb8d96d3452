"""When the next mail may go, from the outbox's state alone."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tests.conftest import MakePing
from trackback.model.settings import Notify
from trackback.model.verdict import LinkStatus, Reason, ReasonCode, Verdict
from trackback.notifications.outbox_state import (
    AT_ONCE,
    DAY,
    HOUR,
    MOST,
    MOST_A_DAY,
    MOST_PROMISING,
    MOST_UNPROMISING,
    PATIENCE,
    PAUSE,
    SHORT_PAUSE,
    Additions,
    Claim,
    OutboxState,
    is_promising,
)
from trackback.timestamps import stamp

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
MOMENT = timedelta(milliseconds=1)
EACH, DAILY, _ = Notify
ONE = OutboxState(waiting={"a"}, sent_at=stamp(NOW - MOMENT))
FULL = replace(ONE, counted_from=stamp(NOW - MOMENT), counted=AT_ONCE)
FIRST = int((NOW - DAY).timestamp())
"""The moment a day ago, in seconds."""


def busy(*tried_at: int, mails: int = MOST_UNPROMISING) -> OutboxState:
    """Return a state in which as many mails as a day may have were tried, the first and the last then."""
    first, last = tried_at
    return replace(ONE, tried_at=[*range(first, first + mails - 1), last])


def promising(state: OutboxState) -> OutboxState:
    """Return the same state with a promising ping."""
    return replace(state, promising={"z"})


MINUTE_AGO = stamp(NOW - SHORT_PAUSE)
LATELY = FIRST + 24 * 3600 - 1

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
    ("many mails went within a day", busy(FIRST + 1, LATELY), EACH, False),
    ("one less went within a day", busy(FIRST, LATELY), EACH, True),
    ("many mails went within a day, none for an hour", busy(FIRST + 1, FIRST + 23 * 3600), EACH, True),
    ("many went within a day, a promising one waits", promising(busy(FIRST + 1, LATELY)), EACH, True),
    ("more than that went, a promising one waits", promising(replace(ONE, mails=MOST_A_DAY)), EACH, False),
    ("a flood has no pause for a minute", promising(replace(FULL, sent_at=MINUTE_AGO)), EACH, True),
    ("a flood's mail went within a minute", promising(FULL), EACH, False),
    ("one promising ping waits", OutboxState(promising={"a"}), EACH, True),
    ("more promising ones wait than may go at once", replace(ONE, promising={*"bcdefghijk"}), EACH, False),
    ("many went before the upgrade", replace(ONE, mails=MOST_A_DAY), EACH, False),
    (
        "many went a day before the upgrade",
        replace(ONE, mails=MOST_A_DAY, sent_at=stamp(NOW - DAY)),
        EACH,
        True,
    ),
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
        (replace(busy(FIRST + 1, LATELY, mails=MOST_A_DAY), sending={"a"}), False),
    ],
    ids=["no mail in progress", "claimed", "died", "given back", "many were tried and perhaps sent"],
)
def test_a_mail_in_progress_may_go_again(state: OutboxState, *, goes: bool) -> None:
    assert state.may_go_again(NOW) is goes


def test_a_mail_names_all_promising_pings_and_as_many_others_as_it_may_and_counts_the_rest() -> None:
    ids, promising = {f"ping{n:02}" for n in range(MOST + 2)}, {f"good{n}" for n in range(MOST_PROMISING + 9)}
    named, more = OutboxState(waiting=ids, promising=promising, more=5).next_mail()
    assert (named, more) == (promising | set(sorted(ids)[:MOST]), 7)
    assert OutboxState(mail="m", sending={"b", "a"}, unnamed=7, attempts=2, claimed_at="t").claim() == Claim(
        "m", ["a", "b"], 7, 2, "t"
    )


def test_new_ids_have_room_or_are_counted() -> None:
    state = OutboxState(waiting={f"ping{n:02}" for n in range(MOST - 1)}, sending={"s"})
    assert state.new(["ping00", "s", "y", "x"]) == Additions(set(), {"x"}, 1)
    assert state.new(["ping00", "s"], ["ping01"]) == Additions(set(), set(), 0)
    assert replace(state, waiting={f"ping{n:02}" for n in range(MOST + 9)}).new(["x"]) == Additions(
        set(), set(), 1
    )


def test_promising_ids_have_room_of_their_own_then_among_the_others_and_then_are_counted() -> None:
    promising = {f"good{n:02}" for n in range(MOST_PROMISING - 1)}
    state = OutboxState(waiting={f"ping{n:02}" for n in range(MOST - 1)}, promising=promising)
    assert state.new(["a"], ["x"]) == Additions({"x"}, {"a"}, 0)
    assert state.new(["a"], ["x", "y", "z", "good00"]) == Additions({"x"}, {"y"}, 2)
    assert replace(state, more=9, waiting={f"ping{n:02}" for n in range(MOST)}).new([], ["x"]).promising == {
        "x"
    }


VERDICT = Verdict(LinkStatus.FOUND, "", score=-3)


@pytest.mark.parametrize(
    ("verdict", "promising"),
    [
        (None, False),
        (VERDICT, True),
        (replace(VERDICT, score=0), True),
        (replace(VERDICT, score=1), False),
        (replace(VERDICT, link=LinkStatus.MISSING), False),
        (replace(VERDICT, link=LinkStatus.UNREACHABLE), False),
        (replace(VERDICT, reasons=[Reason(ReasonCode.FLOOD, "Many.")]), False),
    ],
    ids=["unchecked", "linking", "neither good nor bad", "bad", "not linking", "unreachable", "flood"],
)
def test_a_ping_is_promising_that_links_and_is_no_flood(
    make_ping: MakePing, verdict: Verdict | None, *, promising: bool
) -> None:
    assert is_promising(replace(make_ping(), verdict=verdict)) is promising


def test_mailed_pings_are_counted() -> None:
    assert OutboxState().mailed(3, NOW) == (stamp(NOW), 3)
    counted = OutboxState(counted_from=stamp(NOW), counted=3)
    assert counted.mailed(2, NOW + MOMENT) == (stamp(NOW), 5)
    assert counted.mailed(1, NOW + PAUSE) == (stamp(NOW + PAUSE), 1)


def test_a_day_of_mails_is_the_last_24_hours_at_any_time_of_the_day() -> None:
    midnight = datetime(2026, 11, 25, tzinfo=UTC)
    before = [int((midnight - n * HOUR).timestamp()) for n in (24, 23, 1)]
    assert OutboxState(tried_at=before).tried_within_day(midnight) == before[1:]
    assert OutboxState(tried_at=before).tried_within_day(midnight - MOMENT) == before


def test_a_mail_that_did_not_go_out_is_not_counted() -> None:
    tried = [int(NOW.timestamp()), int((NOW + HOUR).timestamp())]
    assert OutboxState(tried_at=tried).without(Claim("m", [], at=stamp(NOW + MOMENT))) == tried[1:]
    assert OutboxState(tried_at=tried[1:]).without(Claim("m", [], at=stamp(NOW))) == tried[1:]
