"""The delivery log: emails and webhook calls to the author, kept for 30 days.

A webhook that waits for a retry is also in the index `by_due`, and keeps its request body.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from trackback.storage.dynamodb import batch_get, telling_when_busy
from trackback.storage.items import Item, to_plain, to_typed
from trackback.storage.keys import DELIVERY, DUE_WEBHOOK, STATUS_DELIVERY
from trackback.storage.pings import Table
from trackback.timestamps import stamp

KEEP = timedelta(days=30)

_IN_ITEM = {"at": "received_at", "next_at": "check_at"}  # attribute names of the table's indexes


@dataclass(frozen=True, slots=True)
class Delivery:
    """One email, or one webhook call with all its attempts.

    Attributes:
        id: From `delivery_id`.
        at: Creation time, as `stamp` writes it.
        kind: An email or a webhook call.
        what: An email's subject, or a webhook's event.
        state: Its state; a waiting delivery will be retried.
        attempts: How many attempts were made.
        answer: The receiver's last answer, as a text for the author.
        next_at: Time of the next attempt, if any.
        body: The request body, as long as it may be sent again.
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
        """Tell whether a retry is due now."""
        return self.state == "waiting" and self.next_at <= stamp(now)


def delivery_id(event_id: str) -> str:
    """Return the id of the delivery for an event; its prefix differs from every ping's id."""
    return DELIVERY + event_id


def event_id(delivery: Delivery) -> str:
    """Return the id of a delivery's event."""
    return delivery.id.removeprefix(DELIVERY)


def ping_event(ping: str, change: str) -> str:
    """Return the event id of a ping's change, from the change's own id."""
    return f"{ping}_{change}"


def by_ping(deliveries: Iterable[str]) -> list[list[str]]:
    """Group deliveries of the same ping, in order; any other delivery is a group of its own."""
    found: dict[str, list[str]] = {}
    for delivery in deliveries:
        found.setdefault(delivery.partition("_")[0], []).append(delivery)
    return list(found.values())


class Deliveries:
    """The delivery log in the table."""

    def __init__(self, table: Table) -> None:
        self._table = table.name
        self._client = table.client

    def log(self, delivery: Delivery) -> None:
        """Store a delivery, replacing any earlier record with its id."""
        self._client.put_item(TableName=self._table, Item=_to_item(delivery))

    def add(self, delivery: Delivery) -> bool:
        """Store a delivery if there is none with its id; return whether it was stored."""
        return self._put(delivery, ConditionExpression="attribute_not_exists(id)")

    def advance(self, delivery: Delivery, seen: int) -> bool:
        """Update a waiting delivery if its stored attempts are still `seen`; return whether it was."""
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
        """Return the current state of a delivery, or None."""
        key = {"id": {"S": delivery_id}}
        item = self._client.get_item(TableName=self._table, Key=key, ConsistentRead=True).get("Item")
        return _to_delivery(item) if item else None

    def due(self, now: datetime, most: int) -> list[str]:
        """Return the ids of webhook calls due for a retry, the longest due first."""
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
            TableBusy: the table's read ceiling is reached.
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
        ids = [key["id"]["S"] for key in keys]
        items = batch_get(self._client, self._table, ids)
        found = {each.id: each for each in map(_to_delivery, items)}
        return [found[each] for each in ids if each in found]


def _to_item(delivery: Delivery) -> dict[str, Any]:
    """Return a delivery in stored form: without empty values, and in `by_due` only while it waits."""
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
