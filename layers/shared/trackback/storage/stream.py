"""Records of the table's stream: which ping changed, and who must be notified."""

from trackback.model.ping import UNWANTED, Due, Status
from trackback.model.settings import Event
from trackback.storage.dynamodb import Item
from trackback.storage.items import status_values


def ping_of(record: Item) -> str:
    """Return the id of the changed ping or other record."""
    return str(record["dynamodb"]["Keys"]["id"]["S"])


def needs_check(record: Item) -> bool:
    """Tell whether a source needs a check: its ping is new, has new texts, or the author asked for one."""
    new = record["dynamodb"].get("NewImage", {})
    return "url" in new if record["eventName"] == "INSERT" else bool(new.get("unlooked", {}).get("BOOL"))


def event_of(record: Item) -> Event | None:
    """Return the event to notify the author or a webhook about, or None.

    A ping is pending for the author when it is held after its first check, or when it is approved and its
    revision was checked, or when one that was turned down comes back with other texts. A ping that an undo
    made pending again is already known, so it is no event.
    """
    if record["eventName"] == "INSERT":
        return None
    old, new = (record["dynamodb"].get(image, {}) for image in ("OldImage", "NewImage"))
    before, after = (image.get("status", {}).get("S") for image in (old, new))
    if after == Status.APPROVED and before != Status.APPROVED:
        return Event.APPROVED
    if before == Status.APPROVED and after != Status.APPROVED:
        return Event.REMOVED
    if after in status_values(Status.PENDING) and (before is None or _has_come_back(before, new)):
        return Event.PENDING
    is_listed = new.get("due", {}).get("S") == Due.REVISED != old.get("due", {}).get("S")
    was_looked_at = is_listed or ("unlooked" in old and "unlooked" not in new)
    return Event.PENDING if after == Status.APPROVED and was_looked_at and "revision" in new else None


def _has_come_back(before: str, new: Item) -> bool:
    """Tell whether a check has made a ping pending again that was turned down; an undo is by the author."""
    history = new.get("history", {}).get("L", [])
    return before in set(UNWANTED) and bool(history) and history[-1]["M"]["by"]["S"] == "check"
