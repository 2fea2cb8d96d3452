"""The delivery log: emails and webhook calls to the author, kept for 30 days.

A webhook that waits for a retry is also in the index `by_due`, and keeps its request body.
"""

from datetime import datetime, timedelta
from typing import Any

from trackback.model.delivery import Delivery
from trackback.storage.dynamodb import Item, raising_table_busy
from trackback.storage.items import fields_in, to_record
from trackback.storage.keys import BY_DUE, BY_STATUS, DUE_WEBHOOK, STATUS_DELIVERY
from trackback.storage.table import IS_NEW, Table
from trackback.timestamps import stamp

KEEP = timedelta(days=30)


class Deliveries:
    """The delivery log in the table."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def log(self, delivery: Delivery) -> None:
        """Store a delivery, replacing any earlier record with its id."""
        self._table.put(_to_record(delivery))

    def add(self, delivery: Delivery) -> bool:
        """Store a delivery if there is none with its id; return whether it was stored."""
        return self._table.put_if(_to_record(delivery), IS_NEW)

    def advance(self, delivery: Delivery, seen: int) -> bool:
        """Update a waiting delivery if its stored attempts are still `seen`; return whether it was."""
        condition = "#state = :waiting AND #attempts = :seen"
        return self._table.put_if(_to_record(delivery), condition, waiting="waiting", seen=seen)

    def get(self, delivery_id: str) -> Delivery | None:
        """Return the current state of a delivery, or None."""
        record = self._table.get(delivery_id)
        return _to_delivery(record) if record else None

    def due(self, now: datetime, limit: int) -> list[str]:
        """Return the ids of webhook calls due for a retry, the longest due first."""
        return self._table.query_ids(BY_DUE, DUE_WEBHOOK, until=stamp(now), limit=limit)

    @raising_table_busy()
    def newest(self, limit: int = 50) -> list[Delivery]:
        """Return the newest deliveries, at most 100, newest first.

        Raises:
            TableBusy: the table's read ceiling is reached.
        """
        ids = self._table.query_ids(BY_STATUS, STATUS_DELIVERY, newest_first=True, limit=limit)
        return list(map(_to_delivery, self._table.batch_get(ids)))


def _to_record(delivery: Delivery) -> dict[str, Any]:
    """Return a delivery in stored form: in `by_due` only while it waits."""
    due = DUE_WEBHOOK if delivery.state == "waiting" else ""
    expires_at = int((datetime.fromisoformat(delivery.at) + KEEP).timestamp())
    return to_record(delivery, status=STATUS_DELIVERY, due=due, expires_at=expires_at)


def _to_delivery(record: Item) -> Delivery:
    return Delivery(**fields_in(record, Delivery))
