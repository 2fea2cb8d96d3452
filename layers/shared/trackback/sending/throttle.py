"""Limits and throttling of outgoing requests, per site."""

import time
from collections import Counter
from collections.abc import Callable
from datetime import timedelta

MAX_FAILURES = 3
"""Consecutive failures or requests to wait after which a run stops contacting a site."""

BLOCKED = "its site did not answer, or asked for patience, several times in a row"


def user_agent(site: str) -> str:
    """Return the User-Agent for outgoing requests: the blog's host and the purpose."""
    from trackback.web.http.client import USER_AGENT  # noqa: PLC0415 - importers may lack the HTTP client

    return f"{USER_AGENT.partition(' ')[0]} (sends the TrackBack pings of {site})"


class HostThrottle:
    """Tracks the requests of one run to each site; not thread-safe."""

    def __init__(
        self,
        pause: timedelta,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Set the `pause` between two pings to one site."""
        self._pause = pause.total_seconds()
        self._clock = clock
        self._sleep = sleep
        self._pinged: dict[str, float] = {}
        self._failures: Counter[str] = Counter()

    def wait(self, site: str) -> None:
        """Sleep until a site may be pinged again."""
        if site in self._pinged:
            self._sleep(max(0, self._pinged[site] + self._pause - self._clock()))
        self._pinged[site] = self._clock()

    def is_blocked(self, site: str) -> bool:
        """Return whether this run no longer contacts a site."""
        return self._failures[site] >= MAX_FAILURES

    def record(self, site: str, *, failed: bool) -> None:
        """Record whether a site failed, which includes that it asked us to wait, or answered."""
        self._failures[site] = self._failures[site] + 1 if failed else 0
