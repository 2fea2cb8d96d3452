"""Recent pings in the memory of one warm environment, to detect a text, host or sender that repeats.

Each environment sees only its own share, so counts are a lower bound. That is enough to detect a flood, and
it costs no read of the table.
"""

import hashlib
import re
import threading
from dataclasses import dataclass
from datetime import datetime, timedelta

from trackback.web.text.plain_text import fold

HOUR = timedelta(hours=1)
BURST = timedelta(minutes=10)
SIZE = 5_000

_VARIABLE = re.compile(r"\S*[./]\S*|[\W\d_]+")  # addresses and numbers, which spam varies for each post


@dataclass(frozen=True, slots=True)
class Arrival:
    """One ping, for comparison with others; an empty field matches nothing.

    Attributes:
        at: When it was received.
        ping: Its id.
        post: Key of the pinged post.
        text: `text_hash` of its title and excerpt.
        host: The source's host.
        client_hash: A hash of the sender's address.
    """

    at: datetime
    ping: str
    post: str
    text: str = ""
    host: str = ""
    client_hash: str = ""


@dataclass(frozen=True, slots=True)
class FloodCounts:
    """How many others are similar: posts with the same text or host, and pings of the same sender."""

    same_text: int = 0
    same_host: int = 0
    burst: int = 0


class FloodWindow:
    """A sliding window of an hour over the latest pings, at most `size` of them."""

    def __init__(self, size: int = SIZE) -> None:
        self._size = size
        self._seen: dict[str, Arrival] = {}
        self._lock = threading.Lock()

    def record(self, arrival: Arrival) -> FloodCounts:
        """Record a ping and count similar ones in the last hour (for the sender: ten minutes).

        The same ping again, as in a retried batch, counts once.
        """
        with self._lock:
            return self._record(arrival)

    def _record(self, arrival: Arrival) -> FloodCounts:
        self._make_room(arrival.at)
        self._seen.setdefault(arrival.ping, arrival)
        pings = self._seen.values()
        text = {seen.post for seen in pings if seen.text == arrival.text != ""}
        host = {seen.post for seen in pings if seen.host == arrival.host != ""}
        burst = [
            seen for seen in pings if seen.client_hash == arrival.client_hash != "" and _close(seen, arrival)
        ]
        return FloodCounts(len(text - {arrival.post}), len(host - {arrival.post}), len(burst))

    def __len__(self) -> int:
        """Return how many pings the window holds."""
        return len(self._seen)

    def _make_room(self, now: datetime) -> None:
        while self._seen:
            oldest = next(iter(self._seen.values()))
            if len(self._seen) < self._size and now - oldest.at <= HOUR:
                break
            del self._seen[oldest.ping]


def text_hash(title: str, excerpt: str) -> str:
    """Return a hash that ignores numbers, addresses and case; empty without words."""
    words = _VARIABLE.sub(" ", fold(f"{title}\n{excerpt}")).strip()
    return hashlib.sha256(words.encode()).hexdigest()[:32] if words else ""


def _close(seen: Arrival, arrival: Arrival) -> bool:
    return seen.ping != arrival.ping and arrival.at - seen.at <= BURST
