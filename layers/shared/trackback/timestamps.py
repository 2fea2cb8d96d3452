"""Stored timestamps: UTC, ISO 8601 with milliseconds, so that they sort as text.

Also reads the `Retry-After` header of servers that ask us to wait.
"""

from datetime import UTC, datetime, timedelta


def stamp(moment: datetime) -> str:
    """Return a time in stored form."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def to_second(stamped: str) -> str:
    """Return a stored time to the second, as readers and the author see it."""
    return stamped[:19] + "Z"


def wait(retry_after: str, now: datetime, most: timedelta) -> timedelta:
    """Return the wait that a `Retry-After` asks for (seconds or an HTTP date), from zero to `most`.

    An unreadable header means no wait.
    """
    from email.utils import parsedate_to_datetime  # noqa: PLC0415 - only senders of requests need it

    try:
        asked = timedelta(seconds=min(max(int(retry_after), 0), most.total_seconds()))
    except ValueError:
        try:
            asked = parsedate_to_datetime(retry_after).replace(tzinfo=UTC) - now  # always GMT
        except (ValueError, OverflowError):
            return timedelta()
    return min(max(asked, timedelta()), most)
