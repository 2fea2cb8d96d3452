"""Turns: when a site may be asked for a page, so that pings flood no blog, and a flood starves no ping.

What is asked of a site goes by lanes. A ping whose page and whose sender have not been seen lately takes the
first lane, one of both the second, neither the last. A thousand spellings of one page wait in the last lane,
and the site's next new page does not wait behind them. All names that lead to one server share its rates.

A site that keeps us waiting has slow lanes in their place. Each time that it does so again, it waits twice as
long for its next turn, so that hundreds of such sites leave time for one that merely is slow.
"""

from collections.abc import Mapping
from typing import NamedTuple

LONGEST_WAIT = 12 * 60 * 60 * 1_000
"""How far ahead turns are given, in milliseconds; who would wait longer gets none."""
SLOW, SLOWEST = 60_000, 30 * 60_000
"""How long a site that has kept us waiting waits for its next turn: the first time, and at most."""
MOST_TIMES = 60
"""How many times one server's record keeps, so that it costs little: the latest, as others end sooner."""


class Rate(NamedTuple):
    """How often something may happen: every so many milliseconds, and so many times in a row.

    The rule is the generic cell rate algorithm (ITU-T I.371): one time for each thing that has a rate, until
    which what has happened uses it up.
    """

    interval: int
    burst: int = 1

    def first(self, used_until: int, now: int) -> int:
        """Return the first time from now at which it may happen."""
        return max(now, used_until - (self.burst - 1) * self.interval)

    def then(self, used_until: int, now: int) -> int:
        """Return until when it is used up after it has happened once more."""
        return max(now, used_until) + self.interval


_SEEN = Rate(30_000, burst=3)
"""A page, or a sender at a site: what comes more often is no newcomer."""
_MOST_SEEN = 5 * 60_000
"""How long a page or sender counts as seen lately, at most, in milliseconds."""
_LANES = (("new", Rate(6_000, burst=10)), ("half", Rate(6_000, burst=10)), ("seen", Rate(30_000, burst=2)))
"""The lanes of one site, the newcomers' first."""
_SERVER, _SERVER_SEEN = Rate(1_000, burst=30), Rate(3_000, burst=5)
"""What a server takes of all lanes but the last, and of the last."""
_SLOW_FOR = 3
"""How many such waits a site counts as slow: a second offence comes within them, and so doubles the wait."""


class Visit(NamedTuple):
    """A request for a page, by names that stand for the site, the page, and who sent the ping.

    Attributes:
        site: The site.
        page: The page, the same for all values that its parameters may have.
        sender: Who sent the ping; empty if it is not known.
        patient: Whether the site is given all the time that a page may take.
    """

    site: str
    page: str
    sender: str = ""
    patient: bool = False


class Turn(NamedTuple):
    """A turn, in milliseconds since 1970, None if there is none; and the server's times after it."""

    at: int | None
    times: Mapping[str, int]


def take_turn(times: Mapping[str, int], visit: Visit, now: int) -> Turn:
    """Give a visit its turn, now or later, by the times of its server.

    A turn that lies ahead is kept for the visit: it need not ask again. A slow site's turn always does, since
    it takes a patient visit.
    """
    seen = [f"p{visit.page}", *([f"s{visit.sender}{visit.site}"] if visit.sender else [])]
    after = dict(times)
    best = sum(_SEEN.first(times.get(name, 0), now) > now for name in seen)
    earliest, lane = now, _free_lane(times, visit, best, now)
    slow_for = times.get(f"slow{visit.site}", 0) - now
    if slow_for > 0 and not visit.patient:
        earliest = max(now + 1, times.get(f"late{visit.site}", 0))
        lane = {f"late{best}{visit.site}": Rate(max(SLOW, slow_for // _SLOW_FOR))}
    at = _first(after, lane, earliest)
    for name in seen:
        after[name] = min(_SEEN.then(after.get(name, 0), now), now + _MOST_SEEN)
    if at > now + LONGEST_WAIT:
        return Turn(None, _kept(after, now))
    for name, rate in lane.items():
        after[name] = rate.then(after.get(name, 0), earliest)
    return Turn(at, _kept(after, now))


def mark_slow(times: Mapping[str, int], site: str, now: int) -> Mapping[str, int]:
    """Return a server's times after a site of it has kept us waiting."""
    wait = min(max(SLOW, times.get(f"slow{site}", 0) - now), SLOWEST)
    return _kept({**times, f"late{site}": now + wait, f"slow{site}": now + _SLOW_FOR * wait}, now)


def _free_lane(times: Mapping[str, int], visit: Visit, best: int, now: int) -> Mapping[str, Rate]:
    """Return the rates of the best lane that a visit may take now; otherwise those of the last one."""
    *lanes, last = [{f"{name}{visit.site}": rate} for name, rate in _LANES]
    for lane in lanes[best:]:
        if _first(times, whole := {**lane, "server": _SERVER}, now) <= now:
            return whole
    return {**last, "server seen": _SERVER_SEEN}


def _first(times: Mapping[str, int], lane: Mapping[str, Rate], now: int) -> int:
    return max(rate.first(times.get(name, 0), now) for name, rate in lane.items())


def _kept(times: Mapping[str, int], now: int) -> Mapping[str, int]:
    """Return the times that lie ahead, the server's own and the latest others."""
    latest = sorted(times.items(), key=lambda one: (one[0].startswith("server"), one[1]), reverse=True)
    return {name: until for name, until in latest[:MOST_TIMES] if until > now}
