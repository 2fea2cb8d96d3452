"""Sent pings in the table: an item for each record, and one for the stored state of each feed.

A record is in the index `by_status`, like pings, under `sent`, and in `by_due` while it is due for an action
or the author has yet to be notified.
"""

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from trackback.model.feed_state import FeedState, posts_in
from trackback.model.protocol import Protocol
from trackback.model.sent_ping import NEEDS_ATTENTION, SentPing, Stage
from trackback.storage.dynamodb import Item
from trackback.storage.items import fields_in, to_record
from trackback.storage.keys import BY_DUE, BY_STATUS, DUE_SENT, DUE_UNTOLD, FEED, STATUS_SENT
from trackback.storage.table import BATCH, IS_NEW, Table
from trackback.timestamps import stamp

_UNCHANGED = "version = :version"


class SentPings:
    """Sent pings in the table (`Ledger`)."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def find(self, ids: Collection[str]) -> Mapping[str, SentPing]:
        """Return the records with these ids, by id, in their current state.

        Raises:
            TableBusy: the table's read ceiling is reached.
        """
        return {each.id: each for each in self._entire(sorted(set(ids)))}

    def put(self, sending: SentPing) -> bool:
        """Write the next version of a record; return False if the stored version has changed."""
        condition = _UNCHANGED if sending.version > 1 else IS_NEW
        return self._table.put_if(_to_record(sending), condition, version=sending.version - 1)

    def forget(self, sending: SentPing) -> None:
        """Remove a record if its version is unchanged."""
        self._table.delete_if(sending.id, _UNCHANGED, version=sending.version)

    def due(self, now: datetime, limit: int) -> list[SentPing]:
        """Return the records that are due, the longest due first."""
        ids = self._table.query_ids(BY_DUE, DUE_SENT, until=stamp(now), limit=limit)
        return list(self._entire(ids))

    def untold(self, limit: int) -> list[str]:
        """Return the ids of records that the author has yet to be notified about."""
        return self._table.query_ids(BY_DUE, DUE_UNTOLD, limit=limit)

    def settle(self, sending_id: str) -> None:
        """Mark a record as notified, or as one the author does not want to be notified about."""
        self._table.update_if(sending_id, "REMOVE due, check_at", "due = :untold", untold=DUE_UNTOLD)

    def every(self, after: tuple[str, str] | None = None) -> Iterator[SentPing]:
        """Yield all records, newest first, or those after `after`: a record's `first_at` and id."""
        pages = self._table.query(BY_STATUS, STATUS_SENT, newest_first=True, after=after, limit=BATCH)
        return self._entire(entry["id"] for page in pages for entry in page)

    def newest(self, limit: int) -> list[SentPing]:
        """Return at most `limit` records, newest first."""
        ids = self._table.query_ids(BY_STATUS, STATUS_SENT, newest_first=True, limit=limit)
        return list(self._entire(ids))

    def _entire(self, ids: Iterable[str]) -> Iterator[SentPing]:
        return map(to_sending, self._table.batch_get(ids, consistent=True))

    def feed_state(self, feed: str) -> FeedState | None:
        """Return the stored state of a feed, or None."""
        known = self._table.get(_feed_id(feed)).get("memory")
        return FeedState(**{**known, "posts": posts_in(known["posts"])}) if known else None

    def save_feed_state(self, feed: str, state: FeedState) -> None:
        """Replace the stored state of a feed."""
        known = {"address": state.address, "etag": state.etag, "modified": state.modified}
        self._table.write(_feed_id(feed), "memory", {**known, "posts": state.as_text()})


def _feed_id(feed: str) -> str:
    return FEED + hashlib.sha256(feed.encode()).hexdigest()[:26]


def _to_record(sending: SentPing) -> dict[str, Any]:
    """Return a record in stored form: in the index `by_due` only if it must be found there."""
    due = {"due": DUE_SENT if sending.next_at else ""}
    if sending.stage in NEEDS_ATTENTION:
        due = {"due": DUE_UNTOLD, "check_at": sending.last_at}
    return to_record(sending, id=sending.id, status=STATUS_SENT, **due)


def to_sending(record: Item) -> SentPing:
    """Return the sent ping that a record holds."""
    fields = fields_in(record, SentPing)
    if record.get("due") != DUE_SENT:
        fields.pop("next_at", None)
    return SentPing(
        **fields
        | {"protocol": Protocol(fields.get("protocol", Protocol.TRACKBACK)), "stage": Stage(fields["stage"])}
    )
