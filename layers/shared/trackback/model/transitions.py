"""State transitions of a stored ping: each is one conditional update, which fails if the ping has changed.

An approved ping is checked again and again. The `due` attribute of its record is the key of the one index
that the schedule reads: `gone` if checks have found its link missing for good, `revised` if the sender's
later texts wait for a decision, otherwise `check`.
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
"""How long rejected and spam pings are kept after the decision, unless the author chose another period."""


UNWANTED = frozenset({Status.REJECTED, Status.SPAM})

_MOST_HISTORY = 20
_WHY = 60  # characters of a reason in the history; the verdict has every reason in full
_UNDO = "undo"


class Due(StrEnum):
    """Why a ping is in the index: all three are due for a check; the author's pages list the last two."""

    CHECK = "check"
    GONE = "gone"
    REVISED = "revised"


@dataclass(frozen=True, slots=True)
class Change:
    """A conditional update of a ping: it fails if the status has changed since the ping was read.

    `seen` names further attributes that must be unchanged. A revision that the update replaces is always one.
    """

    before: Ping
    sets: dict[str, Any]
    seen: tuple[str, ...] = ()

    @property
    def after(self) -> Status:
        """The ping's status after the change."""
        return Status(self.sets.get("status", self.before.status) or Status.RECEIVED)

    @property
    def step(self) -> int:
        """How the change alters the post's count of approved pings: -1, 0 or 1."""
        return (self.after is Status.APPROVED) - (self.before.status is Status.APPROVED)


def decision(  # noqa: PLR0913 - by whom, what, when, why, for which texts, and for how long
    before: Ping,
    status: Status,
    now: datetime,
    *,
    by: str,
    why: str = "",
    take: bool = False,
    keep: timedelta = KEEP_UNWANTED,
) -> Change:
    """Return the change that sets a ping's status, with all dependent attributes.

    `take` replaces the ping's texts with the revision. Rejected and spam pings expire after `keep`.
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
    """Return the change that undoes the last decision, whether the author, a rule or the check made it.

    An undo cannot itself be undone. A ping without an earlier status becomes pending. If the decision took a
    revision, the replaced texts are shown again and the revision is pending again, unless the sender has sent
    newer texts since.

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
    """Tell whether a ping's last change is a decision; becoming pending after a check is not one."""
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
    """Return the change that drops a revision for good: the same texts, sent again, count as a repeat.

    Raises:
        StatusChanged: there is no revision.
    """
    if not before.revision:
        raise StatusChanged("there are no other words to drop")
    return Change(before, {"revision": None, "dropped": before.revision_id, **_due_without_revision(before)})


def look_again(before: Ping) -> Change:
    """Return the change that requests a source check now: the stream triggers `verify`.

    Raises:
        StatusChanged: the ping is rejected or spam, so its source is no longer checked.
    """
    if before.status in UNWANTED:
        raise StatusChanged(f"it is {before.status}, and its source is not looked at any more")
    return Change(before, {"unlooked": True})


def verdict_change(
    before: Ping, verdict: Verdict, outcome: Outcome, now: datetime, *, keep: timedelta = KEEP_UNWANTED
) -> Change:
    """Return the change that records a verdict and its outcome."""
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
    """Tell whether a ping counted as disappeared at its last check."""
    if not ping.gone or not ping.verdict:
        return False
    gone = Gone(str(ping.gone["since"]), int(ping.gone["times"]))
    return gone.is_final(datetime.fromisoformat(ping.verdict["checked_at"]))


def _due_without_revision(ping: Ping) -> dict[str, Any]:
    """Return an approved ping's `due` once its revision is gone; empty for other pings."""
    return {"due": _due(revised=False, gone=_was_gone(ping))} if ping.status is Status.APPROVED else {}


def postponed(before: Ping, until: datetime) -> Change:
    """Return the change that delays a ping's next check."""
    revised = before.status is Status.APPROVED and bool(before.revision)
    due = _due(revised=revised, gone=_was_gone(before))
    return Change(before, {"due": due, "check_at": stamp(until), "unlooked": None})


def reopened(known: Ping, ping: Ping) -> Change:
    """Return the change that reopens a ping, put away only by the check, with a later ping's texts."""
    cleared = ("status", "verdict", "looks", "revision", "expires_at", "check_at", "due", "told")
    entry = {"at": ping.received_at, "what": str(Status.RECEIVED), "by": "sender"}
    sets = {**dict.fromkeys(cleared), **ping.texts, "history": [*known.history, entry][-_MOST_HISTORY:]}
    return Change(known, {**sets, "unlooked": True})


def not_due(before: Ping) -> Change:
    """Return the change that ends a ping's checks."""
    return Change(before, {"due": None, "check_at": None})


def without_revision(before: Ping, change: Change) -> Change:
    """Return a change that also drops a pending revision."""
    return Change(before, {**change.sets, "revision": None})


def revision(known: Ping, ping: Ping) -> Change:
    """Return the change that stores a later ping's texts as a revision; unchanged texts drop it."""
    if ping.texts != known.texts:
        return Change(known, {"revision": ping.texts, "unlooked": True})
    return Change(known, {"revision": None, "unlooked": None, **_due_without_revision(known)})
