"""Stored form of pings and posts in the table.

A ping has no `status` until it is judged or decided, which keeps it out of every index: in a flood, each ping
costs one write unit. `shown_on`, the key of the index that readers query, is only on approved pings. A post's
record, `post#<key>`, is in the same index, above its newest ping, so that one query returns both.

Some attributes have kept the names that their fields had in the first version: `_ATTRIBUTES`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer

from trackback.model.listing import Cursor, Page, Summary
from trackback.model.ping import Due, HistoryEntry, Ping, Status
from trackback.model.texts import Texts
from trackback.model.verdict import Gone, LinkStatus, Reason, ReasonCode, Verdict
from trackback.storage.keys import POST
from trackback.timestamps import to_second

Item = Mapping[str, Any]

_ATTRIBUTES = {
    "has_markup": "marked_up",
    "client_hash": "sender",
    "check_count": "looks",
    "link_missing": "gone",
    "needs_check": "unlooked",
    "previous_texts": "replaced",
    "dismissed_revision": "dropped",
    "notified": "told",
}
_TEXTS = tuple(Texts.__dataclass_fields__)
_SAME = tuple(name for name in Ping.__dataclass_fields__ if name not in _ATTRIBUTES and name != "texts")

_ABOUT_LINK = {  # stored without a code by the first version
    "The source links to the post.",
    "The source does not link to the post.",
    "The source could not be fetched.",
}

_to_dynamodb = TypeSerializer().serialize
_from_dynamodb = TypeDeserializer().deserialize


def post_id(key: str) -> str:
    """Return the id of a post's record; its prefix differs from every ping's id."""
    return POST + key


def is_post(item_id: str) -> bool:
    """Tell whether an id is that of a post's record."""
    return item_id.startswith(POST)


def attribute(field: str) -> str:
    """Return the name of the attribute that holds a field of a ping."""
    return _ATTRIBUTES.get(field, field)


def to_attributes(ping: Ping) -> dict[str, Any]:
    """Return a ping's attributes as plain values, without empty ones, which would cost write units."""
    plain: dict[str, Any] = {attribute(name): getattr(ping, name) for name in Ping.__dataclass_fields__}
    plain |= asdict(plain.pop("texts"))
    plain |= {
        "status": None if ping.status is Status.RECEIVED else ping.status,
        "shown_on": ping.post_key if ping.status is Status.APPROVED else None,
        "looks": ping.check_count if ping.check_count > 1 else None,
        "history": [_without_empty(asdict(entry) | {"what": str(entry.what)}) for entry in ping.history],
        "verdict": _verdict_map(ping.verdict) if ping.verdict else None,
    }
    for name in ("gone", "revision", "replaced"):
        plain[name] = asdict(plain[name]) if plain[name] else None
    return _without_empty(plain)


def _without_empty(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value}


def _verdict_map(verdict: Verdict) -> dict[str, Any]:
    return verdict.as_map() | {"codes": [str(reason.code) for reason in verdict.reasons]}


def new_item(ping: Ping) -> Item:
    """Return a ping in its stored form."""
    return {name: to_typed(value) for name, value in to_attributes(ping).items()}


def to_ping(item: Item) -> Ping:
    """Return the ping that an item holds, whichever version stored it."""
    plain = to_plain(item)
    known = {name: plain[name] for name in _SAME if name in plain}
    known |= {name: plain[stored] for name, stored in _ATTRIBUTES.items() if stored in plain}
    known["texts"] = _texts(plain)
    known["status"] = Status(plain.get("status", Status.RECEIVED))
    known["history"] = tuple(map(_history_entry, plain.get("history", ())))
    known["verdict"] = _verdict(plain["verdict"]) if "verdict" in plain else None
    known["check_count"] = int(plain.get("looks", 1 if "verdict" in plain else 0))
    known["expires_at"] = int(plain.get("expires_at", 0))
    known["due"] = Due(plain["due"]) if "due" in plain else None
    for name in ("revision", "previous_texts"):
        known[name] = _texts(known[name]) if name in known else None
    if gone := known.get("link_missing"):
        known["link_missing"] = Gone(gone["since"], int(gone["times"]))
    return Ping(**known)


def _texts(plain: Mapping[str, Any]) -> Texts:
    return Texts(**{name: plain.get(name, "") for name in _TEXTS})


def _history_entry(entry: Mapping[str, str]) -> HistoryEntry:
    return HistoryEntry(entry["at"], Status(entry["what"]), entry["by"], entry.get("why", ""))


def _verdict(plain: Mapping[str, Any]) -> Verdict:
    known = {name: plain[name] for name in Verdict.__dataclass_fields__ if name in plain}
    known |= {name: int(known[name]) for name in ("http_status", "links", "score") if name in known}
    texts = plain.get("reasons", ())
    codes = plain.get("codes") or [_code_of(text) for text in texts]
    reasons = tuple(Reason(_code(code), text) for code, text in zip(codes, texts, strict=False))
    return Verdict(**known | {"link": LinkStatus(plain["link"]), "reasons": reasons})


def _code(code: str) -> ReasonCode:
    """Return a stored code; one of a later version is unknown."""
    return ReasonCode(code) if code in set(ReasonCode) else ReasonCode.UNKNOWN


def _code_of(text: str) -> ReasonCode:
    return ReasonCode.LINK if text in _ABOUT_LINK else ReasonCode.UNKNOWN


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
