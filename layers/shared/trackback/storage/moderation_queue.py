"""Lists of pings for the author's pages: by tab, in pages, with bounded reads however many pings are stored.

Each tab is one partition of an index. Only the pending tab has three: first the pings whose link was found
(`Ping.comes_first`), so that no flood hides them; then revisions of approved pings, found through `by_due`
(`Due.REVISED`), which also finds disappeared pings (`Due.GONE`); then the other pending pings. Indexes are
eventually consistent, so an entry is shown only if its record agrees. Received pings are in no index: their
tab reads a part of the table (`storage.received`).
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import astuple, dataclass
from enum import StrEnum
from itertools import chain, islice

from trackback.errors import BadQuery
from trackback.model.listing import decode_cursor, encode_cursor
from trackback.model.ping import Due, Ping, Status
from trackback.model.posts import post_key
from trackback.storage.dynamodb import raising_table_busy
from trackback.storage.items import status_value, status_values
from trackback.storage.keys import BY_DUE, BY_POST, BY_STATUS, STATUS_LINKED, Index
from trackback.storage.pings import PingStore
from trackback.storage.received import received
from trackback.storage.table import BATCH, Table
from trackback.urls import host_of
from trackback.web.text.plain_text import fold

MOST_COUNTED = 1_000
"""How many pings of a tab are counted; a count of one more means "more than that"."""

PAGE = 25
MOST_READ = 1_000
"""How many pings a search reads before it returns what it has found."""

_LAST_TIME = "9"
"""Above every time, and below `ABOVE_ALL_PINGS`: it leaves out a post's record."""
_CURSOR = re.compile(r"([0-2]) (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z) ([a-z2-7]{26})")


class Tab(StrEnum):
    """A list of pings on the author's pages."""

    PENDING = "pending"
    APPROVED = "approved"
    REJECTED = "rejected"
    SPAM = "spam"
    DISAPPEARED = "disappeared"
    RECEIVED = "received"

    @property
    def label(self) -> str:
        """Its name for the author."""
        return "Not checked yet" if self is Tab.RECEIVED else self.title()


@dataclass(frozen=True, slots=True)
class Found:
    """A page of a tab: `next` is the cursor for the rest, `looked_at` says how many records were read."""

    pings: list[Ping]
    next: str | None
    looked_at: int


@dataclass(frozen=True, slots=True)
class _Place:
    """Position in a tab: the partition's number, the sort value, and the ping's id."""

    number: int
    at: str
    id: str

    def encode(self) -> str:
        return encode_cursor(self.number, self.at, self.id)


_Partition = tuple[Index, str]
_OTHERS: list[_Partition] = [(BY_STATUS, Status.PENDING)]
"""The pending pings that do not come first."""
_PARTITIONS: dict[Tab, list[_Partition]] = {
    Tab.PENDING: [(BY_STATUS, STATUS_LINKED), (BY_DUE, Due.REVISED), *_OTHERS],
    Tab.APPROVED: [(BY_STATUS, Status.APPROVED)],
    Tab.REJECTED: [(BY_STATUS, Status.REJECTED)],
    Tab.SPAM: [(BY_STATUS, Status.SPAM)],
    Tab.DISAPPEARED: [(BY_DUE, Due.GONE)],
}


class Queue:
    """The pings that the author moderates."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._pings = PingStore(table)

    @raising_table_busy()
    def counts(self, limit: int = MOST_COUNTED) -> dict[Tab, int]:
        """Return how many pings each tab has, at most `limit` + 1; those of no index are not counted.

        Raises:
            TableBusy: the table's read ceiling is reached.
        """
        return {
            tab: min(sum(self._table.count(*one, limit=limit + 1) for one in partitions), limit + 1)
            for tab, partitions in _PARTITIONS.items()
        }

    @raising_table_busy()
    def page(  # noqa: PLR0913 - tab, cursor, filters and bounds
        self,
        tab: Tab,
        after: str = "",
        search: str = "",
        post: str = "",
        *,
        unlinked: bool = False,
        where: Callable[[Ping], bool] | None = None,
        size: int = PAGE,
        most_read: int = MOST_READ,
    ) -> Found:
        """Return the pings of a tab, optionally only those of a post, or with all words of a search.

        `unlinked` leaves only pending pings for which no check has found a link, `where` what else is wanted.

        Raises:
            BadQuery: `after` is not a cursor from an earlier page.
            TableBusy: the table's read ceiling is reached.
        """
        words, key = fold(search).split(), post_key(post) if post else ""

        def matches(ping: Ping) -> bool:
            is_wanted = not (unlinked and ping.verified) and (where is None or where(ping))
            return is_wanted and _is_of(ping, key) and _has(ping, words)

        if tab is Tab.RECEIVED:
            pings, more, read_records = received(self._table, after)
            return Found(list(filter(matches, pings)), more, read_records)
        partitions = _PARTITIONS[tab]
        if key and tab is Tab.APPROVED:
            partitions = [(BY_POST, key)]
        if unlinked:
            partitions = _OTHERS
        start = _read_cursor(after, len(partitions)) if after else None
        read = BATCH if words or key or where else size + 1
        found: list[tuple[_Place, Ping]] = []
        looked_at, last = 0, start
        for place, ping in islice(self._each(partitions, start, read), most_read):
            looked_at, last = looked_at + 1, place
            if ping and _is_in(tab, ping) and matches(ping):
                found.append((place, ping))
            if len(found) > size:
                return Found([ping for _, ping in found[:size]], found[size - 1][0].encode(), looked_at)
        more = last.encode() if last and looked_at == most_read else None
        return Found([ping for _, ping in found], more, looked_at)

    @raising_table_busy()
    def pending_until(self, moment: str, limit: int, *, unlinked: bool = False) -> int:
        """Count the pending pings received until a moment, up to `limit` + 1 of each partition.

        Raises:
            TableBusy: the table's read ceiling is reached.
        """
        values = [Status.PENDING] if unlinked else status_values(Status.PENDING)
        return sum(self._table.count(BY_STATUS, value, limit=limit + 1, until=moment) for value in values)

    @raising_table_busy()
    def same_host(self, ping: Ping, limit: int = 10, *, among: int = BATCH) -> list[Ping]:
        """Return other pings of the same host among the newest of each status, newest first.

        Raises:
            TableBusy: the table's read ceiling is reached.
        """
        host = host_of(ping.url)
        wanted = [*status_values(Status.PENDING), Status.APPROVED, Status.REJECTED, Status.SPAM]
        each = (islice(self._each([(BY_STATUS, value)], None, among), among) for value in wanted)
        others = {
            other.id: other
            for _, other in chain.from_iterable(each)
            if other and host_of(other.url) == host and other.id != ping.id
        }
        return sorted(others.values(), key=lambda other: other.received_at, reverse=True)[:limit]

    def _each(
        self, partitions: Sequence[_Partition], start: _Place | None, read: int
    ) -> Iterator[tuple[_Place, Ping | None]]:
        """Yield the entries after `start`, `read` per query, each with its ping, or None if it has left."""
        first = start.number if start else 0
        for number, (index, value) in enumerate(partitions[first:], first):
            after = (start.at, start.id) if start and start.number == number else None
            for entries in self._table.query(
                index, value, until=_LAST_TIME, newest_first=True, after=after, limit=read
            ):
                pings = {ping.id: ping for ping in self._pings.entire(entry["id"] for entry in entries)}
                for entry in entries:
                    ping = pings.get(entry["id"])
                    is_current = ping and (index is not BY_STATUS or status_value(ping) == value)
                    yield _Place(number, entry[index.sort], entry["id"]), ping if is_current else None


def _is_in(tab: Tab, ping: Ping) -> bool:
    approved = ping.status is Status.APPROVED
    if tab is Tab.DISAPPEARED:
        return approved and ping.link_missing is not None
    waits = tab is Tab.PENDING and approved and ping.revision is not None
    return waits or ping.status.value == tab.value


def _is_of(ping: Ping, key: str) -> bool:
    return not key or ping.post_key == key


def _has(ping: Ping, words: Sequence[str]) -> bool:
    if not words:
        return True
    texts = [*astuple(ping.texts), *(astuple(ping.revision) if ping.revision else ())]
    text = fold("\n".join([*texts, ping.url, ping.post]))
    return all(word in text for word in words)


def _read_cursor(text: str, partitions: int) -> _Place:
    """Parse a cursor; it can name only a partition of its own tab.

    Raises:
        BadQuery: the text is not a cursor that `_Place.encode` returned.
    """
    match = decode_cursor(text, _CURSOR)
    if match is None or int(match[1]) >= partitions:
        raise BadQuery("after must be the value of next from the page before, unchanged")
    return _Place(int(match[1]), match[2], match[3])
