"""Deliveries: emails and webhook calls to the author."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from trackback.timestamps import stamp

RECORD = "delivery#"
"""Prefix of a delivery's id (`storage.keys` lists all prefixes)."""


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
    """Return the id of the delivery for an event."""
    return RECORD + event_id


def event_id(delivery: Delivery) -> str:
    """Return the id of a delivery's event."""
    return delivery.id.removeprefix(RECORD)


def ping_event(ping: str, change: str) -> str:
    """Return the event id of a ping's change, from the change's own id."""
    return f"{ping}_{change}"


def by_ping(deliveries: Iterable[str]) -> list[list[str]]:
    """Group deliveries of the same ping, in order; any other delivery is a group of its own."""
    found: dict[str, list[str]] = {}
    for delivery in deliveries:
        found.setdefault(delivery.partition("_")[0], []).append(delivery)
    return list(found.values())
