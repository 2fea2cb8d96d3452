"""The sweep: finds pings whose check never came, whatever failed, and has them checked.

It reads the whole table piece by piece, twice a day, and goes on where the run before it stopped. What waits
is queued again in its site's group. A ping that two sweeps have queued, and that the third still finds, gets
a verdict without a check. It also gives an end to records of posts that have none.
"""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from trackback.errors import TableBusy
from trackback.storage.check_queue import Message
from trackback.storage.dynamodb import Item
from trackback.storage.keys import POST
from trackback.storage.scan import Scanned
from trackback.storage.sweeps import Place, Sighting, SweepStore
from trackback.storage.table import Table
from trackback.timestamps import stamp
from trackback.web.sites import site_of

EVERY = timedelta(hours=12)
SOON = timedelta(hours=3)
"""The time from one sweep to the next, and after a sweep that has found something."""
LONGEST = timedelta(hours=18)
"""A sweep of a large table takes hours: the next begins after four times as long, but not later than this."""
AGAIN = timedelta(hours=2)
"""How long a ping that was queued is left alone: shorter than `SOON`, longer than two sweeps at once."""
QUEUED_AT_MOST = 2
"""How many sweeps queue a ping before one gives it up."""
SHARE = 0.5
"""The part of the table's read ceiling that a sweep may take."""
ENDED_AT_ONCE = 25
"""How many posts' records of one piece get an end: the others get it by the next sweeps."""
RUN_SECONDS = 10
"""How long one run reads: the pings of its batch wait for it."""

_WAIT_FACTOR = 4
_GROUP = "sweep"


@dataclass(frozen=True)
class SweepContext:
    """What a sweep works with.

    Attributes:
        send: Queues a message; it must not raise, and what it returns does not count.
        give_up: Gives a ping a verdict without a check; it must not raise.
        reads_per_second: The table's read ceiling.
        pause: Waits for so many seconds.
    """

    send: Callable[[Message], object]
    give_up: Callable[[str], None]
    reads_per_second: int
    pause: Callable[[float], None] = time.sleep


class Sweep:
    """One run of the sweep."""

    def __init__(self, table: Table, context: SweepContext) -> None:
        self._store = SweepStore(table)
        self._context = context

    def run(self, now: datetime, seconds_left: Callable[[], float]) -> None:
        """Read on in the table, if a sweep is due, for `RUN_SECONDS`.

        A sweep that is not at its end then queues a message for its next run. If the table is busy, or its
        ceiling low, the schedule goes on with it.
        """
        until = seconds_left() - RUN_SECONDS
        try:
            place: Place | None = self._store.place()
            while place and _is_due(place, now):
                if seconds_left() < until:
                    self._context.send(Message(f"sweep-{place.step}", {"sweep": place.step}, _GROUP))
                    return
                place = self._step(place, now)
        except TableBusy:
            pass

    def _step(self, place: Place, now: datetime) -> Place | None:
        """Read one piece. Returns the place after it, or None if this run ends here."""
        piece = self._store.found(place.after, now)
        pings = [one for one in piece.items if "#" not in one["id"]]
        self._handle(pings, now)
        for post in [one for one in piece.items if one["id"].startswith(POST)][:ENDED_AT_ONCE]:
            self._store.end(post, now)
        further = _moved(place, piece, len(pings), now)
        if not self._store.move(place, further):
            return None  # another run was faster
        if piece.last:
            wait = piece.units / (SHARE * self._context.reads_per_second)
            if wait > RUN_SECONDS:
                return None
            self._context.pause(wait)
        return further

    def _handle(self, found: Iterable[Item], now: datetime) -> None:
        """Queue the pings that wait; give up those that were queued often enough.

        A ping that the queue does not accept counts as queued: it must end, too.
        """
        urls = {one["id"]: one["url"] for one in found}
        seen = self._store.sightings(urls, now)
        for ping, url in urls.items():
            before = seen.get(ping, Sighting())
            if before.at > stamp(now - AGAIN):
                continue
            if before.times >= QUEUED_AT_MOST:
                self._context.give_up(ping)
            else:
                self._context.send(_message(ping, url, before.times + 1))
                self._store.note(ping, before.times + 1, now)


def _message(ping: str, url: str, times: int) -> Message:
    """Return the request for a check; two sweeps at once make the same one, which the queue takes once."""
    return Message(f"sweep-{ping}-{times}", {"ping": ping, "swept": True}, group=site_of(url))


def _is_due(place: Place, now: datetime) -> bool:
    """Tell whether there is something to read now; a time beyond `LONGEST` is no time of a sweep's."""
    return not stamp(now) < place.next_at <= stamp(now + LONGEST)


def _moved(place: Place, piece: Scanned, found: int, now: datetime) -> Place:
    """Return the place after a piece; after the last one, the time of the next sweep."""
    began = place.began or stamp(now)
    found += place.found
    further = replace(place, step=place.step + 1, after=piece.last, began=began, found=found)
    if piece.last:
        return further
    start = datetime.fromisoformat(began)
    next_at = stamp(start + interval(now - start, found=found > 0))
    return replace(further, began="", found=0, next_at=next_at)


def interval(took: timedelta, *, found: bool) -> timedelta:
    """Return the time from a sweep's begin to the next one's, by how long it took and what it found."""
    return min(max(SOON if found else EVERY, _WAIT_FACTOR * took), LONGEST)
