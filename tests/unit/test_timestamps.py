"""Times as they are stored and shown, and as servers ask us to wait."""

from datetime import UTC, datetime, timedelta, timezone
from email.utils import format_datetime
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trackback.timestamps import stamp, to_second, wait

HALF_PAST = datetime(2026, 11, 24, 6, 30, 1, 2_345, tzinfo=UTC)
NOW = datetime(2026, 11, 24, 6, 11, 5, 678_000, tzinfo=UTC)
DAY = timedelta(days=1)
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


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("", 0),
        ("0", 0),
        ("120", 120),
        ("-120", 0),
        ("86400", 86_400),
        ("86401", 86_400),
        ("9" * 400, 86_400),
        ("-" + "9" * 400, 0),
        ("9" * 5_000, 0),
        ("soon", 0),
        ("1.5", 0),
        ("\xb2", 0),
        (format_datetime(NOW.replace(microsecond=0) + timedelta(hours=1), usegmt=True), 3_599),
        (format_datetime(NOW + timedelta(days=9), usegmt=True), 86_400),
        (format_datetime(NOW - timedelta(days=9), usegmt=True), 0),
        ("Fri, 31 Dec 9999 23:59:59 -0000", 86_400),
        ("Fri, 31 Dec 99999 23:59:59 GMT", 0),
        ("Fri, 01 Jan 2027 99999999999999:00:00 GMT", 0),
        ("Fri, 01 Jan 2027 00:00:00 +99999999999999999", 0),
    ],
)
def test_a_request_to_wait_is_heeded_up_to_a_bound(header: str, seconds: int) -> None:
    assert int(wait(header, NOW, DAY).total_seconds()) == seconds


@settings(derandomize=True, deadline=None, database=None)
@given(st.text(max_size=40) | st.text(alphabet="0123456789 :,-+JanMonGT", max_size=40))
def test_any_request_to_wait_is_bounded(header: str) -> None:
    assert timedelta() <= wait(header, NOW, DAY) <= DAY
