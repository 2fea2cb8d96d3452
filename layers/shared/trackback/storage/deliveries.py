"""The log of what was sent to the author, mails and webhooks alike; each is kept for 30 days.

A webhook that waits to be tried again stands in the index `by_due` too, and keeps the body that is sent.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from trackback.errors import TableBusy
from trackback.storage.dynamodb import BUSY, telling_when_busy, tries
from trackback.storage.items import Item, to_plain, to_typed
from trackback.storage.keys import DELIVERY, DUE_WEBHOOK, STATUS_DELIVERY
from trackback.storage.pings import Table
from trackback.timestamps import stamp

KEEP = timedelta(days=30)

_IN_ITEM = {"at": "received_at", "next_at": "check_at"}  # names that the table's indexes have already


@dataclass(frozen=True, slots=True)
class Delivery:
    """One mail, or one webhook with all its attempts.

    Attributes:
        id: As `delivery_id` makes it.
        at: When it began, as `stamp` writes it.
        kind: What it is.
        what: A mail's subject, or a webhook's event.
        state: What has become of it; one that is waiting will be tried again.
        attempts: How often it was tried.
        answer: What the other side said last, in words.
        next_at: When it will be tried again, if it will.
        body: What is sent, as long as it may be sent again.
    """

    id: str
    at: str
    kind: Literal["mail", "webhook"]
    what: str
    state: Literal["sent", "failed", "waiting"]
    attempts: int = 1
    answer: str = ""
    next_at: str = ""
    body: str = ""

    def is_due(self, now: datetime) -> bool:
        """Tell whether it is to be tried now."""
        return self.state == "waiting" and self.next_at <= stamp(now)


def delivery_id(event_id: str) -> str:
    """Return the id of the one delivery that tells of an event; no ping's id begins like it."""
    return DELIVERY + event_id


def event_id(delivery: Delivery) -> str:
    """Return the id of the event that a delivery tells of."""
    return delivery.id.removeprefix(DELIVERY)


def ping_event(ping: str, change: str) -> str:
    """Return the id of the event that a ping's change is, by the change's own id."""
    return f"{ping}_{change}"


def by_ping(deliveries: Iterable[str]) -> list[list[str]]:
    """Return deliveries with those of one ping together, in their order; others are alone."""
    found: dict[str, list[str]] = {}
    for delivery in deliveries:
        found.setdefault(delivery.partition("_")[0], []).append(delivery)
    return list(found.values())


class Deliveries:
    """What the table holds of deliveries."""

    def __init__(self, table: Table) -> None:
        """Take the table that they are kept in."""
        self._table = table.name
        self._client = table.client

    def log(self, delivery: Delivery) -> None:
        """Note what was done, in place of an older note of the same id."""
        self._client.put_item(TableName=self._table, Item=_to_item(delivery))

    def add(self, delivery: Delivery) -> bool:
        """Note what will be done, unless there is a note of that id; return whether there was none."""
        return self._put(delivery, ConditionExpression="attribute_not_exists(id)")

    def advance(self, delivery: Delivery, seen: int) -> bool:
        """Put a delivery in place of itself after `seen` attempts; return False if somebody else did so."""
        return self._put(
            delivery,
            ConditionExpression="#state = :waiting AND #attempts = :seen",
            ExpressionAttributeNames={"#state": "state", "#attempts": "attempts"},
            ExpressionAttributeValues={":waiting": {"S": "waiting"}, ":seen": {"N": str(seen)}},
        )

    def _put(self, delivery: Delivery, **condition: Any) -> bool:
        try:
            self._client.put_item(TableName=self._table, Item=_to_item(delivery), **condition)
        except self._client.exceptions.ConditionalCheckFailedException:
            return False
        return True

    def get(self, delivery_id: str) -> Delivery | None:
        """Return a delivery as it stands now, None if there is none of that id."""
        key = {"id": {"S": delivery_id}}
        item = self._client.get_item(TableName=self._table, Key=key, ConsistentRead=True).get("Item")
        return _to_delivery(item) if item else None

    def due(self, now: datetime, most: int) -> list[str]:
        """Return the ids of webhooks that are to be tried, the longest due first."""
        found = self._client.query(
            TableName=self._table,
            IndexName="by_due",
            KeyConditionExpression="due = :hook AND check_at <= :now",
            ExpressionAttributeValues={":hook": {"S": DUE_WEBHOOK}, ":now": {"S": stamp(now)}},
            Limit=most,
        )
        return [item["id"]["S"] for item in found["Items"]]

    @telling_when_busy()
    def newest(self, limit: int = 50) -> list[Delivery]:
        """Return the newest deliveries, at most 100, newest first.

        Raises:
            TableBusy: the ceiling of read units is reached.
        """
        keys = self._client.query(
            TableName=self._table,
            IndexName="by_status",
            KeyConditionExpression="#status = :delivery",
            ExpressionAttributeNames={"#status": "status"},
            ExpressionAttributeValues={":delivery": {"S": STATUS_DELIVERY}},
            ScanIndexForward=False,
            Limit=limit,
        )["Items"]
        found = self._each([{"id": key["id"]} for key in keys])
        return [found[key["id"]["S"]] for key in keys if key["id"]["S"] in found]

    def _each(self, keys: Sequence[Mapping[str, Any]]) -> dict[str, Delivery]:
        found: dict[str, Delivery] = {}
        left: Any = {self._table: {"Keys": keys}} if keys else {}
        for _ in tries():
            if not left:
                return found
            answer = self._client.batch_get_item(RequestItems=left)
            found |= {each.id: each for each in map(_to_delivery, answer["Responses"].get(self._table, []))}
            left = answer["UnprocessedKeys"]
        raise TableBusy(BUSY)


def _to_item(delivery: Delivery) -> dict[str, Any]:
    """Return a delivery as it is stored: in no index that it is not wanted in, and empty values left out."""
    waits = delivery.state == "waiting"
    expires_at = int((datetime.fromisoformat(delivery.at) + KEEP).timestamp())
    every = {_IN_ITEM.get(name, name): getattr(delivery, name) for name in Delivery.__dataclass_fields__}
    every |= {"status": STATUS_DELIVERY, "expires_at": expires_at}
    every |= {"due": DUE_WEBHOOK if waits else ""}
    return {name: to_typed(value) for name, value in every.items() if value or name == "attempts"}


def _to_delivery(item: Item) -> Delivery:
    plain = to_plain(item)
    fields = {name: plain.get(_IN_ITEM.get(name, name), "") for name in Delivery.__dataclass_fields__}
    return Delivery(**{**fields, "attempts": int(fields["attempts"])})
