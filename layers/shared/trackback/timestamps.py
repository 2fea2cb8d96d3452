"""Times as they are stored: UTC, ISO 8601 with milliseconds, so that they sort as text.

And as servers say them, who ask us to wait.
"""

from datetime import UTC, datetime, timedelta


def stamp(moment: datetime) -> str:
    """Return a moment as it is stored."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def to_second(stamped: str) -> str:
    """Return a stored time to the second, as readers and authors see it."""
    return stamped[:19] + "Z"


def wait(retry_after: str, now: datetime, most: timedelta) -> timedelta:
    """Return how long a `Retry-After` asks us to wait, in seconds or until a date; not at all if neither."""
    from email.utils import parsedate_to_datetime  # noqa: PLC0415 - only who sends something is asked to wait

    try:
        asked = timedelta(seconds=min(max(int(retry_after), 0), most.total_seconds()))
    except ValueError:
        try:
            asked = parsedate_to_datetime(retry_after).replace(tzinfo=UTC) - now  # always GMT
        except (ValueError, OverflowError):
            return timedelta()
    return min(max(asked, timedelta()), most)
