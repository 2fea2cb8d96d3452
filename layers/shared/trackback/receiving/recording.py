"""What a check makes of a ping: the change that records it, and when the next check is due."""

from datetime import datetime

from trackback.model.ping import Ping, Status
from trackback.model.texts import MAX_TITLE, Texts
from trackback.model.transitions import Change, CheckOutcome, checked, postponed
from trackback.model.verdict import LinkStatus, Reason, ReasonCode
from trackback.receiving.recheck import missing_since, next_check
from trackback.receiving.same_page import SamePage
from trackback.receiving.source_check import NOT_FETCHED, JudgingContext, SourceCheck, verdict
from trackback.receiving.spam.policy import Judgement
from trackback.urls import host_of
from trackback.web.text.plain_text import clean

_FAULT = SourceCheck(LinkStatus.UNREACHABLE, why="a fault of ours")
_NOT_JUDGED = Judgement(
    Status.PENDING,
    score=0,
    reasons=(Reason(ReasonCode.FAULT, "It could not be checked: a fault of ours, not of the ping."),),
)
_REPEATED = SourceCheck(
    LinkStatus.UNREACHABLE, why="not checked again, since its sender's other addresses led to one page"
)
_CROWDED = SourceCheck(LinkStatus.UNREACHABLE, why="too many pings name its site")
_NOT_LOOKED_AT = Judgement(
    Status.PENDING,
    score=0,
    reasons=(Reason(ReasonCode.FLOOD, "It was not looked at: too many pings name its site."),),
)


def spam_by_itself(ping: Ping, early: Judgement, context: JudgingContext, now: datetime) -> Change:
    """Return the change of a ping that is spam without a look at its source."""
    outcome = CheckOutcome(early.status, _judge_of(early))
    return checked(ping, verdict(ping, NOT_FETCHED, early, now), outcome, now, keep=context.keep)


def recorded(
    ping: Ping, found: SourceCheck, judgement: Judgement, context: JudgingContext, now: datetime
) -> Change:
    """Return the change that records what a check found, with the time of the next one."""
    was_approved = ping.status is Status.APPROVED
    is_approved = was_approved or judgement.status is Status.APPROVED
    is_same = ping.verdict is not None and ping.verdict.link is found.link
    check_count = ping.check_count + 1 if is_same else 1
    never_linked = found.document is not None and not ping.verified  # a link never seen cannot disappear
    link = LinkStatus.FOUND if never_linked else found.link
    missing = missing_since(ping.link_missing, link, now) if was_approved else None
    outcome = CheckOutcome(
        status=ping.status if was_approved else judgement.status,
        by=_judge_of(judgement),
        check_count=check_count,
        link_missing=missing,
        check_at=next_check(
            found.link, is_approved=is_approved, check_count=check_count, missing=missing, now=now
        ),
        texts=_texts_of_page(ping, found) if is_approved and not was_approved else None,
    )
    return checked(ping, verdict(ping, found, judgement, now), outcome, now, keep=context.keep)


def put_off(ping: Ping, until: datetime | None, context: JudgingContext, now: datetime) -> Change:
    """Return the change of a ping that waits for its turn, or gets none: then it is held without a look."""
    if until:
        return postponed(ping, until)
    return recorded(ping, _CROWDED, _NOT_LOOKED_AT, context, now)


def looked_at_before(ping: Ping, same: SamePage, context: JudgingContext, now: datetime) -> Change:
    """Return the change of a ping that is held unseen: its sender's other addresses led to one page."""
    judgement = Judgement(Status.PENDING, score=0, reasons=(same.reason,), same_as=same.ping.id)
    outcome = CheckOutcome(Status.PENDING)
    return checked(ping, verdict(ping, _REPEATED, judgement, now), outcome, now, keep=context.keep)


def given_up(ping: Ping, context: JudgingContext, now: datetime) -> Change:
    """Return the change of a ping whose check has failed again and again: it is held without a look."""
    return recorded(ping, _FAULT, _NOT_JUDGED, context, now)


def _texts_of_page(ping: Ping, found: SourceCheck) -> Texts:
    """Return texts from the source's page, for a ping that a rule approves: anyone can ping in its name."""
    link = found.document.link if found.document else None
    title = found.document.title if found.document else ""
    return Texts(
        title=clean(title, MAX_TITLE) or ping.url,
        excerpt=link.sentence if link else "",
        blog_name=host_of(ping.url),
    )


def _judge_of(judgement: Judgement) -> str:
    return "rule" if judgement.rule else "check"
