"""Sent pings in the table: an item for each record, and one for the stored state of each feed.

A record is in the index `by_status`, like pings, under `sent`, and in `by_due` while it is due for an action
or the author has yet to be notified.
"""

import hashlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from itertools import chain
from typing import Any

from trackback.model.feed_state import Memory, posts_in
from trackback.model.sent_ping import FOR_A_PERSON, SentPing, Stage
from trackback.storage.dynamodb import batch_get
from trackback.storage.items import Item, to_plain, to_typed
from trackback.storage.keys import DUE_SENT, DUE_UNTOLD, FEED, STATUS_SENT
from trackback.storage.pings import BATCH, Table
from trackback.timestamps import stamp

_IN_ITEM = {"first_at": "received_at", "next_at": "check_at"}  # attribute names of the table's indexes


class SentPings:
    """Sent pings in the table (`Ledger`)."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._client = table.client

    def find(self, ids: Collection[str]) -> Mapping[str, SentPing]:
        """Return the records with these ids, by id, in their current state.

        Raises:
            TableBusy: the table's read ceiling is reached.
        """
        wanted = sorted(set(ids))
        starts = range(0, len(wanted), BATCH)
        batches = (wanted[start : start + BATCH] for start in starts)
        items = chain.from_iterable(
            batch_get(self._client, self._table.name, batch, consistent=True) for batch in batches
        )
        return {each.id: each for each in map(to_sending, items)}

    def put(self, sending: SentPing) -> bool:
        """Write the next version of a record; return False if the stored version has changed."""
        condition: Any = {"ConditionExpression": "attribute_not_exists(id)"}
        if sending.version > 1:
            condition = _still(sending.version - 1)
        try:
            self._client.put_item(TableName=self._table.name, Item=_to_item(sending), **condition)
        except self._client.exceptions.ConditionalCheckFailedException:
            return False
        return True

    def forget(self, sending: SentPing) -> None:
        """Remove a record if its version is unchanged."""
        with suppress(self._client.exceptions.ConditionalCheckFailedException):
            key = {"id": {"S": sending.id}}
            self._client.delete_item(TableName=self._table.name, Key=key, **_still(sending.version))

    def due(self, now: datetime, most: int) -> list[SentPing]:
        """Return the records that are due, the longest due first."""
        keys = self._client.query(
            TableName=self._table.name,
            IndexName="by_due",
            KeyConditionExpression="due = :sent AND check_at <= :now",
            ExpressionAttributeValues={":sent": {"S": DUE_SENT}, ":now": {"S": stamp(now)}},
            Limit=most,
        )["Items"]
        return list(self._entire(keys))

    def untold(self, most: int) -> list[str]:
        """Return the ids of records that the author has yet to be notified about."""
        keys = self._client.query(
            TableName=self._table.name,
            IndexName="by_due",
            KeyConditionExpression="due = :untold",
            ExpressionAttributeValues={":untold": {"S": DUE_UNTOLD}},
            Limit=most,
        )["Items"]
        return [key["id"]["S"] for key in keys]

    def settle(self, sending_id: str) -> None:
        """Mark a record as notified, or as one the author does not want to be notified about."""
        with suppress(self._client.exceptions.ConditionalCheckFailedException):
            self._client.update_item(
                TableName=self._table.name,
                Key={"id": {"S": sending_id}},
                UpdateExpression="REMOVE due, check_at",
                ConditionExpression="due = :untold",
                ExpressionAttributeValues={":untold": {"S": DUE_UNTOLD}},
            )

    def every(self, after: tuple[str, str] | None = None) -> Iterator[SentPing]:
        """Yield all records, newest first, or those after `after`: a record's `first_at` and id."""
        start: Any = {}
        if after:
            place = {"status": STATUS_SENT, "received_at": after[0], "id": after[1]}
            start = {"ExclusiveStartKey": {name: {"S": value} for name, value in place.items()}}
        pages = self._client.get_paginator("query").paginate(
            **self._listed(), **start, PaginationConfig={"PageSize": BATCH}
        )
        for page in pages:
            yield from self._entire(page["Items"])

    def newest(self, limit: int) -> list[SentPing]:
        """Return at most `limit` records, newest first."""
        return list(self._entire(self._client.query(**self._listed(), Limit=limit)["Items"]))

    def _listed(self) -> dict[str, Any]:
        return {
            "TableName": self._table.name,
            "IndexName": "by_status",
            "KeyConditionExpression": "#status = :sent",
            "ExpressionAttributeNames": {"#status": "status"},
            "ExpressionAttributeValues": {":sent": {"S": STATUS_SENT}},
            "ScanIndexForward": False,
        }

    def _entire(self, entries: Sequence[Item]) -> Iterator[SentPing]:
        """Yield the records of an index's entries, in order."""
        ids = [entry["id"]["S"] for entry in entries]
        found = self.find(ids)
        yield from (found[each] for each in ids if each in found)

    def memory(self, feed: str) -> Memory | None:
        """Return the stored state of a feed, or None."""
        known = self._table.read(_feed_id(feed)).get("memory")
        return Memory(**{**known, "posts": posts_in(known["posts"])}) if known else None

    def remember(self, feed: str, memory: Memory) -> None:
        """Replace the stored state of a feed."""
        known = {"address": memory.address, "etag": memory.etag, "modified": memory.modified}
        self._table.write(_feed_id(feed), "memory", {**known, "posts": memory.as_text()})


def _still(version: int) -> Any:
    return {
        "ConditionExpression": "version = :seen",
        "ExpressionAttributeValues": {":seen": {"N": str(version)}},
    }


def _feed_id(feed: str) -> str:
    return FEED + hashlib.sha256(feed.encode()).hexdigest()[:26]


def _to_item(sending: SentPing) -> dict[str, Any]:
    """Return a record in stored form: only in the indexes that it needs, and without empty values."""
    every = {_IN_ITEM.get(name, name): getattr(sending, name) for name in SentPing.__dataclass_fields__}
    every |= {"id": sending.id, "status": STATUS_SENT, "due": DUE_SENT if sending.next_at else ""}
    if sending.stage in FOR_A_PERSON:
        every |= {"due": DUE_UNTOLD, "check_at": sending.last_at}
    return {name: to_typed(value) for name, value in every.items() if value or name == "attempts"}


def to_sending(item: Item) -> SentPing:
    """Return the record that an item holds."""
    plain = to_plain(item)
    if plain.get("due") != DUE_SENT:
        plain.pop("check_at", None)
    fields = {name: plain.get(_IN_ITEM.get(name, name), "") for name in SentPing.__dataclass_fields__}
    numbers = {name: int(fields[name]) for name in ("attempts", "version")}
    return SentPing(**{**fields, **numbers, "stage": Stage(fields["stage"])})
