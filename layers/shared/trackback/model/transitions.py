"""What may happen to a ping that is kept: each change as one update, on condition of what it is based on.

An approved ping is looked at again and again. What its record says is due tells what the author may want to
see, in the one index that the schedule reads: whether another look has found its link `gone` for good, or
whether its sender's later words, `revised`, wait for a decision; else it is a mere `check`.
"""

from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from trackback.errors import StatusChanged
from trackback.model.ping import Ping, Status
from trackback.model.texts import shorten
from trackback.model.verdict import AGAIN_FOUND, Gone, Outcome, Seen, Verdict
from trackback.timestamps import stamp

KEEP_UNWANTED = timedelta(days=30)
"""How long rejected and spam pings are kept after the decision, unless the author has chosen otherwise."""


UNWANTED = frozenset({Status.REJECTED, Status.SPAM})

_MOST_HISTORY = 20
_WHY = 60  # characters of a reason in the history; the verdict has all of all reasons
_UNDO = "undo"


class Due(StrEnum):
    """What a ping is due for: to be looked at again, all of them, and two to be seen by the author."""

    CHECK = "check"
    GONE = "gone"
    REVISED = "revised"


@dataclass(frozen=True, slots=True)
class Change:
    """An update of a ping, on condition that it still has the status that the change is based on.

    `seen` names attributes that must be as they were, too; a revision that is replaced always must.
    """

    before: Ping
    sets: dict[str, Any]
    seen: tuple[str, ...] = ()

    @property
    def after(self) -> Status:
        """The status that the ping has then."""
        return Status(self.sets.get("status", self.before.status) or Status.RECEIVED)

    @property
    def step(self) -> int:
        """By how much it changes the number of approved pings of the post."""
        return (self.after is Status.APPROVED) - (self.before.status is Status.APPROVED)


def decision(  # noqa: PLR0913 - who, what, when and why, of which words, and for how long
    before: Ping,
    status: Status,
    now: datetime,
    *,
    by: str,
    why: str = "",
    take: bool = False,
    keep: timedelta = KEEP_UNWANTED,
) -> Change:
    """Return the change that gives a ping a status, with all that hangs on it.

    `take` takes over what its sender said last. Rejected and spam pings expire after `keep`.
    """
    entry = {"at": stamp(now), "what": str(status), "by": by} | ({"why": why} if why else {})
    sets: dict[str, Any] = {
        "status": status,
        "history": [*before.history, entry][-_MOST_HISTORY:],
        "sender": None,
        "expires_at": None,
        "replaced": None,
    }
    if status is Status.APPROVED:
        taken = before.revision if take else None
        if taken:
            sets |= {**taken, "revision": None, "replaced": before.texts}
        due = Due.REVISED if before.revision and not taken else Due.CHECK
        sets |= {"shown_on": before.post_key, "due": due, "check_at": stamp(now + AGAIN_FOUND[0])}
    elif before.status is Status.APPROVED:
        sets |= {"shown_on": None, "due": None, "check_at": None, "gone": None}
    if status in UNWANTED:
        sets |= {"expires_at": int((now + keep).timestamp()), "due": None, "check_at": None}
    return Change(before, sets)


def undone(before: Ping, now: datetime, *, keep: timedelta = KEEP_UNWANTED) -> Change:
    """Return the change that takes the last decision back, whoever made it; once, for an undo is none.

    A ping that had no status before it waits for the author. Where the decision took a revision, what it
    replaced is shown again and the revision waits again, unless its sender has said something newer since.

    Raises:
        StatusChanged: there is nothing to undo.
    """
    if not may_be_undone(before):
        raise StatusChanged("there is no decision to undo")
    earlier = before.history[-2]["what"] if len(before.history) > 1 else Status.RECEIVED
    status = Status.PENDING if earlier == Status.RECEIVED else Status(earlier)
    after = _with_words_before(before)
    sets = decision(after, status, now, by="author", why=_UNDO, keep=keep).sets
    if before.replaced:
        sets |= {**after.texts, "revision": after.revision}
    return Change(before, sets, seen=("history", "revision"))


def may_be_undone(ping: Ping) -> bool:
    """Tell whether the last that happened to a ping is a decision; that it waits for one is none."""
    last = ping.history[-1] if ping.history else {"what": Status.RECEIVED}
    held = last["what"] == Status.RECEIVED or (last["what"], last["by"]) == (Status.PENDING, "check")
    return not held and last.get("why") != _UNDO


def _with_words_before(ping: Ping) -> Ping:
    if not ping.replaced:
        return ping
    shown: dict[str, Any] = dict(ping.replaced)
    waiting = ping.revision or ping.texts
    return replace(ping, **shown, revision=None if waiting == shown else waiting)


def kept(before: Ping) -> Change:
    """Return the change that drops a revision for good: the same words, sent again, are a mere repeat.

    Raises:
        StatusChanged: there is no revision.
    """
    if not before.revision:
        raise StatusChanged("there are no other words to drop")
    return Change(before, {"revision": None, "dropped": before.revision_id, **_due_without_revision(before)})


def look_again(before: Ping) -> Change:
    """Return the change that has a ping's source looked at now: it wakes verification by the stream.

    Raises:
        StatusChanged: the ping is decided against, and its source is not looked at any more.
    """
    if before.status in UNWANTED:
        raise StatusChanged(f"it is {before.status}, and its source is not looked at any more")
    return Change(before, {"unlooked": True})


def verdict_change(
    before: Ping, verdict: Verdict, outcome: Outcome, now: datetime, *, keep: timedelta = KEEP_UNWANTED
) -> Change:
    """Return the change that records a verdict, and what follows from it."""
    due = _due(
        revised=outcome.status is Status.APPROVED and bool(before.revision),
        gone=outcome.gone is not None and outcome.gone.is_final(now),
    )
    sets: dict[str, Any] = {"due": due if outcome.check_at else None, "check_at": outcome.check_at}
    if outcome.status is not before.status:
        why = shorten(verdict.reasons[0], _WHY) if verdict.reasons else ""
        decided = decision(before, outcome.status, now, by=outcome.by, why=why, keep=keep).sets
        sets = {**sets, **decided} if outcome.status in UNWANTED else {**decided, **sets}
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


def _due(*, revised: bool, gone: bool) -> Due:
    return Due.REVISED if revised else Due.GONE if gone else Due.CHECK


def _was_gone(ping: Ping) -> bool:
    """Tell whether a ping counted as disappeared when it was looked at last."""
    if not ping.gone or not ping.verdict:
        return False
    gone = Gone(str(ping.gone["since"]), int(ping.gone["times"]))
    return gone.is_final(datetime.fromisoformat(ping.verdict["checked_at"]))


def _due_without_revision(ping: Ping) -> dict[str, Any]:
    """Return what an approved ping is due for once its revision has gone; others are in no such list."""
    return {"due": _due(revised=False, gone=_was_gone(ping))} if ping.status is Status.APPROVED else {}


def postponed(before: Ping, until: datetime) -> Change:
    """Return the change that has a ping looked at later."""
    revised = before.status is Status.APPROVED and bool(before.revision)
    due = _due(revised=revised, gone=_was_gone(before))
    return Change(before, {"due": due, "check_at": stamp(until), "unlooked": None})


def reopened(known: Ping, ping: Ping) -> Change:
    """Return the change that begins anew with what a later ping says: the check alone has put it away."""
    cleared = ("status", "verdict", "looks", "revision", "expires_at", "check_at", "due", "told")
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
    if ping.texts != known.texts:
        return Change(known, {"revision": ping.texts, "unlooked": True})
    return Change(known, {"revision": None, "unlooked": None, **_due_without_revision(known)})
