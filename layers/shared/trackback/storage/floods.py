"""What environments have seen of floods: one record, which each reads once a run and seldom writes.

An ordinary ping costs no write: an environment writes only when what it has seen several times has doubled.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from trackback.storage.keys import FLOODS
from trackback.storage.table import Table

Stored = Mapping[str, Mapping[str, Any]]


class FloodStore:
    """The floods' record in the table."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._told: dict[str, int] = {}

    def exchange(self, seen: Mapping[str, int], merge: Callable[[Stored], Stored]) -> Stored:
        """Return what all have seen; if this environment has seen much more of it, store that first.

        `seen` is how often it has seen what; `merge` adds that to the record. If another environment writes
        at the same time, the next run tries again.
        """
        record = self._read()
        stored: Stored = record.get("seen", {})
        levels = {key: count.bit_length() for key, count in seen.items()}
        if all(level <= self._told.get(key, 0) for key, level in levels.items()):
            return stored
        together = merge(stored)
        step = record.get("step", 0)
        if self._table.update_if(
            FLOODS,
            "SET #seen = :seen, #step = :step",
            "attribute_not_exists(#step) OR #step = :before",
            seen=together,
            step=step + 1,
            before=step,
        ):
            self._told = levels
        return together

    def _read(self) -> dict[str, Any]:
        return dict(next(self._table.batch_get([FLOODS]), {}))


def as_stored(at: datetime, marks: frozenset[str]) -> dict[str, Any]:
    """Return what was seen of one text, site or sender as the record holds it."""
    return {"at": at.isoformat(), "marks": "".join(sorted(marks))}


def as_seen(stored: Mapping[str, Any], width: int) -> tuple[datetime, frozenset[str]]:
    """Return what the record holds of one text, site or sender."""
    text = stored["marks"]
    return datetime.fromisoformat(stored["at"]), frozenset(
        text[start : start + width] for start in range(0, len(text), width)
    )
