"""When to look again, when a ping has disappeared, and what is stored of a look."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from trackback.model.verdict import Gone, Seen, Verdict, after_look, next_look
from trackback.timestamps import stamp

NOW = datetime(2026, 11, 24, tzinfo=UTC)
FOUND, MISSING, UNREACHABLE = Seen.FOUND, Seen.MISSING, Seen.UNREACHABLE
HOUR, DAY = timedelta(hours=1), timedelta(days=1)

NEXT = [
    ("held, not reached once", UNREACHABLE, False, 1, None, HOUR),
    ("held, not reached twice", UNREACHABLE, False, 2, None, DAY),
    ("held, not reached three times", UNREACHABLE, False, 3, None, 7 * DAY),
    ("held, not reached four times", UNREACHABLE, False, 4, None, 30 * DAY),
    ("held, not reached five times", UNREACHABLE, False, 5, None, None),
    ("held, found", FOUND, False, 1, None, None),
    ("held, missing", MISSING, False, 1, None, None),
    ("approved, not reached once", UNREACHABLE, True, 1, None, HOUR),
    ("approved, not reached twice", UNREACHABLE, True, 2, None, DAY),
    ("approved, not reached for ever", UNREACHABLE, True, 99, None, 30 * DAY),
    ("approved, missed before, not reached", UNREACHABLE, True, 1, 2, HOUR),
    ("approved, found once", FOUND, True, 1, None, DAY),
    ("approved, found twice", FOUND, True, 2, None, 7 * DAY),
    ("approved, found three times", FOUND, True, 3, None, 30 * DAY),
    ("approved, found for ever", FOUND, True, 99, None, 30 * DAY),
    ("approved, missed once", MISSING, True, 1, 1, DAY),
    ("approved, missed twice", MISSING, True, 2, 2, 3 * DAY),
    ("approved, missed three times", MISSING, True, 3, 3, 4 * DAY),
    ("approved, missed for ever", MISSING, True, 99, 99, 30 * DAY),
    ("approved, missed again after a fault", MISSING, True, 1, 2, 3 * DAY),
]


@pytest.mark.parametrize(
    ("link", "approved", "looks", "missed", "wait"), [row[1:] for row in NEXT], ids=[row[0] for row in NEXT]
)
def test_looks_become_rarer(
    link: Seen, approved: bool, looks: int, missed: int | None, wait: timedelta | None
) -> None:
    gone = Gone(stamp(NOW), missed) if missed else None
    again = next_look(link, approved=approved, looks=looks, gone=gone, now=NOW)
    assert again == (stamp(NOW + wait) if wait else None)


LOOKS: list[tuple[str, list[tuple[int, Seen]], bool]] = [
    ("three over a week", [(0, MISSING), (3, MISSING), (7, MISSING)], True),
    ("three over less", [(0, MISSING), (1, MISSING), (6, MISSING)], False),
    ("two over a week", [(0, MISSING), (8, MISSING)], False),
    ("unreachable in between", [(0, MISSING), (1, UNREACHABLE), (5, MISSING), (7, MISSING)], True),
    ("unreachable only", [(day, UNREACHABLE) for day in range(60)], False),
    ("unreachable, which makes no third", [(0, MISSING), (4, UNREACHABLE), (8, MISSING)], False),
    ("back in between", [(0, MISSING), (4, MISSING), (5, FOUND), (9, MISSING), (13, MISSING)], False),
    ("back at the end", [(0, MISSING), (4, MISSING), (8, MISSING), (9, FOUND)], False),
    ("gone a second time", [(0, MISSING), (1, FOUND), (2, MISSING), (5, MISSING), (9, MISSING)], True),
    ("as often as we look", [(0, MISSING), (1, MISSING), (4, MISSING), (8, MISSING)], True),
]


@pytest.mark.parametrize(("looks", "final"), [row[1:] for row in LOOKS], ids=[row[0] for row in LOOKS])
def test_a_ping_has_disappeared_after_three_looks_over_a_week(
    looks: Sequence[tuple[int, Seen]], final: bool
) -> None:
    gone, now = None, NOW
    for day, link in looks:
        now = NOW + day * DAY
        before = {"since": gone.since, "times": gone.times} if gone else None
        gone = after_look(before, link, now)
    assert (gone is not None and gone.is_final(now)) == final


def test_what_is_empty_is_not_stored() -> None:
    assert Verdict(UNREACHABLE, stamp(NOW)).as_map() == {
        "link": "unreachable",
        "checked_at": stamp(NOW),
        "reasons": [],
    }


def test_everything_else_is() -> None:
    verdict = Verdict(
        link=FOUND,
        checked_at=stamp(NOW),
        url="https://other.example/",
        http_status=200,
        why="because",
        text="a post",
        sentence="I read a post.",
        rel=("nofollow",),
        title="Mine",
        language="en",
        links=3,
        score=-3,
        reasons=("The source links to the post.",),
    )
    stored = verdict.as_map()
    assert stored.keys() == set(Verdict.__dataclass_fields__)
    assert (stored["rel"], stored["reasons"]) == (["nofollow"], ["The source links to the post."])
    assert {type(stored[name]) for name in ("link", "url")} == {str}
