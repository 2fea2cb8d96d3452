"""State transitions of a stored ping: each is one conditional update, which fails if the ping has changed.

An approved ping is checked again and again. `Ping.due` is the key of the one index that the schedule reads:
`gone` if checks have found its link missing for good, `revised` if the sender's later texts wait for a
decision, otherwise `check`.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import NamedTuple

from trackback.errors import StatusChanged
from trackback.model.ping import UNWANTED, Due, HistoryEntry, Ping, Status
from trackback.model.returns import remembered, waiting_to_return
from trackback.model.texts import Texts, shorten_to_bytes
from trackback.model.verdict import Gone, LinkStatus, ReasonCode, Verdict
from trackback.timestamps import stamp

KEEP_UNWANTED = timedelta(days=30)
"""How long rejected and spam pings are kept after the decision, unless the author chose another period."""
KEEP_UNLINKED = timedelta(days=90)
"""How long a pending ping is kept for which no check finds a link, if the author does nothing about it."""
FIRST_RECHECK = timedelta(days=1)
"""When an approved ping's source is checked again for the first time."""

_MOST_HISTORY = 20
_MOST_BY_STRANGERS = 6  # of them by the check and the sender, which strangers can add to at will
_WHY = 80  # bytes of a reason in the history; the verdict has every reason in full
_UNDO = "undo"


@dataclass(frozen=True, slots=True)
class Change:
    """A ping before and after a change: the update fails if the status has changed since it was read.

    `expects` names further fields that must be unchanged. A revision that the update replaces is always one.
    """

    before: Ping
    after: Ping
    expects: tuple[str, ...] = ()

    @property
    def step(self) -> int:
        """How the change alters the post's count of approved pings: -1, 0 or 1."""
        return (self.after.status is Status.APPROVED) - (self.before.status is Status.APPROVED)


class CheckOutcome(NamedTuple):
    """Consequences of a source check.

    Attributes:
        status: The ping's new status.
        by: Who changed the status, if it changed: a "rule" of the author or the "check" itself.
        check_count: How many checks in a row had this result.
        link_missing: Since when, and in how many checks, an approved ping's link has been missing.
        check_at: When to check again, empty for never.
        texts: Texts to show instead of the sender's; None to show the sender's.
    """

    status: Status
    by: str = "check"
    check_count: int = 1
    link_missing: Gone | None = None
    check_at: str = ""
    texts: Texts | None = None


def decided(  # noqa: PLR0913 - what, when, by whom, why, about which texts, and for how long
    before: Ping,
    status: Status,
    now: datetime,
    *,
    by: str,
    why: str = "",
    take: bool = False,
    with_revision: bool = False,
    keep: timedelta = KEEP_UNWANTED,
) -> Change:
    """Return the change that sets a ping's status, with all dependent fields.

    `take` replaces the ping's texts with the revision. Rejected and spam pings expire after `keep`. If the
    author turns down a ping without having seen its revision (`with_revision`), it comes back with that.
    """
    after = replace(
        before,
        status=status,
        history=with_entry(before, HistoryEntry(stamp(now), status, by, why)),
        client_hash="",
        heard=(),
        expires_at=0,
        previous_texts=None,
        comes_first=_comes_first(status, before.verdict),
    )
    if status is Status.APPROVED:
        if take and before.revision:
            after = replace(after, texts=before.revision, revision=None, previous_texts=before.texts)
        due = Due.REVISED if after.revision else Due.CHECK
        after = replace(after, due=due, check_at=stamp(now + FIRST_RECHECK))
    elif before.status is Status.APPROVED:
        after = replace(after, due=None, check_at="", link_missing=None)
    if status in UNWANTED:
        expires = int((now + keep).timestamp())
        after = replace(after, due=None, check_at="", needs_check=False, expires_at=expires)
        if by == "author":
            after = _with_later_words(after, stamp(now), turned_down=with_revision)
    return Change(before, after)


def _with_later_words(ping: Ping, now: str, *, turned_down: bool) -> Ping:
    """Return a ping that the author turned down, with its revision turned down, too, or waiting to return."""
    if not ping.revision or ping.revision.trace in ping.turned_down:
        return ping
    if turned_down:
        return replace(ping, turned_down=remembered(ping.turned_down, ping.revision))
    return waiting_to_return(ping, now)


def _comes_first(status: Status, verdict: Verdict | None) -> bool:
    return status is Status.PENDING and verdict is not None and verdict.proves_link


def with_entry(ping: Ping, entry: HistoryEntry) -> tuple[HistoryEntry, ...]:
    """Return the history with one entry more, without the oldest of those that strangers caused."""
    entries = [*ping.history, entry]
    by_strangers = [one for one in entries if one.by in {"check", "sender"}]
    for one in by_strangers[:-_MOST_BY_STRANGERS]:
        entries.remove(one)
    return tuple(entries[-_MOST_HISTORY:])


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
    earlier = before.history[-2].what if len(before.history) > 1 else Status.RECEIVED
    status = Status.PENDING if earlier is Status.RECEIVED else earlier
    change = decided(_with_previous_texts(before), status, now, by="author", why=_UNDO, keep=keep)
    return Change(before, change.after, expects=("history", "revision"))


def may_be_undone(ping: Ping) -> bool:
    """Tell whether a ping's last change is a decision; becoming pending after a check is not one."""
    if not ping.history:
        return False
    last = ping.history[-1]
    is_held = last.what is Status.RECEIVED or (last.what is Status.PENDING and last.by == "check")
    return not is_held and last.why != _UNDO


def _with_previous_texts(ping: Ping) -> Ping:
    if not ping.previous_texts:
        return ping
    waiting = None if ping.latest_texts == ping.previous_texts else ping.latest_texts
    return replace(ping, texts=ping.previous_texts, revision=waiting)


def revision_dismissed(before: Ping, *, as_spam: bool = False) -> Change:
    """Return the change that drops a revision for good: the same texts, sent again, count as a repeat.

    `as_spam` has the word model learn from them.

    Raises:
        StatusChanged: there is no revision.
    """
    if not before.revision:
        raise StatusChanged("there are no other words to drop")
    after = replace(
        without_revision(before),
        dismissed_revision=before.revision_hash,
        turned_down=remembered(before.turned_down, before.revision),
        heard=(),
        refused=before.revision if as_spam else before.refused,
    )
    return Change(before, after)


def check_requested(before: Ping) -> Change:
    """Return the change that requests a source check now: the stream triggers `verify`.

    A pending ping that would be deleted gets its whole time again.

    Raises:
        StatusChanged: the ping is rejected or spam, so its source is no longer checked.
    """
    if before.status in UNWANTED:
        raise StatusChanged(f"it is {before.status}, and its source is not looked at any more")
    return Change(before, replace(before, needs_check=True, expires_at=0))


def checked(
    before: Ping, verdict: Verdict, outcome: CheckOutcome, now: datetime, *, keep: timedelta = KEEP_UNWANTED
) -> Change:
    """Return the change that records a verdict and its outcome."""
    after = before
    if outcome.status is not before.status:
        why = shorten_to_bytes(verdict.reasons[0].text, _WHY) if verdict.reasons else ""
        after = decided(before, outcome.status, now, by=outcome.by, why=why, keep=keep).after
    if outcome.status not in UNWANTED:
        is_revised = outcome.status is Status.APPROVED and bool(before.revision)
        is_gone = outcome.link_missing is not None and outcome.link_missing.is_final(now)
        due = _due(is_revised=is_revised, is_gone=is_gone) if outcome.check_at else None
        expires_at = _end_of_pending(before, outcome.status, verdict, now)
        after = replace(after, due=due, check_at=outcome.check_at, expires_at=expires_at)
    return Change(
        before,
        replace(
            after,
            verdict=verdict,
            comes_first=_comes_first(outcome.status, verdict),
            verified=before.verified or verdict.link is LinkStatus.FOUND,
            check_count=outcome.check_count,
            link_missing=outcome.link_missing,
            client_hash="",
            needs_check=False,
            texts=outcome.texts or after.texts,
        ),
    )


def _end_of_pending(before: Ping, status: Status, verdict: Verdict, now: datetime) -> int:
    """Return when the table deletes a checked ping, in Unix seconds: 0, or a date for a pending one.

    Never one with a link that any check has found, one that could not be checked by a fault of ours, or one
    that the author has decided about before. Later checks leave the date as it is.
    """
    is_linked = before.verified or verdict.link is LinkStatus.FOUND
    is_fault = any(reason.code is ReasonCode.FAULT for reason in verdict.reasons)
    is_touched = any(entry.by == "author" for entry in before.history)
    if status is not Status.PENDING or is_linked or is_fault or is_touched:
        return 0
    return before.expires_at or int((now + KEEP_UNLINKED).timestamp())


def _due(*, is_revised: bool, is_gone: bool) -> Due:
    return Due.REVISED if is_revised else Due.GONE if is_gone else Due.CHECK


def _was_gone(ping: Ping) -> bool:
    """Tell whether a ping's link counted as gone for good at its last check."""
    if not ping.link_missing or not ping.verdict:
        return False
    return ping.link_missing.is_final(datetime.fromisoformat(ping.verdict.checked_at))


def without_revision(ping: Ping) -> Ping:
    """Return a ping whose revision is dropped."""
    if ping.status is not Status.APPROVED:
        return replace(ping, revision=None)
    return replace(ping, revision=None, due=_due(is_revised=False, is_gone=_was_gone(ping)))


def postponed(before: Ping, until: datetime) -> Change:
    """Return the change that delays a ping's next check to its turn at the source's site."""
    due = before.due if before.due in {Due.REVISED, Due.GONE} else Due.TURN
    return Change(before, replace(before, due=due, check_at=stamp(until), needs_check=False))


def no_longer_due(before: Ping) -> Change:
    """Return the change that ends a ping's checks."""
    return Change(before, replace(before, due=None, check_at=""))
