"""When to check a source again, and when an approved ping has disappeared."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from trackback.model.verdict import Gone, LinkStatus
from trackback.receiving.recheck import missing_since, next_check
from trackback.timestamps import stamp

NOW = datetime(2026, 11, 24, tzinfo=UTC)
FOUND, MISSING, UNREACHABLE = LinkStatus.FOUND, LinkStatus.MISSING, LinkStatus.UNREACHABLE
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
    link: LinkStatus, approved: bool, looks: int, missed: int | None, wait: timedelta | None
) -> None:
    gone = Gone(stamp(NOW), missed) if missed else None
    again = next_check(link, is_approved=approved, check_count=looks, missing=gone, now=NOW)
    assert again == (stamp(NOW + wait) if wait else "")


LOOKS: list[tuple[str, list[tuple[int, LinkStatus]], bool]] = [
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
    looks: Sequence[tuple[int, LinkStatus]], final: bool
) -> None:
    gone, now = None, NOW
    for day, link in looks:
        now = NOW + day * DAY
        gone = missing_since(gone, link, now)
    assert (gone is not None and gone.is_final(now)) == final
