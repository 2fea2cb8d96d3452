"""How fast one host's pages may be fetched: a blog under a flood of pings must not become a flood itself."""

import threading
from collections import deque
from datetime import datetime, timedelta


class HostRateLimit:
    """Counts fetches by host, in this process: each environment of `verify` has a count of its own."""

    WINDOW = timedelta(minutes=1)
    MOST = 5
    MOST_HOSTS = 10_000

    def __init__(self) -> None:
        """Begin with nothing fetched."""
        self._fetched: dict[str, deque[datetime]] = {}
        self._lock = threading.Lock()

    def allows(self, host: str, now: datetime) -> bool:
        """Tell whether a host may be asked now, and count it as asked if so."""
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
