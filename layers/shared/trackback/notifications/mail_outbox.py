"""Queues what to mail to the author, in one record of the table: received pings, and sent pings that failed.

A mail is claimed before it is sent: the waiting ids move to `sending` under the mail's id. Each ping is then
marked with that id, so that no other mail mentions it and the same mail can be retried.
"""

from collections.abc import Collection, Iterator
from datetime import datetime
from operator import attrgetter
from typing import Any

from trackback.model.ping import Ping, Status
from trackback.model.sent_ping import NEEDS_ATTENTION, SentPing
from trackback.model.settings import Notify
from trackback.notifications.outbox_state import Claim, OutboxState
from trackback.storage.dynamodb import Item
from trackback.storage.items import fields_in, to_ping
from trackback.storage.keys import MAIL, STATUS_SENT
from trackback.storage.sent_pings import to_sending
from trackback.storage.table import Table
from trackback.timestamps import stamp

_CLAIM = (
    "SET sending = waiting, unnamed = if_not_exists(more, :zero), mail = :now, claimed_at = :now, "
    "attempts = :one REMOVE waiting, more"
)
_IF_UNCLAIMED = (
    "attribute_exists(waiting) AND attribute_not_exists(sending) "
    "AND (attribute_not_exists(mail) OR mail = :mail)"
)
_IF_UNMARKED = (
    "#status = :status AND (attribute_not_exists(told) OR told = :told OR NOT begins_with(told, :what))"
)
_COUNTS = ("sent_at", "counted_from", "counted", "day", "mails")


class Outbox:
    """The record `mail#`, which `OutboxState` describes."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def add(self, pings: Collection[str]) -> None:
        """Queue pings; those that wait already are not counted again."""
        named, unnamed = self._state().new(pings)
        adds = ["waiting :named"] * bool(named) + ["more :unnamed"] * bool(unnamed)
        if adds:
            self._table.update_if(MAIL, "ADD " + ", ".join(adds), named=set(named), unnamed=unnamed)

    def claim(self, notify: Notify, now: datetime) -> Claim | None:
        """Claim and return the mail to send now, or None if there is none or another run has claimed it."""
        if notify is Notify.NONE:
            return None
        state = self._state()
        if state.may_go(notify, now):
            return self._claim(_CLAIM, _IF_UNCLAIMED, state, now)
        if state.may_go_again(now):
            again = "SET claimed_at = :now ADD attempts :one"
            return self._claim(again, "mail = :mail AND claimed_at = :claimed_at", state, now)
        return None

    def _claim(self, update: str, condition: str, seen: OutboxState, now: datetime) -> Claim | None:
        values = {"now": stamp(now), "mail": seen.mail, "claimed_at": seen.claimed_at, "zero": 0, "one": 1}
        claimed = self._table.update_and_get(MAIL, update, condition, **values)
        return _to_state(claimed).claim() if claimed else None

    def mark(self, claim: Claim) -> list[Ping]:
        """Mark the pings that a mail mentions and return them, most promising first, then oldest first.

        Pings that were decided in the meantime, or that another mail mentions, are left out.
        """
        waiting = self._waiting([ping for ping in claim.pings if "#" not in ping])
        told = [ping for ping, what in waiting if self._mark(ping.id, ping.status, what, claim)]
        return sorted(told, key=lambda ping: (ping.verdict.score if ping.verdict else 0, ping.received_at))

    def mark_failures(self, claim: Claim) -> list[SentPing]:
        """Mark the failed sent pings that a mail mentions and return them, oldest first."""
        found = map(to_sending, self._records([each for each in claim.pings if "#" in each]))
        failed = [each for each in found if each.stage in NEEDS_ATTENTION]
        told = [each for each in failed if self._mark(each.id, STATUS_SENT, str(each.version), claim)]
        return sorted(told, key=attrgetter("last_at"))

    def _waiting(self, pings: Collection[str]) -> Iterator[tuple[Ping, str]]:
        """Yield the pings that still wait for the author, with "ping" or the id of the revision."""
        for ping in map(to_ping, self._records(pings)):
            if ping.status is Status.PENDING:
                yield ping, "ping"
            elif ping.status is Status.APPROVED and ping.revision and not ping.needs_check:
                yield ping, ping.revision_hash

    def _mark(self, record: str, status: str, what: str, claim: Claim) -> bool:
        told = f"{what}@{claim.id}"
        return self._table.update_if(
            record, "SET told = :told", _IF_UNMARKED, told=told, what=f"{what}@", status=status
        )

    def _records(self, ids: Collection[str]) -> Iterator[Item]:
        return self._table.batch_get(ids, consistent=True)

    def sent(self, claim: Claim, told: int, now: datetime) -> None:
        """Record that a mail about `told` pings went out; the next one may then be claimed."""
        after = self._state().after(told, now)
        sets = ", ".join(f"#{name} = :{name}" for name in _COUNTS)
        self._end(claim, f"SET {sets}", **{name: getattr(after, name) for name in _COUNTS})

    def needless(self, claim: Claim) -> None:
        """Discard a claimed mail that turned out empty."""
        self._end(claim)

    def refused(self, claim: Claim) -> None:
        """Release a mail that did not go out, for an immediate retry."""
        self._table.update_if(MAIL, "SET claimed_at = :never", "mail = :mail", never="", mail=claim.id)

    def _end(self, claim: Claim, sets: str = "", **values: Any) -> None:
        ends = f"{sets} REMOVE sending, unnamed, claimed_at, attempts"
        self._table.update_if(MAIL, ends, "mail = :mail", mail=claim.id, **values)

    def _state(self) -> OutboxState:
        return _to_state(self._table.get(MAIL))


def _to_state(record: Item) -> OutboxState:
    return OutboxState(**fields_in(record, OutboxState))
