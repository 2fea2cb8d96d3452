"""Records of the sweep: how far it has read the table, and which pings it has found waiting for a check.

It also finds posts whose records have no end, as they were stored before they had one.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from trackback.storage.dynamodb import Item, raising_table_busy
from trackback.storage.keys import POST, SWEEP, SWEPT
from trackback.storage.posts import IS_UNSHOWN, expiry
from trackback.storage.scan import Scanned, scan_page
from trackback.storage.table import IS_NEW, Table
from trackback.timestamps import stamp

PIECE = 500
"""How many records are read at once: all that wait among them are queued within seconds."""
WAITS = timedelta(hours=1)
"""How long a new ping may wait for its first check."""
OVERDUE = timedelta(hours=6)
"""How long a ping may be due for a check: the schedule takes the longest due first."""
KEEP_SIGHTING = timedelta(days=2)
"""Longer than the time between two sweeps; older sightings belong to another fault."""

_STUCK = (
    "(attribute_exists(#url)"
    " AND (#unlooked = :yes OR #check_at < :overdue"
    " OR (attribute_not_exists(#status) AND attribute_not_exists(#due) AND #received_at < :waits)))"
)
_ENDLESS = f"(begins_with(id, :post) AND attribute_not_exists(#expires_at) AND {IS_UNSHOWN})"


@dataclass(frozen=True, slots=True)
class Place:
    """How far the sweep has read the table.

    Attributes:
        step: How many pieces it has read, ever: two sweeps at once cannot both take one step.
        after: The id of the last record read; empty at the table's start.
        began: When it started to read the table; empty between two sweeps.
        found: How many waiting pings it has found since.
        next_at: When the next sweep may begin; empty before the first.
    """

    step: int = 0
    after: str = ""
    began: str = ""
    found: int = 0
    next_at: str = ""


@dataclass(frozen=True, slots=True)
class Sighting:
    """How many sweeps have found a ping waiting for a check, and when the last did."""

    times: int = 0
    at: str = ""


class SweepStore:
    """The sweep's records in the table, and what it looks for there."""

    def __init__(self, table: Table) -> None:
        self._table = table

    @raising_table_busy()
    def place(self) -> Place:
        """Return how far the sweep is."""
        stored = self._table.get(SWEEP)
        return Place(**{name: stored[name] for name in Place.__dataclass_fields__ if name in stored})

    @raising_table_busy()
    def move(self, before: Place, after: Place) -> bool:
        """Store how far the sweep is; return False if another one was faster."""
        sets = ", ".join(f"#{name} = :{name}" for name in Place.__dataclass_fields__)
        condition = "#step = :was" if before.step else IS_NEW
        return self._table.update_if(SWEEP, f"SET {sets}", condition, was=before.step, **asdict(after))

    def found(self, after: str, now: datetime) -> Scanned:
        """Return what one piece of the table has for the sweep.

        These are the ids and URLs of pings whose check should long have come, and the ids and facts of posts
        whose records have no end.

        Raises:
            TableBusy: the table's read ceiling is reached.
        """
        return scan_page(
            self._table,
            f"{_STUCK} OR {_ENDLESS}",
            after=after,
            limit=PIECE,
            only="id, #url, #facts.#missing",
            post=POST,
            yes=True,
            overdue=stamp(now - OVERDUE),
            waits=stamp(now - WAITS),
        )

    @raising_table_busy()
    def end(self, post: Item, now: datetime) -> None:
        """Let the record of a post expire, unless it has had an approved ping by now.

        Raises:
            TableBusy: the table's write ceiling is reached.
        """
        expires = expiry(post.get("facts", {}), now)
        self._table.update_if(post["id"], "SET expires_at = :expires", IS_UNSHOWN, expires=expires)

    @raising_table_busy()
    def sightings(self, pings: Iterable[str], now: datetime) -> dict[str, Sighting]:
        """Return the sightings of pings, without old ones.

        Raises:
            TableBusy: the table's read ceiling is reached.
        """
        found = self._table.batch_get((SWEPT + ping for ping in pings), consistent=True)
        since = stamp(now - KEEP_SIGHTING)
        return {
            one["id"].removeprefix(SWEPT): Sighting(one["times"], one["at"])
            for one in found
            if one["at"] > since
        }

    @raising_table_busy()
    def note(self, ping: str, times: int, now: datetime) -> None:
        """Store a sighting; the table deletes it later."""
        expires = int((now + KEEP_SIGHTING).timestamp())
        self._table.update_if(
            SWEPT + ping,
            "SET #times = :times, #at = :at, #expires_at = :expires",
            times=times,
            at=stamp(now),
            expires=expires,
        )
