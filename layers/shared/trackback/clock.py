"""Times as they are stored: UTC, ISO 8601 with milliseconds, so that they sort as text."""

from datetime import UTC, datetime


def stamp(moment: datetime) -> str:
    """Return a moment as it is stored."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def to_second(stamped: str) -> str:
    """Return a stored time to the second, as readers and authors see it."""
    return stamped[:19] + "Z"
