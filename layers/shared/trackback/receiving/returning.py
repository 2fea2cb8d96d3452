"""A look at the later texts of a ping that was turned down: what it makes of the ping.

The texts are judged as those of a new ping would be, but no rule shows them: they come back to the author,
and only if the page links to the post.
"""

from dataclasses import replace
from datetime import datetime

from trackback.model.ping import UNWANTED, Due, HistoryEntry, Ping, Status
from trackback.model.returns import remembered, waiting_until
from trackback.model.transitions import Change, with_entry
from trackback.model.verdict import LinkStatus, Reason, ReasonCode, Verdict
from trackback.receiving.recheck import next_check
from trackback.timestamps import stamp

_TURNED_DOWN = Reason(ReasonCode.RETURNED, "A ping of this page was turned down before, with other words.")


def as_new(ping: Ping) -> Ping:
    """Return a ping that was turned down as if its later texts were those of a new one, but for no rule."""
    return replace(
        ping,
        status=Status.RECEIVED,
        texts=ping.latest_texts,
        revision=None,
        refused=ping.texts,
        history=(),
        verdict=None,
        verified=False,
    )


def returned(known: Ping, looked_at: Ping, now: datetime) -> Change:
    """Return the change of a ping that was turned down, by what became of it `as_new`."""
    if looked_at.status is Status.RECEIVED and looked_at.due:
        return Change(known, waiting_until(known, looked_at.due, looked_at.check_at))
    verdict, looked = looked_at.verdict, replace(known, returned_at=stamp(now))
    if looked_at.status in UNWANTED or not verdict:
        return _dropped(known, looked, is_spam=looked_at.status is Status.SPAM)
    if verdict.link is LinkStatus.FOUND:
        return _come_back(known, looked, verdict, now)
    count = max(known.check_count, 1)
    if at := next_check(verdict.link, is_approved=False, check_count=count, missing=None, now=now):
        return Change(known, replace(waiting_until(looked, Due.CHECK, at), check_count=count + 1))
    return _dropped(known, looked, is_spam=False)


def _dropped(known: Ping, looked: Ping, *, is_spam: bool) -> Change:
    """Return the change that drops the later texts. Only spam is remembered: a link may still be added."""
    heard = remembered(known.heard, known.revision) if is_spam else known.heard
    after = replace(looked, revision=None, heard=heard, needs_check=False, due=None, check_at="")
    return Change(known, after)


def _come_back(known: Ping, looked: Ping, verdict: Verdict, now: datetime) -> Change:
    entry = HistoryEntry(stamp(now), Status.PENDING, "check", "sent again with other words, and links")
    by_author = bool(known.history) and known.history[-1].by == "author"
    verdict = replace(verdict, reasons=(*verdict.reasons, _TURNED_DOWN))
    after = replace(
        looked,
        status=Status.PENDING,
        texts=known.latest_texts,
        received_at=looked.returned_at,
        revision=None,
        history=with_entry(known, entry),
        verdict=verdict,
        verified=True,
        check_count=1,
        needs_check=False,
        due=None,
        check_at="",
        turned_down=remembered(known.turned_down, known.texts),
        refused=known.texts if by_author else known.refused,
        previous_texts=None,
        notified="",
        expires_at=0,
        comes_first=verdict.proves_link,
    )
    return Change(known, after)
