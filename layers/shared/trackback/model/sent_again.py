"""What a later ping of a known pair of post and source changes. Texts that say nothing new change nothing."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from trackback.model.ping import UNWANTED, Due, HistoryEntry, Ping, Status
from trackback.model.returns import after_pause, remembered, waiting_to_return
from trackback.model.texts import Texts
from trackback.model.transitions import Change, with_entry

CHECK_PAUSE = timedelta(hours=1)
"""How long after a check still other texts wait for the next: who alternates two costs no fetches."""


def sent_again(known: Ping, ping: Ping) -> Change | None:
    """Return the change that a later ping makes, or None if it says nothing new."""
    is_without_post = known.is_unwanted_by_check and known.status is Status.REJECTED  # which may exist by now
    if not is_without_post and _knows(known, ping.texts):
        return None
    if known.is_unwanted_by_check:
        return reopened(known, ping)
    return _asked_again(known, ping) if known.status in UNWANTED else _revised(known, ping)


def _knows(known: Ping, texts: Texts) -> bool:
    """Tell whether texts stand here, or have come before and were turned down, dropped or replaced."""
    if texts in {known.texts, known.revision} or _is_dismissed(known, texts):
        return True
    turned_down = [known.texts, known.revision] if known.status in UNWANTED else []
    return texts.trace in {*known.turned_down, *known.heard, *(one.trace for one in turned_down if one)}


def _is_dismissed(known: Ping, texts: Texts) -> bool:
    return known.dismissed_revision in {texts.hash, texts.short_hash}


def reopened(known: Ping, ping: Ping) -> Change:
    """Return the change that reopens a ping, put away only by the check, with a later ping's texts.

    Otherwise an attacker could ping first with another's address and lock the genuine source out.
    """
    entry = HistoryEntry(ping.received_at, Status.RECEIVED, "sender")
    reset: dict[str, Any] = {"status": Status.RECEIVED, "verdict": None, "check_count": 0, "revision": None}
    reset |= {"expires_at": 0, "check_at": "", "due": None, "notified": "", "comes_first": False}
    after = replace(known, **reset, texts=ping.texts, history=with_entry(known, entry))
    return Change(known, _to_be_checked(after, _earliest_check(known, ping)))


def _asked_again(known: Ping, ping: Ping) -> Change:
    """Return the change that keeps a later ping's texts beside those that were turned down, for a look."""
    if known.waits_to_return:
        return Change(known, replace(known, revision=ping.texts))
    after = replace(known, revision=ping.texts, check_count=1)
    return Change(known, waiting_to_return(after, ping.received_at))


def _revised(known: Ping, ping: Ping) -> Change:
    """Return the change that stores a later ping's texts as a revision, in place of any other."""
    heard = remembered(known.heard, known.revision) if _is_checked(known) else known.heard
    after = replace(known, revision=ping.texts, heard=heard)
    return Change(known, _to_be_checked(after, _earliest_check(known, ping)))


def _is_checked(ping: Ping) -> bool:
    """Tell whether a check has seen a ping with its revision."""
    return not ping.needs_check and ping.verdict is not None and ping.due not in {Due.CHECK, Due.TURN}


def _to_be_checked(ping: Ping, earliest: str) -> Ping:
    """Return a ping whose source is checked now, or at the `earliest` time unless a check is due before."""
    if not earliest:
        return replace(ping, needs_check=True)
    return replace(ping, due=Due.CHECK, check_at=min(filter(None, (ping.check_at, earliest))))


def _earliest_check(known: Ping, ping: Ping) -> str:
    """Return when a later ping's texts may be checked; empty for at once, as the first other texts are."""
    last = known.history[-1] if known.history else None
    is_first = not known.revision and all(entry.by != "sender" for entry in known.history)
    if known.needs_check or is_first:
        return ""
    if known.status is Status.RECEIVED and last and last.by == "sender":
        return known.check_at
    checks = [
        known.verdict.checked_at if known.verdict else "",
        last.at if last and last.by == "check" else "",
    ]
    earliest = after_pause(max(checks), CHECK_PAUSE)
    return earliest if earliest > ping.received_at else ""
