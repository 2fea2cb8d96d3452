"""Times as they are stored and shown."""

from datetime import UTC, datetime, timedelta, timezone
from itertools import pairwise

import pytest

from trackback.clock import stamp, to_second

HALF_PAST = datetime(2026, 11, 24, 6, 30, 1, 2_345, tzinfo=UTC)
NEPAL = timezone(timedelta(hours=5, minutes=45))


@pytest.mark.parametrize(
    ("moment", "stored"),
    [
        (HALF_PAST, "2026-11-24T06:30:01.002Z"),
        (HALF_PAST.replace(microsecond=0), "2026-11-24T06:30:01.000Z"),
        (datetime(2026, 11, 24, 1, tzinfo=NEPAL), "2026-11-23T19:15:00.000Z"),
    ],
    ids=["milliseconds", "a whole second", "another time zone"],
)  # fmt: skip
def test_a_time_is_stored_in_utc_with_milliseconds(moment: datetime, stored: str) -> None:
    assert stamp(moment) == stored


def test_stored_times_sort_as_text() -> None:
    stamps = [stamp(HALF_PAST + timedelta(milliseconds=997 * n)) for n in range(5_000)]
    assert all(earlier < later for earlier, later in pairwise(stamps))


def test_readers_see_the_second() -> None:
    assert to_second(stamp(HALF_PAST)) == "2026-11-24T06:30:01Z"
