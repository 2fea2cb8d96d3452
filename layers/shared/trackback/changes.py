"""What may happen to a ping that is kept: each change as one update, on condition of what it is based on."""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from trackback.clock import stamp
from trackback.items import post_id, to_typed
from trackback.ping import Ping, Status
from trackback.text import shorten
from trackback.verdict import AGAIN_FOUND, Outcome, Seen, Verdict

KEEP_UNWANTED = timedelta(days=30)
"""How long rejected and spam pings are kept after the decision."""

_ABOVE_ALL_PINGS = "~"  # sorts after every time
_MOST_HISTORY = 20
_WHY = 60  # characters of a reason in the history; the verdict has all of all reasons


@dataclass(frozen=True, slots=True)
class Change:
    """An update of a ping, on condition that it still has the status that the change is based on."""

    before: Ping
    sets: dict[str, Any]

    @property
    def step(self) -> int:
        """By how much it changes the number of approved pings of the post."""
        after = self.sets.get("status", self.before.status)
        return (after is Status.APPROVED) - (self.before.status is Status.APPROVED)

    def request(self) -> dict[str, Any]:
        """Return the update as DynamoDB takes it; a value of None removes the attribute."""
        sets = [name for name, value in self.sets.items() if value is not None]
        removes = [name for name, value in self.sets.items() if value is None]
        values = {f":{name}": to_typed(self.sets[name]) for name in sets}
        condition = "attribute_exists(id) AND attribute_not_exists(#status)"
        if self.before.status is not Status.RECEIVED:
            condition, values[":before"] = "#status = :before", {"S": str(self.before.status)}
        if "revision" in self.sets and self.before.revision:  # as it was seen, not as it was sent meanwhile
            condition += " AND #revision = :seen"
            values[":seen"] = to_typed(dict(self.before.revision))
        clauses = [
            "SET " + ", ".join(f"#{name} = :{name}" for name in sets) if sets else "",
            "REMOVE " + ", ".join(f"#{name}" for name in removes) if removes else "",
        ]
        return {
            "Key": {"id": {"S": self.before.id}},
            "UpdateExpression": " ".join(filter(None, clauses)),
            "ConditionExpression": condition,
            "ExpressionAttributeNames": {f"#{name}": name for name in {*self.sets, "status"}},
            **({"ExpressionAttributeValues": values} if values else {}),
        }


def decision(  # noqa: PLR0913 - who, what, when and why, and of which words
    before: Ping, status: Status, now: datetime, *, by: str, why: str = "", take: bool = False
) -> Change:
    """Return the change that gives a ping a status, with all that hangs on it.

    `take` takes over what its sender said last. Rejected and spam pings expire after `KEEP_UNWANTED`.
    """
    entry = {"at": stamp(now), "what": str(status), "by": by} | ({"why": why} if why else {})
    sets: dict[str, Any] = {
        "status": status,
        "history": [*before.history, entry][-_MOST_HISTORY:],
        "sender": None,
        "expires_at": None,
    }
    if status is Status.APPROVED:
        sets |= {"shown_on": before.post_key}
        sets |= {**before.revision, "revision": None} if take and before.revision else {}
        sets |= {"due": "check", "check_at": stamp(now + AGAIN_FOUND[0])}
    elif before.status is Status.APPROVED:
        sets |= {"shown_on": None, "due": None, "check_at": None, "gone": None}
    if status in {Status.REJECTED, Status.SPAM}:
        sets |= {"expires_at": int((now + KEEP_UNWANTED).timestamp()), "due": None, "check_at": None}
    return Change(before, sets)


def verdict_change(before: Ping, verdict: Verdict, outcome: Outcome, now: datetime) -> Change:
    """Return the change that records a verdict, and what follows from it."""
    sets: dict[str, Any] = {"due": "check" if outcome.check_at else None, "check_at": outcome.check_at}
    if outcome.status is not before.status:
        why = shorten(verdict.reasons[0], _WHY) if verdict.reasons else ""
        decided = decision(before, outcome.status, now, by=outcome.by, why=why).sets
        unwanted = outcome.status in {Status.REJECTED, Status.SPAM}
        sets = {**sets, **decided} if unwanted else {**decided, **sets}
    sets |= {
        "verdict": verdict.as_map(),
        "looks": outcome.looks if outcome.looks > 1 else None,
        "gone": asdict(outcome.gone) if outcome.gone else None,
        "sender": None,
        "unlooked": None,
        **outcome.texts,
    }
    if verdict.link is Seen.FOUND:
        sets["verified"] = True
    return Change(before, sets)


def postponed(before: Ping, until: datetime) -> Change:
    """Return the change that has a ping looked at later."""
    return Change(before, {"due": "check", "check_at": stamp(until), "unlooked": None})


def reopened(known: Ping, ping: Ping) -> Change:
    """Return the change that begins anew with what a later ping says: the check alone has put it away."""
    cleared = ("status", "verdict", "looks", "revision", "expires_at", "check_at", "due")
    entry = {"at": ping.received_at, "what": str(Status.RECEIVED), "by": "sender"}
    sets = {**dict.fromkeys(cleared), **ping.texts, "history": [*known.history, entry][-_MOST_HISTORY:]}
    return Change(known, {**sets, "unlooked": True})


def not_due(before: Ping) -> Change:
    """Return the change that has a ping never looked at again."""
    return Change(before, {"due": None, "check_at": None})


def without_revision(before: Ping, change: Change) -> Change:
    """Return a change that also drops a pending revision."""
    return Change(before, {**change.sets, "revision": None})


def revision(known: Ping, ping: Ping) -> Change:
    """Return the change that keeps what a later ping says beside what is there, unless it is the same."""
    changed = ping.texts != known.texts
    return Change(known, {"revision": ping.texts if changed else None, "unlooked": changed or None})


def count_change(key: str, step: int) -> dict[str, Any]:
    """Return the update that adds `step` to a post's count of approved pings."""
    return {
        "Key": {"id": {"S": post_id(key)}},
        "UpdateExpression": "SET shown_on = :key, received_at = :top ADD approved :step",
        "ExpressionAttributeValues": {
            ":key": {"S": key},
            ":top": {"S": _ABOVE_ALL_PINGS},
            ":step": {"N": str(step)},
        },
    }
