"""How a sender behaves towards other people's sites: how much it asks of them, and how fast."""

import time
from collections import Counter
from collections.abc import Callable
from datetime import timedelta

STRIKES = 3
"""How often in a row a site may ask for patience, or not answer, before a run leaves it alone."""

LEFT_ALONE = "its site did not answer, or asked for patience, several times in a row"


def user_agent(site: str) -> str:
    """Return how a sender names itself to others: for which blog it asks, given by its host, and why."""
    from trackback.web.http.client import USER_AGENT  # noqa: PLC0415 - with the HTTP client, which settings do without

    return f"{USER_AGENT.partition(' ')[0]} (sends the TrackBack pings of {site})"


class HostThrottle:
    """What one run has asked of each site; for one thread."""

    def __init__(
        self,
        pause: timedelta,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Take how long to wait between two pings to one site."""
        self._pause = pause.total_seconds()
        self._clock = clock
        self._sleep = sleep
        self._pinged: dict[str, float] = {}
        self._strikes: Counter[str] = Counter()

    def wait(self, site: str) -> None:
        """Wait until a site may be pinged again."""
        if site in self._pinged:
            self._sleep(max(0, self._pinged[site] + self._pause - self._clock()))
        self._pinged[site] = self._clock()

    def leaves_alone(self, site: str) -> bool:
        """Tell whether a site is not asked again in this run."""
        return self._strikes[site] >= STRIKES

    def note(self, site: str, *, struck: bool) -> None:
        """Note whether a site had us wait, or answered."""
        self._strikes[site] = self._strikes[site] + 1 if struck else 0
