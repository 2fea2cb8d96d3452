"""What a sender asks of other people's sites, and what it does not."""

from datetime import timedelta

import pytest

from trackback.model.sending_limits import SendingLimits
from trackback.sending.throttle import MAX_FAILURES, HostThrottle, user_agent


def test_a_sender_says_who_asks_and_why() -> None:
    assert user_agent("blog.example").startswith("Trackback/")
    assert user_agent("blog.example").endswith(" (sends the TrackBack pings of blog.example)")


@pytest.mark.parametrize(
    ("never", "url", "allowed"),
    [
        ("", "https://other.example/a", True),
        ("other.example", "https://other.example/a", False),
        ("other.example", "http://www.other.example:80/", False),
        ("other.example", "https://blog.other.example/", False),
        ("other.example", "https://another.example/", True),
        ("blog.other.example", "https://other.example/", True),
        ("example", "https://other.example/", False),
        ("127.0.0.1", "http://127.0.0.1:8080/", False),
        ("a.example b.example", "http://b.example/", False),
    ],
)
def test_who_wants_nothing_gets_nothing_with_all_that_is_below_it(
    never: str, url: str, *, allowed: bool
) -> None:
    assert SendingLimits(never=frozenset(never.split())).allow(url) is allowed


def test_two_pings_to_one_site_are_a_pause_apart() -> None:
    now = 100.0
    slept: list[float] = []

    def sleep(seconds: float) -> None:
        nonlocal now
        slept.append(seconds)
        now += seconds

    manners = HostThrottle(timedelta(seconds=2), clock=lambda: now, sleep=sleep)
    for site, later in (("a", 0.0), ("b", 0.5), ("a", 0.0), ("a", 9.0), ("b", 0.0)):
        now += later
        manners.wait(site)
    assert slept == [1.5, 0, 0]


def test_a_site_is_left_alone_after_some_strikes_in_a_row() -> None:
    manners = HostThrottle(timedelta())
    for struck in (*[True] * (MAX_FAILURES - 1), False, *[True] * (MAX_FAILURES - 1)):
        manners.record("a", failed=struck)
        assert not manners.is_blocked("a")
    manners.record("a", failed=True)
    assert manners.is_blocked("a")
    assert not manners.is_blocked("b")
