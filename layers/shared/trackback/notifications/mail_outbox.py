"""Queues what to mail to the author, in one record of the table: received pings, and sent pings that failed.

A mail is claimed before it is sent: the waiting ids move to `sending` under the mail's id. Each ping is then
marked with that id, so that no other mail mentions it and the same mail can be retried. An attempt that fails
gives its claim back, and the next run tries again; the claim of a run that died ends by time.

A mail can be sent twice only if nothing tells whether SES took it: the run died, or its connection broke,
between the call of SES and the record in the delivery log.
"""

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from operator import attrgetter
from typing import Any

from trackback.model.ping import Ping, Status
from trackback.model.sent_ping import NEEDS_ATTENTION, SentPing
from trackback.model.settings import Notify
from trackback.notifications.outbox_state import Claim, OutboxState, is_promising
from trackback.storage.dynamodb import Item
from trackback.storage.items import fields_in, status_value, to_ping
from trackback.storage.keys import MAIL, STATUS_SENT
from trackback.storage.sent_pings import to_sending
from trackback.storage.table import Table
from trackback.timestamps import stamp

_CLAIM = "SET claimed_at = :now, tried_at = :tried_at"
_NEXT = ", sending = :sending, unnamed = :unnamed, mail = :now, attempts = :one"
_IF_UNCLAIMED = "attribute_not_exists(sending) AND (attribute_not_exists(mail) OR mail = :mail)"
_IF_CLAIMED_THEN = "mail = :mail AND claimed_at = :claimed_at"
_IF_UNMARKED = (
    "#status = :status AND (attribute_not_exists(told) OR told = :told OR NOT begins_with(told, :what))"
)


class Outbox:
    """The record `mail#`, which `OutboxState` describes."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def add(self, pings: Collection[str] = (), promising: Collection[str] = ()) -> None:
        """Queue ids; those that wait already are not counted again. Promising ones have room of their own."""
        new = self._state().new(pings, promising)
        adds = ["promising :promising"] * bool(new.promising) + ["waiting :waiting"] * bool(new.waiting)
        adds += ["more :more"] * bool(new.more)
        if adds:
            values: dict[str, Any] = {"promising": new.promising, "waiting": new.waiting, "more": new.more}
            self._table.update_if(MAIL, "ADD " + ", ".join(adds), **values)

    def claim(self, notify: Notify, now: datetime) -> Claim | None:
        """Claim and return the mail to send now, or None if there is none or another run has claimed it.

        A mail that failed comes before the next one. The attempt counts as a mail of the day.
        """
        if notify is Notify.NONE:
            return None
        state = self._state()
        if state.may_go_again(now):
            again = " REMOVE #day, mails ADD attempts :one"
            return self._claim(again, _IF_CLAIMED_THEN, state, now)
        return self._claim_next(state, now) if state.may_go(notify, now) else None

    def _claim_next(self, state: OutboxState, now: datetime) -> Claim | None:
        """Move what was seen to wait into a mail; what comes at this moment waits for the next one."""
        sending, unnamed = state.next_mail()
        waits = {name: ids for name in ("promising", "waiting") if (ids := getattr(state, name))}
        moves = " REMOVE #day, mails ADD more :moved DELETE " + ", ".join(f"{each} :{each}" for each in waits)
        values = waits | {"sending": sending, "unnamed": unnamed, "moved": -state.more}
        return self._claim(_NEXT + moves, _IF_UNCLAIMED, state, now, **values)

    def _claim(
        self, update: str, condition: str, seen: OutboxState, now: datetime, **values: Any
    ) -> Claim | None:
        values |= {"now": stamp(now), "mail": seen.mail, "claimed_at": seen.claimed_at, "one": 1}
        tried_at = [*seen.tried_within_day(now), int(now.timestamp())]
        claimed = self._table.update_and_get(MAIL, _CLAIM + update, condition, tried_at=tried_at, **values)
        return _to_state(claimed).claim() if claimed else None

    def mark(self, claim: Claim) -> list[Ping]:
        """Mark the pings that a mail mentions and return them, most promising first, then oldest first.

        Pings that the author decided about in the meantime, or that another mail mentions, are left out.
        """
        waiting = self._waiting([ping for ping in claim.pings if "#" not in ping], claim)
        told = [ping for ping, what in waiting if self._mark(ping.id, status_value(ping), what, claim)]
        return sorted(told, key=_promise)

    def mark_failures(self, claim: Claim) -> list[SentPing]:
        """Mark the failed sent pings that a mail mentions and return them, oldest first."""
        found = map(to_sending, self._records([each for each in claim.pings if "#" in each]))
        failed = [each for each in found if each.stage in NEEDS_ATTENTION]
        told = [each for each in failed if self._mark(each.id, STATUS_SENT, str(each.version), claim)]
        return sorted(told, key=attrgetter("last_at"))

    def _waiting(self, pings: Collection[str], claim: Claim) -> Iterator[tuple[Ping, str]]:
        """Yield the pings that wait for the author or that a rule approved, with what of them is news."""
        for ping in map(to_ping, self._records(pings)):
            revised = ping.status is Status.APPROVED and ping.revision and not ping.needs_check
            is_news = revised or ping.status is Status.PENDING or ping.is_approved_by_rule
            if is_news and not _was_told_by_short_name(ping, claim):
                yield ping, _what(ping)

    def _mark(self, record: str, status: str, what: str, claim: Claim) -> bool:
        told = f"{what}@{claim.id}"
        return self._table.update_if(
            record, "SET told = :told", _IF_UNMARKED, told=told, what=f"{what}@", status=status
        )

    def _records(self, ids: Collection[str]) -> Iterator[Item]:
        return self._table.batch_get(ids, consistent=True)

    def unmark(self, claim: Claim, pings: Iterable[Ping]) -> None:
        """Remove a mail's mark from pings that it does not show, so that the next mail can mention them."""
        for ping in pings:
            told = f"{_what(ping)}@{claim.id}"
            self._table.update_if(ping.id, "REMOVE told", "told = :told", told=told)

    def sent(self, claim: Claim, told: int, now: datetime, kept: Collection[str] = ()) -> None:
        """Record that a mail about `told` pings went out; the next one may go, with the kept ones."""
        counted_from, counted = self._state().mailed(told, now)
        sets = "SET sent_at = :now, counted_from = :counted_from, counted = :counted"
        adds = " ADD promising :kept" * bool(kept)
        values = {"now": stamp(now), "counted_from": counted_from, "counted": counted, "kept": set(kept)}
        self._end(claim, sets, adds, **values)

    def needless(self, claim: Claim) -> None:
        """Discard a claimed mail that turned out empty."""
        self._end(claim, "SET tried_at = :tried_at", tried_at=self._without(claim))

    def give_back(self, claim: Claim, *, may_be_sent: bool = False) -> None:
        """Release a mail whose attempt failed, for an immediate retry, unless another run has claimed it.

        The attempt no longer counts as a mail of the day, unless SES may have sent it.
        """
        update = "SET claimed_at = :never" + ("" if may_be_sent else ", tried_at = :tried_at")
        values = {"never": "", "mail": claim.id, "claimed_at": claim.at, "tried_at": self._without(claim)}
        self._table.update_if(MAIL, update, _IF_CLAIMED_THEN, **values)

    def put_aside(self, claim: Claim) -> None:
        """Give up a mail that cannot be written: the next one only counts its pings."""
        count = len(claim.pings) + claim.more
        self._end(claim, "SET tried_at = :tried_at", " ADD more :n", tried_at=self._without(claim), n=count)

    def _without(self, claim: Claim) -> list[int]:
        return self._state().without(claim)

    def _end(self, claim: Claim, sets: str, adds: str = "", **values: Any) -> None:
        ends = f"{sets} REMOVE sending, unnamed, claimed_at, attempts{adds}"
        self._table.update_if(MAIL, ends, "mail = :mail", mail=claim.id, **values)

    def _state(self) -> OutboxState:
        return _to_state(self._table.get(MAIL))


def _to_state(record: Item) -> OutboxState:
    return OutboxState(**fields_in(record, OutboxState))


def _what(ping: Ping) -> str:
    """Return what of a ping is news: "ping", "rule" if one approved it, or the id of its revision."""
    if ping.is_approved_by_rule:
        return "rule"
    return ping.revision_hash if ping.status is Status.APPROVED else "ping"


def _was_told_by_short_name(ping: Ping, claim: Claim) -> bool:
    """Tell whether another mail told of a revision, when revisions had short names."""
    what, _, mail = ping.notified.partition("@")
    return ping.revision is not None and what == ping.revision.short_hash and mail != claim.id


def _promise(ping: Ping) -> tuple[bool, int, str]:
    """Return the key by which the most promising pings come first."""
    return not is_promising(ping), ping.verdict.score if ping.verdict else 0, ping.received_at
