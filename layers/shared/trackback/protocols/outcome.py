"""What a receiver makes of a ping, in any protocol."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus

from trackback.model.sent_ping import Stage
from trackback.timestamps import wait

MOST_WAIT = timedelta(days=2)
"""Longest `Retry-After` that is honoured."""

_TEMPORARY = {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS}


@dataclass(frozen=True, slots=True)
class Outcome:
    """A receiver's answer to a ping.

    Attributes:
        stage: What the ping becomes; only `LATER` is retried.
        message: What the receiver did, and what it says about it, as one clean line for the author.
        retry_after: Seconds until the receiver accepts a retry; None if it names no time.
    """

    stage: Stage
    message: str
    retry_after: int | None = None


def is_temporary(status: int) -> bool:
    """Return whether an HTTP status means an error that may pass."""
    return status in _TEMPORARY or status >= HTTPStatus.INTERNAL_SERVER_ERROR


def seconds_to_wait(retry_after: str, now: datetime) -> int | None:
    """Return the seconds that a `Retry-After` header asks for; None if it asks for no wait."""
    return int(wait(retry_after, now, MOST_WAIT).total_seconds()) or None
