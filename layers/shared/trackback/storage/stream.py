"""Records of the table's stream: what happened to which ping, and who has to know."""

from trackback.model.ping import Status
from trackback.model.settings import Event
from trackback.storage.items import Item


def ping_of(record: Item) -> str:
    """Return the id of the ping, or of the other record, that was changed."""
    return str(record["dynamodb"]["Keys"]["id"]["S"])


def needs_check(record: Item) -> bool:
    """Tell whether a ping's source must be looked at: it is new, or was sent again with other texts."""
    new = record["dynamodb"].get("NewImage", {})
    return "url" in new if record["eventName"] == "INSERT" else bool(new.get("unlooked", {}).get("BOOL"))


def event_of(record: Item) -> Event | None:
    """Return the event that the author or a webhook hears of, or None.

    A ping waits for the author when it is held after its first look, or when it is approved and a revision of
    it was looked at. One that an undo has put back is known already.
    """
    if record["eventName"] == "INSERT":
        return None
    old, new = (record["dynamodb"].get(image, {}) for image in ("OldImage", "NewImage"))
    before, after = (image.get("status", {}).get("S") for image in (old, new))
    if after == Status.APPROVED and before != Status.APPROVED:
        return Event.APPROVED
    if before == Status.APPROVED and after != Status.APPROVED:
        return Event.REMOVED
    if after == Status.PENDING and before is None:
        return Event.PENDING
    was_looked_at = "unlooked" in old and "unlooked" not in new
    return Event.PENDING if after == Status.APPROVED and was_looked_at and "revision" in new else None
