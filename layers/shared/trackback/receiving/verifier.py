"""Check a ping's source: whether it links to the post, and what speaks for and against the ping.

Other people's sites can fail for hours, so their failures do not raise here: they become part of the verdict.
"""

from dataclasses import replace
from datetime import datetime

from trackback.errors import NoSuchPing, StatusChanged, TrackbackError
from trackback.model.ping import UNWANTED, Ping, Status
from trackback.model.texts import MAX_TITLE, Texts
from trackback.model.transitions import Change, CheckOutcome, checked, decided, no_longer_due, postponed
from trackback.model.verdict import LinkStatus, Reason, ReasonCode
from trackback.receiving.admission import PATIENT, Admission, Look, NotNow
from trackback.receiving.post_facts import fetch_post_facts, stored_post_facts
from trackback.receiving.recheck import missing_since, next_check
from trackback.receiving.source_check import (
    NOT_FETCHED,
    JudgingContext,
    SourceCheck,
    check_source,
    evidence,
    verdict,
)
from trackback.receiving.spam.akismet import Akismet
from trackback.receiving.spam.flood import Arrival, FloodCounts, FloodWindow, text_hash
from trackback.receiving.spam.policy import Judgement, judge, judge_before_fetch
from trackback.receiving.spam.training import load_words
from trackback.storage.pings import PingStore
from trackback.storage.settings import load_rules, load_settings
from trackback.storage.table import Table
from trackback.storage.turns import TurnStore
from trackback.timestamps import stamp
from trackback.urls import host_of
from trackback.web.http.client import Fetched, Fetcher, FetchFailed, TooSlow
from trackback.web.text.plain_text import clean

NO_SUCH_POST = "the blog has no such page"
FAULT = SourceCheck(LinkStatus.UNREACHABLE, why="a fault of ours")
NOT_JUDGED = Judgement(
    Status.PENDING,
    score=0,
    reasons=(Reason(ReasonCode.FAULT, "It could not be checked: a fault of ours, not of the ping."),),
)
"""For a ping whose check has failed again and again."""
CROWDED = SourceCheck(LinkStatus.UNREACHABLE, why="too many pings name its site")
NOT_LOOKED_AT = Judgement(
    Status.PENDING,
    score=0,
    reasons=(Reason(ReasonCode.FLOOD, "It was not looked at: too many pings name its site."),),
)
"""For a ping that would have to wait for half a day."""


class NeedsLongerLook(TrackbackError):
    """A source has not answered in the time of a first look."""


class Verifier:
    """Checks sources, judges pings and stores the verdict in one conditional write."""

    def __init__(
        self,
        table: Table,
        fetcher: Fetcher,
        flood: FloodWindow,
        akismet: Akismet | None = None,
    ) -> None:
        """`flood` keeps its state as long as this process lives."""
        self._akismet = akismet
        self._table = table
        self._pings = PingStore(table)
        self._fetcher = fetcher
        self._flood = flood
        self._turns = TurnStore(table)

    def context(self) -> JudgingContext:
        """Load the author's rules and settings and the word model, as they are stored now."""
        keep = load_settings(self._table).keep
        return JudgingContext(load_rules(self._table), load_words(self._table), keep)

    def verify(
        self,
        ping_id: str,
        context: JudgingContext,
        now: datetime,
        look: Look = PATIENT,
        *,
        if_waiting: bool = False,
    ) -> Change | None:
        """Check a ping's source and store the outcome; a rejected or spam ping is left unchanged.

        With `if_waiting`, so is one whose check has come meanwhile. Returns the stored change, or None if
        there was nothing to check.

        Raises:
            NeedsLongerLook: the source has not answered, and this was its first look.
        """
        try:
            ping = self._pings.get(ping_id)
            if if_waiting and not _waits(ping, now):
                return None
            if ping.status not in UNWANTED:
                change = self._change(ping, context, now, look)
                self._pings.apply(change)
                return change
            if ping.check_at:
                self._pings.apply(no_longer_due(ping))
        except (NoSuchPing, StatusChanged):  # a decision in the meantime takes precedence over a verdict
            pass
        return None

    def give_up(self, ping_id: str, context: JudgingContext, now: datetime) -> Change | None:
        """Give a ping a verdict without a check, as for an unreachable source; it is tried again later.

        Returns the stored change, or None if there is nothing to check any more.
        """
        try:
            ping = self._pings.get(ping_id)
            if ping.status not in UNWANTED:
                change = _recorded(ping, FAULT, NOT_JUDGED, context, now)
                self._pings.apply(change)
                return change
        except (NoSuchPing, StatusChanged):  # a decision in the meantime takes precedence
            pass
        return None

    def _change(self, ping: Ping, context: JudgingContext, now: datetime, look: Look) -> Change:
        """Return the change of a ping: spam by itself, postponed, without a post, or by its source."""
        if _has_undecided_revision(ping) and _is_spam_by_itself(ping, context):
            return self._without_revision(ping, context, now, look)
        counts = self._count(ping, now)
        early = judge_before_fetch(evidence(ping, counts, context), context.rules)
        if early and ping.status is Status.RECEIVED:
            return _spam_by_itself(ping, early, context, now)
        facts = stored_post_facts(self._table, ping)
        if not facts.are_fresh(now) or not facts.missing:
            try:
                page = self._fetch(ping, look, now)
            except NotNow as refusal:
                return _put_off(ping, refusal.until, context, now)
            if not facts.are_fresh(now):
                facts = fetch_post_facts(self._table, self._fetcher, ping, now, look.seconds) or facts
        if facts.missing and ping.status is Status.RECEIVED:
            return decided(ping, Status.REJECTED, now, by="check", why=NO_SUCH_POST, keep=context.keep)
        found = check_source(page, ping, facts.keys(ping.post_key))
        return self._by_source(ping, found, counts, context, now)

    def _fetch(self, ping: Ping, look: Look, now: datetime) -> Fetched | FetchFailed:
        """Fetch a ping's source; return why it failed, unless a longer look is to follow."""
        admission = Admission(self._turns, ping, look, now)
        try:
            return self._fetcher.get(ping.url, seconds=look.seconds, admit=admission.admit)
        except TooSlow as failure:
            if not look.is_first:
                return failure
            admission.mark_slow()
            raise NeedsLongerLook from None
        except FetchFailed as failure:
            return failure

    def _without_revision(self, ping: Ping, context: JudgingContext, now: datetime, look: Look) -> Change:
        """Judge a ping's own texts: the revision alone is spam, and someone else may have sent it."""
        change = self._change(replace(ping, revision=None), context, now, look)
        return replace(change, before=ping)

    def _by_source(
        self, ping: Ping, found: SourceCheck, counts: FloodCounts, context: JudgingContext, now: datetime
    ) -> Change:
        judgement = self._judge(ping, counts, context, found)
        if _has_undecided_revision(ping) and judgement.status is Status.SPAM:
            own = replace(ping, revision=None)  # someone else may have sent the revision
            judgement = self._judge(own, self._count(own, now), context, found)
            return replace(_recorded(own, found, judgement, context, now), before=ping)
        return _recorded(ping, found, judgement, context, now)

    def _count(self, ping: Ping, now: datetime) -> FloodCounts:
        texts = ping.latest_texts
        arrival = Arrival(
            at=now,
            ping=ping.id,
            post=ping.post_key,
            text=text_hash(texts.title, texts.excerpt),
            host=host_of(ping.url),
            client_hash=ping.client_hash,
        )
        return self._flood.record(arrival)

    def _judge(
        self, ping: Ping, counts: FloodCounts, context: JudgingContext, found: SourceCheck
    ) -> Judgement:
        if self._akismet and found.page:
            found = replace(found, akismet=self._akismet.takes_for_spam(ping, found.page))
        return judge(evidence(ping, counts, context, found), context.rules)


def _waits(ping: Ping, now: datetime) -> bool:
    is_due = ping.check_at <= stamp(now) if ping.check_at else ping.status is Status.RECEIVED
    return ping.needs_check or is_due


def _put_off(ping: Ping, until: datetime | None, context: JudgingContext, now: datetime) -> Change:
    if until:
        return postponed(ping, until)
    return _recorded(ping, CROWDED, NOT_LOOKED_AT, context, now)


def _has_undecided_revision(ping: Ping) -> bool:
    return ping.revision is not None and ping.status is not Status.APPROVED


def _is_spam_by_itself(ping: Ping, context: JudgingContext) -> bool:
    return judge_before_fetch(evidence(ping, FloodCounts(), context), context.rules) is not None


def _spam_by_itself(ping: Ping, early: Judgement, context: JudgingContext, now: datetime) -> Change:
    outcome = CheckOutcome(early.status, _judge_of(early))
    return checked(ping, verdict(ping, NOT_FETCHED, early, now), outcome, now, keep=context.keep)


def _recorded(
    ping: Ping, found: SourceCheck, judgement: Judgement, context: JudgingContext, now: datetime
) -> Change:
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
    return "rule" if judgement.by_rule else "check"
