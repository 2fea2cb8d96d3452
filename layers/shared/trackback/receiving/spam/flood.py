"""Recent pings, to detect a text, a site or a sender that repeats.

Each environment counts in its own memory. What it has seen several times it tells the others through one
record (`storage/floods`), and takes in what they have seen, so that a flood is counted by all of them.
"""

import hashlib
import re
import threading
from base64 import b32encode
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from trackback.web.text.plain_text import fold

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
BURST = timedelta(minutes=10)
SIZE = 5_000
FEWEST_SHARED = 4
MOST_SHARED = 8
"""How many texts, sites and senders an environment tells of: those with the most pings."""
MOST_MARKS = 64
"""How many pings of each it tells; from about so many on, a flood is a flood."""

_WINDOWS = {"t": DAY, "h": HOUR, "c": BURST}
_DIGITS = 4  # of a short hash in a mark: a few thousand pings are told apart
MARK = 3 * _DIGITS
"""The length of a mark."""
_VARIABLE = re.compile(r"\S*[./]\S*|[\W\d_]+")  # addresses and numbers, which spam varies for each post


@dataclass(frozen=True, slots=True)
class Arrival:
    """One ping, for comparison with others; an empty field matches nothing.

    Attributes:
        at: When it was received.
        ping: Its id.
        post: Key of the pinged post.
        text: `text_hash` of its title and excerpt.
        host: The source's site.
        client_hash: A hash of the sender's address.
        source: The page that pings; one page that links many posts repeats its text rightly.
    """

    at: datetime
    ping: str
    post: str
    text: str = ""
    host: str = ""
    client_hash: str = ""
    source: str = ""

    @property
    def keys(self) -> Iterator[str]:
        """What it may have in common with others: a letter of `_WINDOWS`, and a short hash."""
        for letter, value in (("t", self.text), ("h", self.host), ("c", self.client_hash)):
            if value:
                yield letter + _short(value) + _short(value[::-1])

    @property
    def mark(self) -> str:
        """Short hashes of its post, its page and its site."""
        return _short(self.post) + _short(self.source or self.ping) + _short(self.host)


@dataclass(frozen=True, slots=True)
class FloodCounts:
    """How many others are similar.

    Attributes:
        same_text: Other posts that got the same text from other pages within a day.
        same_host: Other posts that were pinged from the same site within an hour.
        burst: Other pings of the same sender within ten minutes.
        text_sites: Other sites that sent the same text to the same post within a day.
    """

    same_text: int = 0
    same_host: int = 0
    burst: int = 0
    text_sites: int = 0


@dataclass(frozen=True, slots=True)
class Seen:
    """Pings that have a key in common: their marks, and when the last one came."""

    at: datetime
    marks: frozenset[str]


class FloodWindow:
    """A sliding window of a day over the latest pings, at most `size` of them."""

    def __init__(self, size: int = SIZE) -> None:
        self._size = size
        self._seen: dict[str, Arrival] = {}
        self._by_key: dict[str, dict[str, Arrival]] = {}
        self._others: Mapping[str, Seen] = {}
        self._lock = threading.Lock()

    def record(self, arrival: Arrival) -> FloodCounts:
        """Record a ping and count similar ones, by all environments.

        The same ping again, as in a retried batch, counts once.
        """
        with self._lock:
            self._make_room(arrival.at)
            known = self._seen.setdefault(arrival.ping, arrival)
            for key in known.keys:
                self._by_key.setdefault(key, {})[known.ping] = known
            marks = {key[0]: self._marks(key, arrival.at) for key in arrival.keys}
        return _counts(arrival, marks)

    def take_in(self, others: Mapping[str, Seen]) -> None:
        """Count what other environments have seen, from now on."""
        with self._lock:
            self._others = others

    def shared(self) -> dict[str, Seen]:
        """Return what the others should know: what came `FEWEST_SHARED` times, the most frequent first."""
        with self._lock:
            now = max((ping.at for ping in self._seen.values()), default=None)
            found = {key: self._of_window(key, now) for key in self._by_key} if now else {}
        often = sorted(
            ((key, pings) for key, pings in found.items() if len(pings) >= FEWEST_SHARED),
            key=lambda pair: -len(pair[1]),
        )
        return {
            key: Seen(max(ping.at for ping in pings), frozenset([ping.mark for ping in pings][-MOST_MARKS:]))
            for key, pings in often[:MOST_SHARED]
        }

    def __len__(self) -> int:
        """Return how many pings the window holds."""
        return len(self._seen)

    def _marks(self, key: str, now: datetime) -> frozenset[str]:
        others = self._others.get(key)
        known = others.marks if others and now - others.at <= _WINDOWS[key[0]] else frozenset()
        return known | {ping.mark for ping in self._of_window(key, now)}

    def _of_window(self, key: str, now: datetime) -> list[Arrival]:
        pings = self._by_key.get(key, {}).values()
        return [ping for ping in pings if now - ping.at <= _WINDOWS[key[0]]]

    def _make_room(self, now: datetime) -> None:
        while self._seen:
            oldest = next(iter(self._seen.values()))
            if len(self._seen) < self._size and now - oldest.at <= DAY:
                break
            del self._seen[oldest.ping]
            for key in oldest.keys:
                of_key = self._by_key.get(key, {})
                of_key.pop(oldest.ping, None)
                if not of_key:
                    self._by_key.pop(key, None)


def merged(one: Mapping[str, Seen], other: Mapping[str, Seen]) -> dict[str, Seen]:
    """Return what two environments have seen; what is older than its window is left out."""
    newest = max((seen.at for seen in (*one.values(), *other.values())), default=None)
    found: dict[str, Seen] = {}
    for key in sorted({*one, *other}):
        both = [seen for seen in (one.get(key), other.get(key)) if seen]
        fresh = [seen for seen in both if newest and newest - seen.at <= _WINDOWS[key[0]]]
        if fresh:
            marks = sorted(frozenset().union(*(seen.marks for seen in fresh)))
            found[key] = Seen(max(seen.at for seen in fresh), frozenset(marks[:MOST_MARKS]))
    often = sorted(found.items(), key=lambda pair: -len(pair[1].marks))
    return dict(often[:MOST_SHARED])


def text_hash(title: str, excerpt: str) -> str:
    """Return a hash that ignores numbers, addresses and case; empty without words."""
    words = _VARIABLE.sub(" ", fold(f"{title}\n{excerpt}")).strip()
    return hashlib.sha256(words.encode()).hexdigest()[:32] if words else ""


def _counts(arrival: Arrival, marks: Mapping[str, Iterable[str]]) -> FloodCounts:
    post, page, site = _parts(arrival.mark)
    texts = [_parts(mark) for mark in marks.get("t", ())]
    hosts = {_parts(mark)[0] for mark in marks.get("h", ())}
    return FloodCounts(
        same_text=len({other for other, of_page, _ in texts if of_page != page} - {post}),
        same_host=len(hosts - {post}),
        burst=len([mark for mark in marks.get("c", ()) if _parts(mark)[:2] != (post, page)]),
        text_sites=len({of_site for other, _, of_site in texts if other == post} - {site}),
    )


def _parts(mark: str) -> tuple[str, str, str]:
    return mark[:_DIGITS], mark[_DIGITS : 2 * _DIGITS], mark[2 * _DIGITS :]


def _short(value: str) -> str:
    return b32encode(hashlib.sha256(value.encode()).digest()[:3])[:_DIGITS].decode().lower()
