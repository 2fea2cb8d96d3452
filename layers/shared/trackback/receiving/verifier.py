"""Check a ping's source: whether it links to the post, and what speaks for and against the ping.

Other people's sites can fail for hours, so their failures do not raise here: they become part of the verdict.
"""

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from trackback.errors import NoSuchPing, StatusChanged, TrackbackError
from trackback.model.ping import UNWANTED, Ping, Status
from trackback.model.returns import remembered
from trackback.model.transitions import Change, decided, no_longer_due
from trackback.receiving.admission import PATIENT, Admission, Look, NotNow
from trackback.receiving.flood_exchange import exchange_floods
from trackback.receiving.post_facts import fetch_post_facts, stored_post_facts
from trackback.receiving.recording import given_up, looked_at_before, put_off, recorded, spam_by_itself
from trackback.receiving.returning import as_new, returned
from trackback.receiving.rule_gate import RuleGate
from trackback.receiving.source_check import JudgingContext, SourceCheck, check_source, evidence
from trackback.receiving.spam.akismet import Akismet
from trackback.receiving.spam.evidence import AboutPost
from trackback.receiving.spam.flood import Arrival, FloodCounts, FloodWindow, text_hash
from trackback.receiving.spam.policy import Judgement, judge, judge_before_fetch
from trackback.receiving.spam.training import load_words
from trackback.storage.floods import FloodStore
from trackback.storage.pings import PingStore
from trackback.storage.settings import load_rules, load_settings
from trackback.storage.table import Table
from trackback.storage.turns import TurnStore
from trackback.timestamps import stamp
from trackback.web.http.client import Fetched, Fetcher
from trackback.web.http.failures import FetchFailed, TooSlow
from trackback.web.sites import site_of

NO_SUCH_POST = "the blog has no such page"


class OutOfTime(TrackbackError):
    """A run has no time left to read what it has fetched."""


class _Known(NamedTuple):
    """What is known of a ping beside itself and its source."""

    counts: FloodCounts
    about: AboutPost


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
        self._floods = FloodStore(table)
        self._turns = TurnStore(table)
        self._reading = threading.Lock()
        self._gate = RuleGate(table)

    def context(self) -> JudgingContext:
        """Load the author's rules and settings, the word model, and what other environments saw of floods."""
        exchange_floods(self._flood, self._floods)
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
        """Check a ping's source and store the outcome.

        A rejected or spam ping is left unchanged, unless other texts came since. With `if_waiting`, so is one
        whose check has come meanwhile. Returns the stored change, or None if there was nothing to check.

        Raises:
            OutOfTime: the look has no time left; the ping is as it was.
        """
        try:
            ping = self._pings.get(ping_id)
            if if_waiting and not _waits(ping, now):
                return None
            if change := _looked_at(ping, lambda waiting: self._change(waiting, context, now, look), now):
                self._pings.apply(change)
                return change
            if ping.check_at and not ping.waits_to_return:
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
            if change := _looked_at(ping, lambda waiting: given_up(waiting, context, now), now):
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
            return spam_by_itself(ping, early, context, now)
        if same := self._gate.known(ping, now):
            return looked_at_before(ping, same, context, now)
        facts = stored_post_facts(self._table, ping)
        if not facts.are_fresh(now) or not facts.missing:
            try:
                page = self._fetch(ping, look, now)
            except NotNow as refusal:
                return put_off(ping, refusal.until, context, now)
            if not facts.are_fresh(now):
                facts = fetch_post_facts(self._table, self._fetcher, ping, now, look.seconds) or facts
        if facts.missing and ping.status is Status.RECEIVED:
            return decided(ping, Status.REJECTED, now, by="check", why=NO_SUCH_POST, keep=context.keep)
        with self._reading:
            if not look.has_time():
                raise OutOfTime
            found = check_source(page, ping, facts.keys(ping.post_key))
        return self._by_source(
            ping, found, _Known(counts, AboutPost(facts.title, facts.language)), context, now
        )

    def _fetch(self, ping: Ping, look: Look, now: datetime) -> Fetched | FetchFailed:
        """Fetch a ping's source; return why it failed, unless a longer look is to follow.

        Raises:
            NotNow: it is not this ping's turn. After a first look that was too short, it is its turn for a
                longer one.
        """
        admission = Admission(self._turns, ping, look, now)
        try:
            return self._fetcher.get(ping.url, seconds=look.seconds, admit=admission.admit)
        except TooSlow as failure:
            admission.mark_slow()
            if look.is_first:
                raise NotNow(now) from None
            return failure
        except FetchFailed as failure:
            return failure

    def _without_revision(self, ping: Ping, context: JudgingContext, now: datetime, look: Look) -> Change:
        """Judge a ping's own texts: the revision alone is spam, and someone else may have sent it."""
        change = self._change(_own_words(ping), context, now, look)
        return replace(change, before=ping)

    def _by_source(
        self, ping: Ping, found: SourceCheck, known: _Known, context: JudgingContext, now: datetime
    ) -> Change:
        judgement = self._judge(ping, known, context, found)
        if _has_undecided_revision(ping) and judgement.status is Status.SPAM:
            own = _own_words(ping)  # someone else may have sent the revision
            judgement = self._judge(own, known._replace(counts=self._count(own, now)), context, found)
            judgement = self._gate.admit(own, found, judgement, now)
            return replace(recorded(own, found, judgement, context, now), before=ping)
        judgement = self._gate.admit(ping, found, judgement, now)
        return recorded(ping, found, judgement, context, now)

    def _count(self, ping: Ping, now: datetime) -> FloodCounts:
        texts = ping.latest_texts
        arrival = Arrival(
            at=now,
            ping=ping.id,
            post=ping.post_key,
            text=text_hash(texts.title, texts.excerpt),
            host=site_of(ping.url),
            client_hash=ping.client_hash,
            source=ping.url,
        )
        return self._flood.record(arrival)

    def _judge(self, ping: Ping, known: _Known, context: JudgingContext, found: SourceCheck) -> Judgement:
        if self._akismet and found.page:
            found = replace(found, akismet=self._akismet.takes_for_spam(ping, found.page))
        judgement = judge(evidence(ping, known.counts, context, found, known.about), context.rules)
        if ping.refused and judgement.status is Status.APPROVED:  # the author has turned this page down
            return replace(judgement, status=Status.PENDING)
        return judgement


def _waits(ping: Ping, now: datetime) -> bool:
    is_due = ping.check_at <= stamp(now) if ping.check_at else ping.status is Status.RECEIVED
    return ping.needs_check or is_due


def _looked_at(ping: Ping, look: Callable[[Ping], Change], now: datetime) -> Change | None:
    """Return the change that a look makes; None for a ping that was turned down and waits for none."""
    if ping.waits_to_return:
        return returned(ping, look(as_new(ping)).after, now) if _waits(ping, now) else None
    return None if ping.status in UNWANTED else look(ping)


def _own_words(ping: Ping) -> Ping:
    """Return a ping without its revision, which is not looked at a second time."""
    return replace(ping, revision=None, heard=remembered(ping.heard, ping.revision))


def _has_undecided_revision(ping: Ping) -> bool:
    return ping.revision is not None and ping.status is not Status.APPROVED


def _is_spam_by_itself(ping: Ping, context: JudgingContext) -> bool:
    return judge_before_fetch(evidence(ping, FloodCounts(), context), context.rules) is not None
