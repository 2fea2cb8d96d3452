"""Write units by DynamoDB's rules, from the sizes of records before and after: stand-ins count otherwise.

An item's units are those of its larger size, by the kilobyte; twice in a transaction. An index's entry that
moves to another key is deleted and put.
"""

from collections.abc import Callable, Mapping
from math import ceil
from typing import Any

from tests.support import template
from trackback.storage.table import Table

Item = Mapping[str, Any]

KB = 1_024
_KEYS_ONLY = {"id"}


def size(item: Item) -> int:
    """Return the bytes of an item in DynamoDB's form: names and values, and three for a list or a map."""
    return sum(len(name.encode()) + _size(value) for name, value in item.items())


def _size(value: Mapping[str, Any]) -> int:
    ((kind, content),) = value.items()
    match kind:
        case "S":
            return len(content.encode())
        case "N":
            return ceil(len(content) / 2) + 1
        case "SS":
            return sum(len(each.encode()) for each in content)
        case "L":
            return 3 + sum(1 + _size(each) for each in content)
        case "M":
            return 3 + sum(1 + len(name.encode()) + _size(each) for name, each in content.items())
    return 1


class Writes:
    """Counts the write units of what is done to a table; each record may change once in an action."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._indexes = next(template.load().tables())["GlobalSecondaryIndexes"]
        self._transactions = 0
        event = "before-call.dynamodb.TransactWriteItems"
        table.client.meta.events.register(event, self._count_transaction)

    def _count_transaction(self, **_: object) -> None:
        self._transactions += 1

    def of(self, action: Callable[[], object]) -> int:
        """Return the units of an action."""
        before, transactions = self._stored(), self._transactions
        action()
        after = self._stored()
        twice = 1 + (self._transactions > transactions)
        changed = [one for one in before.keys() | after.keys() if before.get(one) != after.get(one)]
        return sum(self._units(before.get(one, {}), after.get(one, {}), twice) for one in changed)

    def _stored(self) -> dict[str, Item]:
        pages = self._table.client.get_paginator("scan").paginate(TableName=self._table.name)
        return {item["id"]["S"]: item for page in pages for item in page["Items"]}

    def _units(self, before: Item, after: Item, twice: int) -> int:
        indexes = sum(_index_units(index, before, after) for index in self._indexes)
        return twice * _kilobytes(before, after) + indexes


def _index_units(index: Mapping[str, Any], before: Item, after: Item) -> int:
    keys = [one["AttributeName"] for one in index["KeySchema"]]
    old, new = (_entry(index, keys, item) for item in (before, after))
    if old == new:
        return 0
    if old and new and all(old[key] == new[key] for key in keys):
        return _kilobytes(old, new)
    return sum(_kilobytes(entry) for entry in (old, new) if entry)


def _entry(index: Mapping[str, Any], keys: list[str], item: Item) -> Item:
    if not all(key in item for key in keys):
        return {}
    kept = {*keys, *_KEYS_ONLY, *index["Projection"].get("NonKeyAttributes", [])}
    return {name: value for name, value in item.items() if name in kept}


def _kilobytes(*items: Item) -> int:
    return ceil(max(map(size, items)) / KB)
