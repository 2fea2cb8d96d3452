"""How fast one host may be asked."""

from datetime import UTC, datetime, timedelta

import pytest

from trackback.receiving.host_rate_limit import HostRateLimit

NOW = datetime(2026, 11, 24, tzinfo=UTC)


def allowed(pace: HostRateLimit, host: str, times: int, after: float = 0) -> int:
    """Return how often of some times a host may be asked, seconds after `NOW`."""
    return sum(pace.allows(host, NOW + timedelta(seconds=after)) for _ in range(times))


def test_a_host_is_asked_five_times_a_minute() -> None:
    assert allowed(HostRateLimit(), "other.example", 20) == 5


def test_each_host_counts_for_itself() -> None:
    pace = HostRateLimit()
    assert [allowed(pace, host, 9) for host in ("a.example", "b.example", "a.example")] == [5, 5, 0]


@pytest.mark.parametrize(
    ("after", "times"), [(0, 0), (59.999, 0), (60, 5), (3600, 5)], ids=["now", "just before", "then", "later"]
)
def test_a_minute_later_a_host_is_asked_again(after: float, times: int) -> None:
    pace = HostRateLimit()
    allowed(pace, "other.example", 5)
    assert allowed(pace, "other.example", 9, after) == times


def test_the_minute_slides_and_what_was_refused_does_not_count() -> None:
    pace = HostRateLimit()
    assert allowed(pace, "other.example", 3, after=0) == 3
    assert allowed(pace, "other.example", 9, after=40) == 2
    assert allowed(pace, "other.example", 9, after=60) == 3
    assert allowed(pace, "other.example", 9, after=100) == 2


def test_any_number_of_hosts_fits_in_memory() -> None:
    pace = HostRateLimit()
    for n in range(2 * HostRateLimit.MOST_HOSTS):
        assert pace.allows(f"{n}.example", NOW)
    assert len(pace._fetched) <= HostRateLimit.MOST_HOSTS + 1
