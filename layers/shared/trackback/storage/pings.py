"""The pings: one record for each ping, one record for each post that has had approved pings.

Access patterns
---------------
add a ping                    PutItem on `id`, if it does not exist                 1 write unit
approved pings of a post      Query `by_post`, newest first, with the post's count  1 query
counts of posts               BatchGetItem on `post#<key>`                          1 call
pings of a status             Query `by_status`, newest first, and BatchGetItem
received pings, or all        Scan (`received` and `sweeps` scan it piece by piece)
pings due for a check         Query `by_due` for each of `Due`, the longest due first
pings whose link has gone     Query `by_due`, and BatchGetItem
change                        UpdateItem, or TransactWriteItems if the post's count changes too
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from enum import Enum
from heapq import merge
from itertools import chain
from operator import attrgetter, itemgetter

from trackback.errors import NoSuchPing, StatusChanged
from trackback.model.listing import Cursor, Page
from trackback.model.ping import Due, Ping, Status
from trackback.model.sent_again import sent_again
from trackback.model.transitions import KEEP_UNWANTED, Change, decided
from trackback.storage.dynamodb import raising_table_busy
from trackback.storage.items import post_id, status_values, to_attributes, to_count, to_page, to_ping
from trackback.storage.keys import BY_DUE, BY_POST, BY_STATUS, Index
from trackback.storage.table import Table
from trackback.storage.updates import count_change, ping_change
from trackback.timestamps import stamp


class Added(Enum):
    """The result of storing a received ping."""

    NEW = "PingReceived"
    REPEATED = "PingRepeated"
    REVISED = "PingRevised"


class PingStore:
    """The pings in the table."""

    def __init__(self, table: Table) -> None:
        self._table = table

    @raising_table_busy()
    def add(self, ping: Ping) -> Added:
        """Store a ping, unless its pair of post and source is known.

        A known ping that comes with other texts is changed as `sent_again` says.

        Raises:
            TableBusy: the table's write ceiling is reached.
        """
        known = self._table.put_new(to_attributes(ping))
        return self._revise(to_ping(known), ping) if known else Added.NEW

    def _revise(self, known: Ping, ping: Ping) -> Added:
        change = sent_again(known, ping)
        if not change:
            return Added.REPEATED
        try:
            self.apply(change)
        except StatusChanged:  # a concurrent decision takes precedence
            return Added.REPEATED
        return Added.REVISED

    def get(self, ping_id: str) -> Ping:
        """Return the current state of a ping.

        Raises:
            NoSuchPing: there is no ping with that id.
        """
        item = self._table.get(ping_id)
        if not item or "#" in ping_id:
            raise NoSuchPing("there is no such ping")
        return to_ping(item)

    @raising_table_busy()
    def approved(self, key: str, limit: int, after: Cursor | None = None) -> Page:
        """Return a page of a post's approved pings, newest first.

        Raises:
            TableBusy: the table's read ceiling is reached.
        """
        start = (after.received_at, after.id) if after else None
        more = 1 + (after is None)  # one more shows whether more follow; plus the post's record
        found = next(self._table.query(BY_POST, key, newest_first=True, after=start, limit=limit + more))
        return to_page(found, limit, after)

    @raising_table_busy()
    def counts(self, keys: Iterable[str]) -> dict[str, int]:
        """Return how many approved pings each of at most 100 posts has.

        Raises:
            TableBusy: the table's read ceiling is reached.
        """
        counts = dict.fromkeys(keys, 0)
        found = self._table.batch_get(map(post_id, counts), retry=False)
        return counts | dict(map(to_count, found))

    def pings(self, status: Status | None = None) -> Iterator[Ping]:
        """Yield the pings of a status, or all, newest first.

        Pings without a status are in no index, so they, and all pings, need a scan of the whole table.
        """
        if status in {None, Status.RECEIVED}:
            yield from self._scan(status)
        else:
            listed = (self._listed(BY_STATUS, value) for value in status_values(status))
            yield from merge(*listed, key=attrgetter("received_at"), reverse=True)

    def disappeared(self) -> Iterator[Ping]:
        """Yield the approved pings whose link has gone for good, the latest next check first."""
        yield from self._listed(BY_DUE, Due.GONE)

    def _listed(self, index: Index, value: str) -> Iterator[Ping]:
        pages = self._table.query(index, value, newest_first=True)
        yield from self.entire(entry["id"] for page in pages for entry in page)

    def entire(self, ids: Iterable[str]) -> Iterator[Ping]:
        """Yield the pings with these ids, in order, without those that do not exist.

        Raises:
            TableBusy: the table's read ceiling is reached.
        """
        return map(to_ping, self._table.batch_get(ids))

    def _scan(self, status: Status | None) -> list[Ping]:
        only = " AND attribute_not_exists(#status)" if status else ""
        pings = map(to_ping, self._table.scan("attribute_exists(#url)" + only))
        return sorted(pings, key=attrgetter("received_at"), reverse=True)

    def due(self, now: datetime, limit: int) -> list[str]:
        """Return the ids of pings due for a check, the longest due first."""
        pages = (next(self._table.query(BY_DUE, due, until=stamp(now), limit=limit)) for due in Due)
        found = sorted(chain.from_iterable(pages), key=itemgetter("check_at"))
        return [entry["id"] for entry in found[:limit]]

    def decide(  # noqa: PLR0913 - what, when, by whom, why, from which status, which texts, for how long
        self,
        ping_id: str,
        status: Status,
        now: datetime,
        *,
        by: str = "author",
        why: str = "",
        texts_hash: str = "",
        revision: str = "",
        expected_status: Status | None = None,
        keep: timedelta = KEEP_UNWANTED,
    ) -> Ping:
        """Set a ping's status and return the ping as it was before.

        The same status again changes nothing, unless the author confirms what only the check has turned down.
        `texts_hash` names the texts to decide about, the ping's own or its revision: approving shows these
        texts, or the ping's own if it is empty. `revision` names the revision that the author has seen
        besides; another one is not decided about. `expected_status` is the status that the decision is based
        on. The post's count changes in the same transaction.

        Raises:
            NoSuchPing: there is no ping with that id.
            StatusChanged: another decision came after the status was seen or came at the same time, or the
                ping no longer has these texts.
        """
        before = self.get(ping_id)
        _require(before, status, texts_hash, expected_status)
        take = status is Status.APPROVED and texts_hash not in {"", before.texts.hash}
        confirms = by == "author" and before.is_unwanted_by_check
        if before.status is status and not take and not confirms:
            return before
        with_revision = before.revision_hash in {texts_hash, revision} - {""}
        change = decided(
            before, status, now, by=by, why=why, take=take, with_revision=with_revision, keep=keep
        )
        self.apply(change)
        return before

    def apply(self, change: Change) -> None:
        """Apply a change, together with the post's count.

        Raises:
            StatusChanged: the ping no longer has the status that the change is based on.
        """
        updates = [ping_change(change)]
        if change.step:
            updates.append(count_change(change.before.post_key, change.step))
        self._table.update_all(updates)


def _require(ping: Ping, status: Status, texts_hash: str, expected: Status | None) -> None:
    """Raise StatusChanged if a decision was made about other texts, or about another status."""
    if texts_hash and not ping.says(texts_hash):
        raise StatusChanged("it has other words by now; look at it again")
    if ping.status not in {status, expected or ping.status}:
        raise StatusChanged(f"it is {ping.status} by now; look at it again")
