"""Queues what to mail to the author, in one record of the table, and decides when the next mail may go.

It holds received pings, and sent pings that failed.

A mail is claimed before it is sent: the waiting ids move to `sending` under the mail's id. Each ping is then
marked with that id, so that no other mail mentions it and the same mail can be retried.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import attrgetter
from typing import Any

from trackback.model.ping import Ping, Status
from trackback.model.sent_ping import FOR_A_PERSON, SentPing
from trackback.model.settings import Notify
from trackback.storage.dynamodb import batch_get
from trackback.storage.items import Item, to_ping, to_plain
from trackback.storage.keys import MAIL
from trackback.storage.pings import Table
from trackback.storage.sent_pings import to_sending
from trackback.timestamps import stamp

MOST = 30
"""Ids that the queue holds: the number that one BatchGetItem reads."""
AT_ONCE = 10
"""Pings per `PAUSE` that are mailed without delay; further ones are combined into one mail."""
PAUSE = timedelta(minutes=5)
DAY = timedelta(days=1)
MOST_A_DAY = 50
"""Mails per day before the rate drops to one per hour: the SES sandbox allows 200, sign-in mails included."""
HOUR = timedelta(hours=1)
PATIENCE = timedelta(minutes=2)
"""Duration of a claim; after that, another run may send the mail."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A mail reserved for one run.

    Attributes:
        id: The mail's id: the time of its first claim.
        pings: Ids that it may mention.
        more: Number of further waiting pings, whose ids are not stored.
        attempts: How often it was claimed.
    """

    id: str
    pings: Collection[str]
    more: int = 0
    attempts: int = 1


class Outbox:
    """The record `mail#`.

    For the next mail: `waiting`, a set of ids, and `more`, the number of pings beyond its capacity. For the
    mail in progress: its id `mail`, `sending`, `unnamed`, `claimed_at` and `attempts`. For past mails:
    `sent_at`, the time of the last one; `counted`, the number of pings mailed since `counted_from`; `mails`,
    the number of mails on the `day` of the last one.
    """

    def __init__(self, table: Table) -> None:
        self._table = table

    def add(self, pings: Collection[str]) -> None:
        """Queue pings; those that wait already are not counted again."""
        box = self._table.read(MAIL)
        new = sorted(set(pings) - box.get("waiting", set()) - box.get("sending", set()))
        room = MOST - len(box.get("waiting", ()))
        clauses: list[str] = []
        values: dict[str, Any] = {}
        if named := new[: max(room, 0)]:
            clauses.append("waiting :named")
            values[":named"] = {"SS": named}
        if unnamed := len(new) - len(named):
            clauses.append("more :unnamed")
            values[":unnamed"] = {"N": str(unnamed)}
        if clauses:
            self._update("ADD " + ", ".join(clauses), "", values)

    def claim(self, notify: Notify, now: datetime) -> Claim | None:
        """Claim and return the mail to send now, or None if there is none or another run has claimed it."""
        box = self._table.read(MAIL)
        if notify is Notify.NONE:
            return None
        if "sending" in box:
            return self._claim_again(box, now) if box["claimed_at"] <= stamp(now - PATIENCE) else None
        if "waiting" in box and _may_go(box, notify, now):
            return self._claim_anew(box, now)
        return None

    def _claim_anew(self, box: Mapping[str, Any], now: datetime) -> Claim | None:
        return self._claimed(
            "SET sending = waiting, unnamed = if_not_exists(more, :zero), mail = :now, claimed_at = :now, "
            "attempts = :one REMOVE waiting, more",
            "attribute_exists(waiting) AND attribute_not_exists(sending) "
            "AND (attribute_not_exists(mail) OR mail = :seen)",
            {
                ":now": {"S": stamp(now)},
                ":seen": {"S": box.get("mail", "")},
                ":zero": {"N": "0"},
                ":one": {"N": "1"},
            },
        )

    def _claim_again(self, box: Mapping[str, Any], now: datetime) -> Claim | None:
        return self._claimed(
            "SET claimed_at = :now ADD attempts :one",
            "mail = :mail AND claimed_at = :seen",
            {
                ":now": {"S": stamp(now)},
                ":mail": {"S": box["mail"]},
                ":seen": {"S": box["claimed_at"]},
                ":one": {"N": "1"},
            },
        )

    def _claimed(self, expression: str, condition: str, values: dict[str, Any]) -> Claim | None:
        box = self._update(expression, condition, values)
        if box is None:
            return None
        pings = sorted(box["sending"])
        more = int(box["unnamed"]) + len(pings[MOST:])  # concurrent calls of `add` may exceed the limit
        return Claim(box["mail"], pings[:MOST], more, int(box["attempts"]))

    def mark(self, claim: Claim) -> list[Ping]:
        """Mark the pings that a mail mentions and return them, most promising first, then oldest first.

        Pings that were decided in the meantime, or that another mail mentions, are left out.
        """
        waiting = self._waiting([ping for ping in claim.pings if "#" not in ping])
        told = [ping for ping, what in waiting if self._mark(ping.id, ping.status, what, claim.id)]
        return sorted(told, key=lambda ping: (ping.verdict.score if ping.verdict else 0, ping.received_at))

    def mark_failures(self, claim: Claim) -> list[SentPing]:
        """Mark the failed sent pings that a mail mentions and return them, oldest first."""
        found = map(to_sending, self._load([each for each in claim.pings if "#" in each]))
        failed = [each for each in found if each.stage in FOR_A_PERSON]
        told = [each for each in failed if self._mark(each.id, "sent", str(each.version), claim.id)]
        return sorted(told, key=attrgetter("last_at"))

    def _waiting(self, pings: Collection[str]) -> Iterator[tuple[Ping, str]]:
        """Yield the pings that still wait for the author, with "ping" or the id of the revision."""
        for item in self._load(pings):
            ping = to_ping(item)
            if ping.status is Status.PENDING:
                yield ping, "ping"
            elif ping.status is Status.APPROVED and ping.revision and not ping.needs_check:
                yield ping, ping.revision_hash

    def _mark(self, record: str, status: str, what: str, mail: str) -> bool:
        marked = self._update(
            "SET told = :told",
            "#status = :status "
            "AND (attribute_not_exists(told) OR told = :told OR NOT begins_with(told, :what))",
            {
                ":told": {"S": f"{what}@{mail}"},
                ":what": {"S": f"{what}@"},
                ":status": {"S": str(status)},
            },
            record=record,
        )
        return marked is not None

    def _load(self, pings: Collection[str]) -> list[Item]:
        return list(batch_get(self._table.client, self._table.name, pings, consistent=True))

    def sent(self, claim: Claim, told: int, now: datetime) -> None:
        """Record that a mail about `told` pings went out; the next one may then be claimed."""
        box = self._table.read(MAIL)
        counted_from, counted = _counted(box, now)
        self._end(
            claim,
            "SET sent_at = :now, counted_from = :from, counted = :counted, #day = :day, mails = :mails",
            {
                ":day": {"S": _day(now)},
                ":mails": {"N": str(_mails(box, now) + 1)},
                ":now": {"S": stamp(now)},
                ":from": {"S": counted_from or stamp(now)},
                ":counted": {"N": str(counted + told)},
            },
        )

    def needless(self, claim: Claim) -> None:
        """Discard a claimed mail that turned out empty."""
        self._end(claim, "", {})

    def refused(self, claim: Claim) -> None:
        """Release a mail that did not go out, for an immediate retry."""
        self._update(
            "SET claimed_at = :never", "mail = :mail", {":never": {"S": ""}, ":mail": {"S": claim.id}}
        )

    def _end(self, claim: Claim, sets: str, values: dict[str, Any]) -> None:
        ends = "REMOVE sending, unnamed, claimed_at, attempts"
        self._update(f"{sets} {ends}", "mail = :mail", {**values, ":mail": {"S": claim.id}})

    def _update(
        self, expression: str, condition: str, values: dict[str, Any], record: str = MAIL
    ) -> dict[str, Any] | None:
        """Update a record and return it, or None if the condition does not hold."""
        request: Any = {"ConditionExpression": condition} if condition else {}
        names = {f"#{name}": name for name in ("status", "day") if f"#{name}" in expression + condition}
        if names:  # reserved words of DynamoDB
            request["ExpressionAttributeNames"] = names
        try:
            answer = self._table.client.update_item(
                TableName=self._table.name,
                Key={"id": {"S": record}},
                UpdateExpression=expression,
                ExpressionAttributeValues=values,
                ReturnValues="ALL_NEW",
                **request,
            )
        except self._table.client.exceptions.ConditionalCheckFailedException:
            return None
        return to_plain(answer["Attributes"])


def _may_go(box: Mapping[str, Any], notify: Notify, now: datetime) -> bool:
    """Return whether a mail about all waiting pings may go now."""
    if stamp(now) <= box.get("mail", ""):  # the next mail needs a new id
        return False
    sent_at: str = box.get("sent_at", "")
    if notify is Notify.DAILY:
        return sent_at <= stamp(now - DAY)
    if _mails(box, now) >= MOST_A_DAY:
        return sent_at <= stamp(now - HOUR)
    waiting = len(box["waiting"]) + int(box.get("more", 0))
    return _counted(box, now)[1] + waiting <= AT_ONCE or sent_at <= stamp(now - PAUSE)


def _mails(box: Mapping[str, Any], now: datetime) -> int:
    """Return the number of mails sent today."""
    return int(box["mails"]) if box.get("day") == _day(now) else 0


def _day(now: datetime) -> str:
    return stamp(now)[:10]


def _counted(box: Mapping[str, Any], now: datetime) -> tuple[str, int]:
    """Return the number of pings mailed within the last `PAUSE`, and the time the count began."""
    since: str = box.get("counted_from", "")
    return (since, int(box["counted"])) if since > stamp(now - PAUSE) else ("", 0)
