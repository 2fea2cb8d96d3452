"""Stored form of pings, posts and other records in the table.

A ping has no `status` until it is judged or decided, which keeps it out of every index: in a flood, each ping
costs one write unit. The status of a pending ping that comes first is stored as "linked", so that the queue
finds these pings in a partition of their own, at no further write unit. `shown_on`, the key of the index that
readers query, is only on approved pings. A post's record, `post#<key>`, is in the same index, above its
newest ping, so that one query returns both.

Some attributes have kept the names that their fields had in the first version: `_ATTRIBUTES`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from trackback.model.listing import Cursor, Page, Summary
from trackback.model.ping import Due, HistoryEntry, Ping, Status
from trackback.model.protocol import Protocol
from trackback.model.texts import Texts
from trackback.model.verdict import Gone, LinkStatus, Reason, ReasonCode, Verdict
from trackback.storage.dynamodb import Item
from trackback.storage.keys import POST, STATUS_LINKED
from trackback.timestamps import to_second

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

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
_IN_INDEX = {"at": "received_at", "first_at": "received_at", "next_at": "check_at"}
"""Fields of other records that are stored under the names of the indexes' attributes."""

_TEXTS = tuple(Texts.__dataclass_fields__)
_SAME = tuple(
    name for name in Ping.__dataclass_fields__ if name not in {*_ATTRIBUTES, "texts", "comes_first"}
)

_ABOUT_LINK = {  # stored without a code by the first version
    "The source links to the post.",
    "The source does not link to the post.",
    "The source could not be fetched.",
}


def post_id(key: str) -> str:
    """Return the id of a post's record; its prefix differs from every ping's id."""
    return POST + key


def is_post(item_id: str) -> bool:
    """Tell whether an id is that of a post's record."""
    return item_id.startswith(POST)


def attribute(field: str) -> str:
    """Return the name of the attribute that holds a field of a ping."""
    return _ATTRIBUTES.get(field, field)


def status_value(ping: Ping) -> str:
    """Return the stored form of a ping's status, which is its partition of the index by_status."""
    if ping.comes_first:
        return STATUS_LINKED
    return "" if ping.status is Status.RECEIVED else str(ping.status)


def status_values(status: Status) -> list[str]:
    """Return the stored forms of a status, those that come first before the others."""
    return [STATUS_LINKED, str(status)] if status is Status.PENDING else [str(status)]


def to_attributes(ping: Ping) -> dict[str, Any]:
    """Return a ping's attributes as plain values, without empty ones, which would cost write units."""
    plain: dict[str, Any] = {attribute(name): getattr(ping, name) for name in Ping.__dataclass_fields__}
    plain |= asdict(plain.pop("texts"))
    del plain["comes_first"]
    plain |= {
        "protocol": None if ping.protocol is Protocol.TRACKBACK else ping.protocol,
        "status": status_value(ping) or None,
        "shown_on": ping.post_key if ping.status is Status.APPROVED else None,
        "looks": ping.check_count if ping.check_count > 1 else None,
        "history": [_without_empty(entry._asdict() | {"what": str(entry.what)}) for entry in ping.history],
        "verdict": _verdict_map(ping.verdict) if ping.verdict else None,
    }
    plain["gone"] = ping.link_missing._asdict() if ping.link_missing else None
    for name in ("revision", "replaced", "refused"):
        plain[name] = asdict(plain[name]) if plain[name] else None
    return _without_empty(plain)


def _without_empty(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value}


def _verdict_map(verdict: Verdict) -> dict[str, Any]:
    return verdict.as_map() | {"codes": [str(reason.code) for reason in verdict.reasons]}


def to_ping(item: Item) -> Ping:
    """Return the ping that an item holds, whichever version stored it."""
    known = {name: item[name] for name in _SAME if name in item}
    known |= {name: item[stored] for name, stored in _ATTRIBUTES.items() if stored in item}
    known["texts"] = _texts(item)
    known["protocol"] = Protocol(item.get("protocol", Protocol.TRACKBACK))
    known["comes_first"] = item.get("status") == STATUS_LINKED
    known["status"] = Status.PENDING if known["comes_first"] else Status(item.get("status", Status.RECEIVED))
    known["history"] = tuple(map(_history_entry, item.get("history", ())))
    known["verdict"] = _verdict(item["verdict"]) if "verdict" in item else None
    known["check_count"] = item.get("looks", 1 if "verdict" in item else 0)
    known["due"] = Due(item["due"]) if "due" in item else None
    for name in ("revision", "previous_texts", "refused"):
        known[name] = _texts(known[name]) if name in known else None
    for name in ("turned_down", "heard"):
        known[name] = tuple(known.get(name, ()))
    if gone := known.get("link_missing"):
        known["link_missing"] = Gone(gone["since"], gone["times"])
    return Ping(**known)


def _texts(plain: Mapping[str, Any]) -> Texts:
    return Texts(**{name: plain.get(name, "") for name in _TEXTS})


def _history_entry(entry: Mapping[str, str]) -> HistoryEntry:
    return HistoryEntry(entry["at"], Status(entry["what"]), entry["by"], entry.get("why", ""))


def _verdict(plain: Mapping[str, Any]) -> Verdict:
    known = {name: plain[name] for name in Verdict.__dataclass_fields__ if name in plain}
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
    return item["id"].removeprefix(POST), item.get("approved", 0)


def to_page(found: Sequence[Item], limit: int, after: Cursor | None) -> Page:
    """Return the page from a query of the readers' index; more pings than `limit` mean a next page."""
    items = list(found)
    count = after.count if after else 0
    if items and is_post(items[0]["id"]):
        count = items.pop(0)["approved"]
    more = len(items) > limit
    items = items[:limit]
    last = Cursor(items[-1]["received_at"], items[-1]["id"], count) if more else None
    return Page([_summary(item) for item in items], count, last)


def _summary(item: Item) -> Summary:
    return Summary(
        id=item["id"],
        url=item["url"],
        title=item["title"],
        excerpt=item.get("excerpt", ""),
        blog_name=item["blog_name"],
        received_at=to_second(item["received_at"]),
        verified=item.get("verified", False),
    )


def to_record(stored: "DataclassInstance", **more: Any) -> dict[str, Any]:
    """Return the stored form of a delivery, a sent ping or a job, without empty values; `more` adds to it."""
    every = {_IN_INDEX.get(name, name): getattr(stored, name) for name in stored.__dataclass_fields__} | more
    return {name: value for name, value in every.items() if value or name == "attempts"}


def fields_in(record: Item, kind: "type[DataclassInstance]") -> dict[str, Any]:
    """Return the fields of a dataclass that `to_record` has put into a record."""
    stored = {name: _IN_INDEX.get(name, name) for name in kind.__dataclass_fields__}
    return {name: record[attribute] for name, attribute in stored.items() if attribute in record}
