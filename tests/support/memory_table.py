"""The table in memory, for thousands of sequences: it knows the expressions that pings, turns and rules need.

One test runs the same sequences on the stand-in's engine. What this table does not know fails.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any

from trackback.errors import StatusChanged
from trackback.storage.dynamodb import TOO_LATE, Item, to_item, to_plain
from trackback.storage.keys import Index
from trackback.storage.table import IS_NEW, Table, Update

Record = dict[str, Any]
_CLAUSES = re.compile(r"\b(SET|REMOVE|ADD) ")
_CONDITION = re.compile(r"(attribute_exists|attribute_not_exists)\(#?(\w+)\)|#?(\w+) = :(\w+)")


class MemoryTable(Table):
    """Records by their ids.

    `before_write` runs once, before the next update: what happens between a decision's reading and writing.
    """

    def __init__(self) -> None:
        self.name = "memory"
        self.records: dict[str, Record] = {}
        self.before_write: Callable[[], object] | None = None

    def get(self, record: str) -> dict[str, Any]:
        return dict(self.records.get(record, {}))

    def batch_get(
        self, ids: Iterable[str], *, consistent: bool = False, only: str = "", retry: bool = True
    ) -> Iterator[Item]:
        del consistent, only, retry  # a part of a record is read as the whole
        return (self.get(each) for each in list(dict.fromkeys(ids)) if each in self.records)

    def query(
        self,
        index: Index,
        value: str,
        *,
        until: str = "",
        newest_first: bool = False,
        after: tuple[str, str] | None = None,
        limit: int | None = None,
    ) -> Iterator[list[Item]]:
        found = [
            (one[index.sort], one["id"], one)
            for one in self.records.values()
            if one.get(index.key) == value and index.sort in one and one[index.sort] <= (until or "~")
        ]
        found.sort(key=lambda each: each[:2], reverse=newest_first)
        if after:
            found = [each for each in found if (each[:2] < after if newest_first else each[:2] > after)]
        yield [dict(one) for _, _, one in found[:limit]]

    def put_new(self, item: Item) -> Item | None:
        known = self.records.get(item["id"])
        if known:
            return dict(known)
        self.records[item["id"]] = _stored(item)
        return None

    def delete_if(self, record: str, condition: str, **values: Any) -> Item | None:
        holds = self._holds(Update(record, "", condition, values))
        return self.records.pop(record, {}) if holds else None

    def count(self, index: Index, value: str, *, limit: int, until: str = "") -> int:
        return len(next(self.query(index, value, until=until, limit=limit)))

    def update_all(self, updates: Sequence[Update]) -> None:
        if between := self.before_write:
            self.before_write = None
            between()
        if not all(self._holds(one) for one in updates):
            raise StatusChanged(TOO_LATE)
        for one in updates:
            self._apply(one)

    def _update(self, update: Update, returned: str = "NONE") -> dict[str, Any] | None:
        del returned
        with suppress(StatusChanged):
            self.update_all([update])
            return self.get(update.id)
        return None

    def _holds(self, update: Update) -> bool:
        known = self.records.get(update.id, {})
        return not update.condition or any(
            all(_is_met(one, known, update.values) for one in each.split(" AND "))
            for each in update.condition.split(" OR ")
        )

    def _apply(self, update: Update) -> None:
        record = self.records.setdefault(update.id, {"id": update.id})
        _, *parts = _CLAUSES.split(update.expression)
        for clause, names in zip(parts[::2], parts[1::2], strict=True):
            for each in names.strip().split(", "):
                _change(record, clause, each, update.values)


def _is_met(condition: str, known: Record, values: Mapping[str, Any]) -> bool:
    match = _CONDITION.fullmatch(condition)
    assert match, f"a condition that this table does not know: {condition}"
    function, tested, name, value = match.groups()
    if function:
        return (tested in known) is (function == "attribute_exists")
    return name in known and known[name] == _stored({"value": values[value]})["value"]


def _change(record: Record, clause: str, text: str, values: Mapping[str, Any]) -> None:
    name, _, value = text.replace("#", "").replace(" = ", " ").partition(" ")
    if clause == "REMOVE":
        record.pop(name, None)
    elif clause == "ADD":
        record[name] = record.get(name, 0) + values[value.removeprefix(":")]
    else:
        record[name] = _stored({"value": values[value.removeprefix(":")]})["value"]


def _stored(item: Item) -> Record:
    return to_plain(to_item(item))


assert IS_NEW == "attribute_not_exists(id)"
