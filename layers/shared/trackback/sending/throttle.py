"""Limits and throttling of outgoing requests, per site."""

import time
from collections import Counter
from collections.abc import Callable
from datetime import timedelta

STRIKES = 3
"""Consecutive failures or requests to wait after which a run stops contacting a site."""

LEFT_ALONE = "its site did not answer, or asked for patience, several times in a row"


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
        self._strikes: Counter[str] = Counter()

    def wait(self, site: str) -> None:
        """Sleep until a site may be pinged again."""
        if site in self._pinged:
            self._sleep(max(0, self._pinged[site] + self._pause - self._clock()))
        self._pinged[site] = self._clock()

    def leaves_alone(self, site: str) -> bool:
        """Return whether this run no longer contacts a site."""
        return self._strikes[site] >= STRIKES

    def note(self, site: str, *, struck: bool) -> None:
        """Record whether a site failed or asked us to wait (`struck`), or answered."""
        self._strikes[site] = self._strikes[site] + 1 if struck else 0
