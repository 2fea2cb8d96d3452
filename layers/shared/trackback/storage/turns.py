"""Turns of servers: one record for each server that was asked lately, shared by all environments."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from trackback.errors import TableBusy
from trackback.model.turns import LONGEST_WAIT, Visit, mark_slow, take_turn
from trackback.storage.dynamodb import BUSY, raising_table_busy, tries
from trackback.storage.keys import TURNS
from trackback.storage.table import IS_NEW, Table

Times = Mapping[str, int]

_KEEP = timedelta(milliseconds=2 * LONGEST_WAIT)


class TurnStore:
    """The servers' records in the table."""

    def __init__(self, table: Table) -> None:
        self._table = table

    @raising_table_busy()
    def take(self, server: str, visit: Visit, now: datetime) -> datetime | None:
        """Give a visit to a server its turn, now or later. Returns None if it would have to wait too long.

        Raises:
            TableBusy: a ceiling of the table is reached, or too many ask for this server at once.
        """

        def change(times: Times) -> tuple[int | None, Times]:
            return take_turn(times, visit, _milliseconds(now))

        at = self._change(server, change, now)
        return None if at is None else now + timedelta(milliseconds=at - _milliseconds(now))

    @raising_table_busy()
    def mark_slow(self, server: str, site: str, now: datetime) -> None:
        """Note that a site has kept us waiting.

        Raises:
            TableBusy: as for `take`.
        """
        self._change(server, lambda times: (None, mark_slow(times, site, _milliseconds(now))), now)

    def _change(
        self, server: str, change: Callable[[Times], tuple[int | None, Times]], now: datetime
    ) -> int | None:
        for _ in tries():
            stored = self._table.get(TURNS + server)
            result, times = change(stored.get("times", {}))
            if self._store(server, stored, times, now):
                return result
        raise TableBusy(BUSY)

    def _store(self, server: str, stored: Mapping[str, Any], times: Times, now: datetime) -> bool:
        return self._table.update_if(
            TURNS + server,
            "SET #times = :times, #step = :step, #expires_at = :expires",
            "#step = :was" if stored else IS_NEW,
            times=times,
            step=stored.get("step", 0) + 1,
            was=stored.get("step", 0),
            expires=int((now + _KEEP).timestamp()),
        )


def _milliseconds(now: datetime) -> int:
    return int(now.timestamp() * 1_000)
