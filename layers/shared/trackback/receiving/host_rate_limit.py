"""Rate limit for fetches from one host, so that a flood of pings does not make us flood a blog."""

import threading
from collections import deque
from datetime import datetime, timedelta


class HostRateLimit:
    """Counts fetches by host in this process; each environment of `verify` counts on its own."""

    WINDOW = timedelta(minutes=1)
    MOST = 5
    MOST_HOSTS = 10_000

    def __init__(self) -> None:
        self._fetched: dict[str, deque[datetime]] = {}
        self._lock = threading.Lock()

    def allows(self, host: str, now: datetime) -> bool:
        """Tell whether a host may be fetched from now; if so, count the fetch."""
        with self._lock:
            return self._allows(host, now)

    def _allows(self, host: str, now: datetime) -> bool:
        if len(self._fetched) > self.MOST_HOSTS:
            self._fetched.clear()
        times = self._fetched.setdefault(host, deque())
        while times and times[0] <= now - self.WINDOW:
            times.popleft()
        if len(times) >= self.MOST:
            return False
        times.append(now)
        return True
