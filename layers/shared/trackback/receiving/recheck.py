"""When to check a source again, and how often an approved ping's link has been missing (`Gone` decides)."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from trackback.model.transitions import FIRST_RECHECK
from trackback.model.verdict import Gone, LinkStatus
from trackback.timestamps import stamp

AGAIN_UNREACHABLE = (timedelta(hours=1), timedelta(days=1), timedelta(days=7), timedelta(days=30))
AGAIN_FOUND = (FIRST_RECHECK, timedelta(days=7), timedelta(days=30))
AGAIN_MISSING = (timedelta(days=1), timedelta(days=3), timedelta(days=4), timedelta(days=30))
"""Time until the next check, after the first, second, … check with the same result."""


def missing_since(before: Gone | None, link: LinkStatus, now: datetime) -> Gone | None:
    """Return an approved ping's `Gone` after one more check; an unreachable source changes nothing."""
    if link is LinkStatus.UNREACHABLE:
        return before
    if link is LinkStatus.FOUND:
        return None
    return Gone(before.since, before.times + 1) if before else Gone(stamp(now), 1)


def next_check(
    link: LinkStatus, *, is_approved: bool, check_count: int, missing: Gone | None, now: datetime
) -> str:
    """Return when to check again, empty for never.

    `check_count` counts the checks in a row with this result.
    """
    waits: Sequence[timedelta] = AGAIN_FOUND
    if link is LinkStatus.UNREACHABLE and (is_approved or check_count <= len(AGAIN_UNREACHABLE)):
        waits = AGAIN_UNREACHABLE
    elif not is_approved:
        return ""
    elif missing:
        waits, check_count = AGAIN_MISSING, missing.times
    return stamp(now + waits[min(check_count, len(waits)) - 1])
