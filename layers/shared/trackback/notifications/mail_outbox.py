"""What waits to be mailed to the author, in one record of the table, and when the next mail may go.

That are pings, and the author's own ones that did not arrive.

A mail is claimed before it is sent: what waits moves to `sending` under the mail's id. Each ping is then
marked with that id, so that no other mail tells of it, and the same mail may be tried again.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import attrgetter
from typing import Any

from trackback.errors import TableBusy
from trackback.model.ping import Ping, Status
from trackback.model.sent_ping import FOR_A_PERSON, SentPing
from trackback.model.settings import Notify
from trackback.storage.dynamodb import BUSY, tries
from trackback.storage.items import Item, to_ping, to_plain
from trackback.storage.keys import MAIL
from trackback.storage.pings import Table
from trackback.storage.sent_pings import to_sending
from trackback.timestamps import stamp

MOST = 30
"""How many pings wait by name: what one BatchGetItem reads."""
AT_ONCE = 10
"""How many pings are told of without delay within `PAUSE`; what is more becomes one mail."""
PAUSE = timedelta(minutes=5)
DAY = timedelta(days=1)
MOST_A_DAY = 50
"""How many mails go in a day before they go once an hour only: SES's sandbox takes 200, sign-ins included."""
HOUR = timedelta(hours=1)
PATIENCE = timedelta(minutes=2)
"""How long whoever has claimed a mail may take to send it, before another tries."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A mail that nobody else sends meanwhile.

    Attributes:
        id: The mail's id: when it was claimed first.
        pings: What it may tell of.
        more: How many more wait that it cannot name.
        attempts: How often it was claimed.
    """

    id: str
    pings: Collection[str]
    more: int = 0
    attempts: int = 1


class Outbox:
    """The record `mail#`.

    For the next mail: `waiting`, a set of ids, and `more`, the number of those for which there is no room. Of
    the mail under way: its id `mail`, `sending`, `unnamed`, `claimed_at` and `attempts`. Of those that went:
    `sent_at`, the last one's time; `counted`, how many pings they have told of since `counted_from`; `mails`,
    how many went on the `day` of the last.
    """

    def __init__(self, table: Table) -> None:
        """Take the table that it is in."""
        self._table = table

    def add(self, pings: Collection[str]) -> None:
        """Have pings wait; what waits already is not counted again."""
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
        """Return the mail that is to be sent now, if there is one and nobody else has claimed it."""
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
        more = int(box["unnamed"]) + len(pings[MOST:])  # two that add at once may add too many
        return Claim(box["mail"], pings[:MOST], more, int(box["attempts"]))

    def mark(self, claim: Claim) -> list[Ping]:
        """Mark what a mail tells of, and return it: the most promising first, then the oldest.

        What has been decided meanwhile, or told of by another mail, is left out.
        """
        waiting = self._waiting([ping for ping in claim.pings if "#" not in ping])
        told = [ping for ping, what in waiting if self._mark(ping.id, ping.status, what, claim.id)]
        return sorted(told, key=lambda ping: ((ping.verdict or {}).get("score", 0), ping.received_at))

    def mark_failures(self, claim: Claim) -> list[SentPing]:
        """Mark the pings of the author's own that a mail tells of, and return them, the oldest first."""
        found = map(to_sending, self._load([each for each in claim.pings if "#" in each]))
        failed = [each for each in found if each.stage in FOR_A_PERSON]
        told = [each for each in failed if self._mark(each.id, "sent", str(each.version), claim.id)]
        return sorted(told, key=attrgetter("last_at"))

    def _waiting(self, pings: Collection[str]) -> Iterator[tuple[Ping, str]]:
        """Yield what of pings waits for the author still, and its name: the ping itself or a revision."""
        for item in self._load(pings):
            ping = to_ping(item)
            if ping.status is Status.PENDING:
                yield ping, "ping"
            elif ping.status is Status.APPROVED and ping.revision and "unlooked" not in item:
                yield ping, ping.revision_id

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
        keys = [{"id": {"S": ping}} for ping in pings]
        left: Any = {self._table.name: {"Keys": keys, "ConsistentRead": True}} if keys else {}
        found: list[Item] = []
        for _ in tries():
            if not left:
                return found
            answer = self._table.client.batch_get_item(RequestItems=left)
            found += answer["Responses"][self._table.name]
            left = answer["UnprocessedKeys"]
        raise TableBusy(BUSY)

    def sent(self, claim: Claim, told: int, now: datetime) -> None:
        """Note that a mail about so many pings went out, and that the next may be claimed."""
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
        """Note that a mail had nothing to tell."""
        self._end(claim, "", {})

    def refused(self, claim: Claim) -> None:
        """Note that a mail did not go out, and may be tried again at once."""
        self._update(
            "SET claimed_at = :never", "mail = :mail", {":never": {"S": ""}, ":mail": {"S": claim.id}}
        )

    def _end(self, claim: Claim, sets: str, values: dict[str, Any]) -> None:
        ends = "REMOVE sending, unnamed, claimed_at, attempts"
        self._update(f"{sets} {ends}", "mail = :mail", {**values, ":mail": {"S": claim.id}})

    def _update(
        self, expression: str, condition: str, values: dict[str, Any], record: str = MAIL
    ) -> dict[str, Any] | None:
        """Update a record and return it, None if the condition does not hold."""
        request: Any = {"ConditionExpression": condition} if condition else {}
        names = {f"#{name}": name for name in ("status", "day") if f"#{name}" in expression + condition}
        if names:  # words that DynamoDB keeps to itself
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
    """Tell whether a mail about all that waits may go now."""
    if stamp(now) <= box.get("mail", ""):  # the next one needs another id
        return False
    sent_at: str = box.get("sent_at", "")
    if notify is Notify.DAILY:
        return sent_at <= stamp(now - DAY)
    if _mails(box, now) >= MOST_A_DAY:
        return sent_at <= stamp(now - HOUR)
    waiting = len(box["waiting"]) + int(box.get("more", 0))
    return _counted(box, now)[1] + waiting <= AT_ONCE or sent_at <= stamp(now - PAUSE)


def _mails(box: Mapping[str, Any], now: datetime) -> int:
    """Return how many mails went today."""
    return int(box["mails"]) if box.get("day") == _day(now) else 0


def _day(now: datetime) -> str:
    return stamp(now)[:10]


def _counted(box: Mapping[str, Any], now: datetime) -> tuple[str, int]:
    """Return since when how many pings have been told of, as far as that matters now."""
    since: str = box.get("counted_from", "")
    return (since, int(box["counted"])) if since > stamp(now - PAUSE) else ("", 0)
