"""Tells the author of a feed that cannot be read: on the Sent page at once, and in one mail after a day."""

from dataclasses import replace
from datetime import datetime, timedelta

from trackback.model.sent_ping import Ledger, SentPing, Stage, feed_record

PASSING = timedelta(days=1)
"""How long a feed may be unreadable before a mail tells of it: servers fail for hours."""


def note_trouble(ledger: Ledger, feed: str, reason: str, now: datetime) -> None:
    """Record that a feed cannot be read; the same trouble again changes nothing, and is told once."""
    record = _known(ledger, feed)
    if record.stage is Stage.FAILED:
        return
    words = f"it cannot be read, so that new posts send nothing: {reason}"
    if not record.is_new and datetime.fromisoformat(record.first_at) <= now - PASSING:
        ledger.put(record.ended(Stage.FAILED, words, now))
    elif record.words != words:
        ledger.put(replace(record.put_off(words, now), next_at=""))  # the feed's own schedule retries


def end_trouble(ledger: Ledger, feed: str) -> None:
    """Remove the record of a feed that could be read again."""
    record = _known(ledger, feed)
    if not record.is_new:
        ledger.forget(record)


def _known(ledger: Ledger, feed: str) -> SentPing:
    record = feed_record(feed)
    return ledger.find([record.id]).get(record.id, record)
