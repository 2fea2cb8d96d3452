"""The table: one record for each ping, one record for each post that has had approved pings.

Access patterns
---------------
add a ping                    PutItem on `id`, if it does not exist                 1 write unit
approved pings of a post      Query `by_post`, newest first, with the post's count  1 query
counts of posts               BatchGetItem on `post#<key>`                          1 call
pings of a status             Query `by_status`, newest first, and BatchGetItem
received pings, or all        Scan
pings due for a check         Query `by_due` for each of `Due`, the longest due first
pings whose link has gone     Query `by_due`, and BatchGetItem
change                        UpdateItem, or TransactWriteItems if the post's count changes too
rules, words, posts' facts    GetItem and UpdateItem on `rules#`, `words#`, `post#<key>`
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from enum import Enum
from operator import attrgetter
from typing import Any

from trackback.errors import NoSuchPing, StatusChanged, TableBusy
from trackback.model.listing import Cursor, Page
from trackback.model.ping import UNWANTED, Due, Ping, Status
from trackback.model.transitions import KEEP_UNWANTED, Change, decided, reopened, revised
from trackback.storage.dynamodb import BUSY, TOO_LATE, batch_get, connect, telling_when_busy, transact
from trackback.storage.items import Item, new_item, post_id, to_count, to_page, to_ping, to_plain, to_typed
from trackback.storage.updates import count_change, ping_change
from trackback.timestamps import stamp

BATCH = 100
"""How many keys one BatchGetItem accepts."""


class Added(Enum):
    """The result of storing a received ping."""

    NEW = "PingReceived"
    REPEATED = "PingRepeated"
    REVISED = "PingRevised"


class Table:
    """The table that `template.yaml` defines."""

    def __init__(self, name: str) -> None:
        """Region, credentials and a stand-in's endpoint come from the environment."""
        self.name = name
        self.client = connect()

    @telling_when_busy()
    def add(self, ping: Ping) -> Added:
        """Store a ping, unless its pair of post and source is known.

        If a known ping comes with different texts, they are stored as a revision for the author to decide
        about, unless the author has dropped these texts before. A ping that the author or a rule decided
        against stays unchanged. A ping that only the check rejected is reopened; otherwise an attacker could
        ping first with another's address and lock the genuine source out.

        Raises:
            TableBusy: the table's write ceiling is reached.
        """
        try:
            self.client.put_item(
                TableName=self.name,
                Item=new_item(ping),
                ConditionExpression="attribute_not_exists(id)",
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        except self.client.exceptions.ConditionalCheckFailedException as error:
            told: Any = error.response
            return self._revise(to_ping(told["Item"]), ping)
        return Added.NEW

    def _revise(self, known: Ping, ping: Ping) -> Added:
        is_new = known.latest_texts != ping.texts
        reopens = known.is_unwanted_by_check and (known.status is Status.REJECTED or is_new)
        is_unwanted = known.status in UNWANTED or known.dismissed_revision == ping.texts.hash
        if not reopens and (is_unwanted or not is_new):
            return Added.REPEATED
        try:
            self.apply(reopened(known, ping) if reopens else revised(known, ping))
        except StatusChanged:  # a concurrent decision takes precedence
            return Added.REPEATED
        return Added.REVISED

    def get(self, ping_id: str) -> Ping:
        """Return the current state of a ping.

        Raises:
            NoSuchPing: there is no ping with that id.
        """
        item = self.client.get_item(TableName=self.name, Key={"id": {"S": ping_id}}, ConsistentRead=True).get(
            "Item"
        )
        if not item or "#" in ping_id:
            raise NoSuchPing("there is no such ping")
        return to_ping(item)

    @telling_when_busy()
    def approved(self, key: str, limit: int, after: Cursor | None = None) -> Page:
        """Return a page of a post's approved pings, newest first.

        Raises:
            TableBusy: the table's read ceiling is reached.
        """
        query: Any = {}
        if after:
            start = {"shown_on": key, "received_at": after.received_at, "id": after.id}
            query["ExclusiveStartKey"] = {name: {"S": value} for name, value in start.items()}
        found = self.client.query(
            TableName=self.name,
            IndexName="by_post",
            KeyConditionExpression="shown_on = :key",
            ExpressionAttributeValues={":key": {"S": key}},
            ScanIndexForward=False,
            Limit=limit + 1 + (after is None),  # one more shows whether more follow; plus the post's record
            **query,
        )["Items"]
        return to_page(found, limit, after)

    @telling_when_busy()
    def counts(self, keys: Iterable[str]) -> dict[str, int]:
        """Return how many approved pings each of at most 100 posts has.

        Raises:
            TableBusy: the table's read ceiling is reached.
        """
        counts = dict.fromkeys(keys, 0)
        if not counts:
            return {}
        wanted = [{"id": {"S": post_id(key)}} for key in counts]
        found = self.client.batch_get_item(RequestItems={self.name: {"Keys": wanted}})
        if found["UnprocessedKeys"]:
            raise TableBusy(BUSY)
        return counts | dict(map(to_count, found["Responses"][self.name]))

    def pings(self, status: Status | None = None) -> Iterator[Ping]:
        """Yield the pings of a status, or all, newest first.

        Pings without a status are in no index, so they, and all pings, need a scan of the whole table.
        """
        if status in {None, Status.RECEIVED}:
            yield from self._scan(status)
            return
        yield from self._listed("by_status", "status", str(status))

    def disappeared(self) -> Iterator[Ping]:
        """Yield the approved pings whose link has gone for good, the latest next check first."""
        yield from self._listed("by_due", "due", Due.GONE)

    def _listed(self, index: str, key: str, value: str) -> Iterator[Ping]:
        pages = self.client.get_paginator("query").paginate(
            TableName=self.name,
            IndexName=index,
            KeyConditionExpression="#key = :value",
            ExpressionAttributeNames={"#key": key},
            ExpressionAttributeValues={":value": {"S": str(value)}},
            ScanIndexForward=False,
        )
        for page in pages:
            for start in range(0, len(page["Items"]), BATCH):
                yield from self.entire(page["Items"][start : start + BATCH])

    def entire(self, entries: Sequence[Item]) -> Iterator[Ping]:
        """Yield the pings of at most `BATCH` index entries, in order, without those deleted since.

        Raises:
            TableBusy: the table's read ceiling is reached.
        """
        items = batch_get(self.client, self.name, [entry["id"]["S"] for entry in entries])
        found = {ping.id: ping for ping in map(to_ping, items)}
        yield from (found[entry["id"]["S"]] for entry in entries if entry["id"]["S"] in found)

    def _scan(self, status: Status | None) -> list[Ping]:
        only = " AND attribute_not_exists(#status)" if status else ""
        pages = self.client.get_paginator("scan").paginate(
            TableName=self.name,
            FilterExpression="attribute_exists(#url)" + only,
            ExpressionAttributeNames={"#url": "url"} | ({"#status": "status"} if status else {}),
            ConsistentRead=True,
        )
        pings = [to_ping(item) for page in pages for item in page["Items"]]
        return sorted(pings, key=attrgetter("received_at"), reverse=True)

    def due(self, now: datetime, most: int) -> list[str]:
        """Return the ids of pings due for a check, the longest due first."""
        found = [entry for due in Due for entry in self._due(due, now, most)]
        found.sort(key=lambda entry: entry["check_at"]["S"])
        return [entry["id"]["S"] for entry in found[:most]]

    def _due(self, due: Due, now: datetime, most: int) -> Sequence[Item]:
        return self.client.query(
            TableName=self.name,
            IndexName="by_due",
            KeyConditionExpression="due = :due AND check_at <= :now",
            ExpressionAttributeValues={":due": {"S": str(due)}, ":now": {"S": stamp(now)}},
            Limit=most,
        )["Items"]

    def decide(  # noqa: PLR0913 - what, when, by whom, why, from which status, which texts, for how long
        self,
        ping_id: str,
        status: Status,
        now: datetime,
        *,
        by: str = "author",
        why: str = "",
        texts_hash: str = "",
        expected_status: Status | None = None,
        keep: timedelta = KEEP_UNWANTED,
    ) -> Ping:
        """Set a ping's status and return the ping as it was before; the same status again changes nothing.

        `texts_hash` names the texts to decide about, the ping's own or its revision: approving shows these
        texts, or the ping's own if it is empty. `expected_status` is the status that the decision is based
        on. The post's count changes in the same transaction.

        Raises:
            NoSuchPing: there is no ping with that id.
            StatusChanged: another decision came after the status was seen or came at the same time, or the
                ping no longer has these texts.
        """
        before = self.get(ping_id)
        if texts_hash and not before.says(texts_hash):
            raise StatusChanged("it has other words by now; look at it again")
        take = status is Status.APPROVED and texts_hash not in {"", before.texts.hash}
        if before.status is status and not take:
            return before
        if expected_status not in {None, before.status} and before.status is not status:
            raise StatusChanged(f"it is {before.status} by now; look at it again")
        change = decided(before, status, now, by=by, why=why, take=take, keep=keep)
        self.apply(replace(change, expects=("history",)))  # the texts change only with the history
        return before

    def apply(self, change: Change) -> None:
        """Apply a change, together with the post's count.

        Raises:
            StatusChanged: the ping no longer has the status that the change is based on.
        """
        try:
            if change.step:
                count = count_change(change.before.post_key, change.step)
                transact(self.client, self.name, [ping_change(change), count])
            else:
                request: Any = ping_change(change)
                self.client.update_item(TableName=self.name, **request)
        except self.client.exceptions.ConditionalCheckFailedException:
            raise StatusChanged(TOO_LATE) from None

    def read(self, record: str) -> dict[str, Any]:
        """Return a record that is not a ping (rules, words, a post's facts), empty if there is none."""
        key = {"id": {"S": record}}
        item = self.client.get_item(TableName=self.name, Key=key, ConsistentRead=True).get("Item", {})
        return to_plain(item)

    def write(self, record: str, name: str, value: Any, *, was: Any = None) -> None:
        """Set one attribute of a record that is not a ping.

        Raises:
            StatusChanged: the stored value is no longer `was` (None skips the comparison).
        """
        request: Any = {"ExpressionAttributeValues": {":value": to_typed(value)}}
        if was is not None:
            request["ExpressionAttributeValues"][":was"] = to_typed(was)
            request["ConditionExpression"] = "attribute_not_exists(#name) OR #name = :was"
        try:
            self.client.update_item(
                TableName=self.name,
                Key={"id": {"S": record}},
                UpdateExpression="SET #name = :value",
                ExpressionAttributeNames={"#name": name},
                **request,
            )
        except self.client.exceptions.ConditionalCheckFailedException:
            raise StatusChanged("somebody else has changed this meanwhile; try again") from None
