"""Stored form of pings and posts in the table.

A ping has no `status` until it is judged or decided, which keeps it out of every index: in a flood, each ping
costs one write unit. `shown_on`, the key of the index that readers query, is only on approved pings. A post's
record, `post#<key>`, is in the same index, above its newest ping, so that one query returns both.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer

from trackback.model.listing import Cursor, Page, Summary
from trackback.model.ping import Ping, Status
from trackback.storage.keys import POST
from trackback.timestamps import to_second

Item = Mapping[str, Any]

_SAID = ("id", "post", "url", "title", "excerpt", "blog_name", "received_at", "charset", "sender")

_to_dynamodb = TypeSerializer().serialize
_from_dynamodb = TypeDeserializer().deserialize


def post_id(key: str) -> str:
    """Return the id of a post's record; its prefix differs from every ping's id."""
    return POST + key


def is_post(item_id: str) -> bool:
    """Tell whether an id is that of a post's record."""
    return item_id.startswith(POST)


def new_item(ping: Ping) -> Item:
    """Return a received ping in its first stored form: only what its sender sent."""
    said: dict[str, Any] = {name: {"S": value} for name in _SAID if (value := getattr(ping, name))}
    return said | ({"marked_up": {"BOOL": True}} if ping.marked_up else {})


def to_ping(item: Item) -> Ping:
    """Return the ping that an item holds."""
    plain = {name: _from_dynamodb(item[name]) for name in Ping.__dataclass_fields__ if name in item}
    plain |= {"looks": int(plain.get("looks", 1 if "verdict" in plain else 0))}
    return Ping(**{"excerpt": "", **plain, "status": Status(plain.get("status", Status.RECEIVED))})


def to_count(item: Item) -> tuple[str, int]:
    """Return a post's key and its count of approved pings, from the post's record."""
    return item["id"]["S"].removeprefix(POST), int(item.get("approved", {"N": "0"})["N"])


def to_plain(item: Item) -> dict[str, Any]:
    """Return an item's attributes as plain Python values."""
    return {name: _from_dynamodb(value) for name, value in item.items()}


def to_typed(value: Any) -> Any:
    """Return a value in DynamoDB's typed form; boto3's serialiser does not accept a StrEnum."""
    return _to_dynamodb(str(value) if isinstance(value, str) else value)


def to_page(found: Sequence[Item], limit: int, after: Cursor | None) -> Page:
    """Return the page from a query of the readers' index; more pings than `limit` mean a next page."""
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
        received_at=to_second(item["received_at"]),
        verified=item.get("verified", False),
    )
