"""How pings and posts are written in the table, and read from it.

A ping has no `status` before it has been judged or decided, which keeps it out of every index: a flood costs
one write unit a ping. `shown_on`, the key of the index that readers query, is on approved pings only. A
post's record, `post#<key>`, stands in the same index, above its newest ping, so that one query brings both.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from boto3.dynamodb.types import TypeDeserializer

from trackback.listing import Cursor, Page, Summary
from trackback.ping import Ping, Status

KEEP_UNWANTED = timedelta(days=30)
"""How long rejected and spam pings are kept after the decision."""

Item = Mapping[str, Any]

_POST = "post#"
_ABOVE_ALL_PINGS = "~"  # sorts after every time
_SAID = ("id", "post", "url", "title", "excerpt", "blog_name", "received_at", "charset")

_from_dynamodb = TypeDeserializer().deserialize


def post_id(key: str) -> str:
    """Return the id of a post's record; no ping's id begins like it."""
    return _POST + key


def is_post(item_id: str) -> bool:
    """Tell whether an id is that of a post's record."""
    return item_id.startswith(_POST)


def new_item(ping: Ping) -> Item:
    """Return a received ping as it is first stored: what its sender said, and nothing else."""
    return {name: {"S": value} for name in _SAID if (value := getattr(ping, name))}


def to_ping(item: Item) -> Ping:
    """Return the ping that an item holds."""
    plain = {name: _from_dynamodb(item[name]) for name in Ping.__dataclass_fields__ if name in item}
    return Ping(**{"excerpt": "", **plain, "status": Status(plain.get("status", Status.RECEIVED))})


def to_page(found: Sequence[Item], limit: int, after: Cursor | None) -> Page:
    """Return the page that a query of the readers' index found; a ping over `limit` means a next one."""
    items = [{name: next(iter(typed.values())) for name, typed in item.items()} for item in found]
    count = after.count if after else 0
    if items and is_post(items[0]["id"]):
        count = int(items.pop(0)["approved"])
    more = len(items) > limit
    items = items[:limit]
    last = Cursor(items[-1]["received_at"], items[-1]["id"], count) if more else None
    return Page([_summary(item) for item in items], count, last)


def _summary(item: Mapping[str, Any]) -> Summary:
    return Summary(
        id=item["id"],
        url=item["url"],
        title=item["title"],
        excerpt=item.get("excerpt", ""),
        blog_name=item["blog_name"],
        received_at=item["received_at"][:19] + "Z",
        verified=item.get("verified", False),
    )


def decision(before: Ping, status: Status, now: datetime) -> dict[str, Any]:
    """Return the update that gives a ping a status, on condition that it still has the one it had."""
    values: dict[str, Any] = {":new": {"S": str(status)}}
    sets, removes = ["#status = :new"], []
    if status is Status.APPROVED:
        sets.append("shown_on = :key")
        values[":key"] = {"S": before.post_key}
    elif before.status is Status.APPROVED:
        removes.append("shown_on")
    if status in {Status.REJECTED, Status.SPAM}:
        sets.append("expires_at = :expires")
        values[":expires"] = {"N": str(int((now.astimezone(UTC) + KEEP_UNWANTED).timestamp()))}
    else:
        removes.append("expires_at")
    if before.status is Status.RECEIVED:
        condition = "attribute_exists(id) AND attribute_not_exists(#status)"
    else:
        condition, values[":old"] = "#status = :old", {"S": str(before.status)}
    return {
        "Key": {"id": {"S": before.id}},
        "UpdateExpression": f"SET {', '.join(sets)}" + (f" REMOVE {', '.join(removes)}" if removes else ""),
        "ConditionExpression": condition,
        "ExpressionAttributeNames": {"#status": "status"},
        "ExpressionAttributeValues": values,
    }


def count_change(key: str, step: int) -> dict[str, Any]:
    """Return the update that adds `step` to a post's count of approved pings."""
    return {
        "Key": {"id": {"S": post_id(key)}},
        "UpdateExpression": "SET shown_on = :key, received_at = :top ADD approved :step",
        "ExpressionAttributeValues": {
            ":key": {"S": key},
            ":top": {"S": _ABOVE_ALL_PINGS},
            ":step": {"N": str(step)},
        },
    }
