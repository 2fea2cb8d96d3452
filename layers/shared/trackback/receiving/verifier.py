"""Check a ping's source: whether it links to the post, and what speaks for and against the ping.

Other people's sites can fail for hours, so their failures do not raise here: they become part of the verdict.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from trackback.errors import NoSuchPing, StatusChanged
from trackback.model.ping import MAX_TITLE, Ping, Status
from trackback.model.posts import post_key
from trackback.model.transitions import Change, decision, not_due, postponed, verdict_change, without_revision
from trackback.model.verdict import Outcome, Seen, after_look, next_look
from trackback.receiving.host_rate_limit import HostRateLimit
from trackback.receiving.source_check import (
    GONE,
    NOT_LOOKED_AT,
    JudgingContext,
    SourceCheck,
    evidence,
    look,
    verdict,
)
from trackback.receiving.spam.akismet import Akismet
from trackback.receiving.spam.flood import Arrival, FloodCounts, FloodWindow, text_hash
from trackback.receiving.spam.policy import Judgement, judge, judge_before_fetch
from trackback.receiving.spam.training import load_words
from trackback.storage.items import post_id
from trackback.storage.pings import Table
from trackback.storage.settings import load_rules, load_settings
from trackback.timestamps import stamp
from trackback.urls import host_of, site_of
from trackback.web.html.page import read_page
from trackback.web.http.client import Fetcher, FetchFailed
from trackback.web.text.plain_text import clean

POST_IS_KNOWN_FOR = timedelta(days=30)
"""How long stored facts about the post's page stay valid."""

POST_IS_MISSED_FOR = timedelta(hours=1)
"""How long a page that the blog lacked counts as missing; short, as it may be published at any minute."""

NO_SUCH_POST = "the blog has no such page"


class Verifier:
    """Checks sources, judges pings and stores the verdict in one conditional write."""

    def __init__(
        self,
        table: Table,
        fetcher: Fetcher,
        recent: FloodWindow,
        pace: HostRateLimit,
        akismet: Akismet | None = None,
    ) -> None:
        """`recent` and `pace` keep their state as long as this process lives."""
        self._akismet = akismet
        self._table = table
        self._fetcher = fetcher
        self._recent = recent
        self._pace = pace

    def policy(self) -> JudgingContext:
        """Load the author's rules and settings and the word model, as they are stored now."""
        keep = load_settings(self._table).keep
        return JudgingContext(load_rules(self._table), load_words(self._table), keep)

    def verify(self, ping_id: str, policy: JudgingContext, now: datetime) -> Change | None:
        """Check a ping's source and store the outcome; a rejected or spam ping is left unchanged.

        Returns the stored change, or None if there was nothing to check.
        """
        try:
            ping = self._table.get(ping_id)
            if ping.status not in {Status.REJECTED, Status.SPAM}:
                change = self._change(ping, policy, now)
                self._table.apply(change)
                return change
            if ping.check_at:
                self._table.apply(not_due(ping))
        except (NoSuchPing, StatusChanged):  # a decision in the meantime takes precedence over a verdict
            pass
        return None

    def _change(self, ping: Ping, policy: JudgingContext, now: datetime) -> Change:
        if ping.revision and ping.status is not Status.APPROVED:
            spam = judge_before_fetch(evidence(ping, FloodCounts(), policy), policy.rules)
            if spam:  # the revision alone is spam, which says nothing about the original ping
                return without_revision(ping, self._change(replace(ping, revision=None), policy, now))
        seen = self._sightings(ping, now)
        early = judge_before_fetch(evidence(ping, seen, policy), policy.rules)
        if early and ping.status is Status.RECEIVED:
            outcome = Outcome(early.status, _judge_of(early))
            return verdict_change(
                ping, verdict(ping, NOT_LOOKED_AT, early, now), outcome, now, keep=policy.keep
            )
        if not self._pace.allows(site_of(ping.url), now):
            return postponed(ping, now + HostRateLimit.WINDOW)
        facts = self._post(ping, now)
        if facts.get("missing") and ping.status is Status.RECEIVED:
            return decision(ping, Status.REJECTED, now, by="check", why=NO_SUCH_POST, keep=policy.keep)
        found = look(self._fetcher, ping, post_keys(ping, facts))
        judgement = self._judged(ping, seen, policy, found)
        if ping.revision and ping.status is not Status.APPROVED and judgement.status is Status.SPAM:
            first = replace(ping, revision=None)  # as above: someone else may have sent the revision
            judgement = self._judged(first, self._sightings(first, now), policy, found)
            return without_revision(ping, self._recorded(first, found, judgement, now, policy.keep))
        return self._recorded(ping, found, judgement, now, policy.keep)

    def _sightings(self, ping: Ping, now: datetime) -> FloodCounts:
        texts: Mapping[str, str] = ping.revision or ping.texts
        arrival = Arrival(
            at=now,
            ping=ping.id,
            post=ping.post_key,
            text=text_hash(texts["title"], texts["excerpt"]),
            host=host_of(ping.url),
            sender=ping.sender,
        )
        return self._recent.see(arrival)

    def _judged(self, ping: Ping, seen: FloodCounts, policy: JudgingContext, found: SourceCheck) -> Judgement:
        if self._akismet and found.page:
            found = replace(found, akismet=self._akismet.takes_for_spam(ping, found.page))
        return judge(evidence(ping, seen, policy, found), policy.rules)

    def _recorded(
        self, ping: Ping, found: SourceCheck, judgement: Judgement, now: datetime, keep: timedelta
    ) -> Change:
        approved = Status.APPROVED in {ping.status, judgement.status}
        same = ping.verdict is not None and ping.verdict["link"] == found.link
        looks = ping.looks + 1 if same else 1
        as_ever = found.document is not None and not ping.verified  # a link never seen cannot disappear
        seen = Seen.FOUND if as_ever else found.link
        gone = after_look(ping.gone, seen, now) if ping.status is Status.APPROVED else None
        by_rule = judgement.status is Status.APPROVED and ping.status is not Status.APPROVED
        outcome = Outcome(
            status=ping.status if ping.status is Status.APPROVED else judgement.status,
            by=_judge_of(judgement),
            looks=looks,
            gone=gone,
            check_at=next_look(found.link, approved=approved, looks=looks, gone=gone, now=now),
            texts=_told_by_page(ping, found) if by_rule else {},
        )
        return verdict_change(ping, verdict(ping, found, judgement, now), outcome, now, keep=keep)

    def _post(self, ping: Ping, now: datetime) -> dict[str, Any]:
        """Return the facts about the post itself; fetch its page if they are unknown or out of date."""
        record = post_id(ping.post_key)
        facts: dict[str, Any] = self._table.read(record).get("facts", {})
        known_for = POST_IS_MISSED_FOR if facts.get("missing") else POST_IS_KNOWN_FOR
        if facts and facts["seen_at"] > stamp(now - known_for):
            return facts
        try:
            page = self._fetcher.get(ping.post)
        except FetchFailed:
            return facts
        if page.status in GONE:
            facts = {"missing": True, "seen_at": stamp(now)}
        elif page.status < 300:  # noqa: PLR2004 - the class of success, RFC 9110 section 15.3
            document = read_page(page.body, page.content_type, page.url, lambda _: False)
            facts = {"title": document.title, "language": document.language, "seen_at": stamp(now)}
            if document.canonical:
                facts["canonical"] = document.canonical
        else:
            return facts
        self._table.write(record, "facts", facts)
        return facts


def _told_by_page(ping: Ping, found: SourceCheck) -> dict[str, str]:
    """Return texts from the source's page, for a ping that a rule approves: anyone can ping in its name."""
    link = found.document.link if found.document else None
    title = found.document.title if found.document else ""
    return {
        "title": clean(title, MAX_TITLE) or ping.url,
        "excerpt": link.sentence if link else "",
        "blog_name": host_of(ping.url),
    }


def _judge_of(judgement: Judgement) -> str:
    return "rule" if judgement.by_rule else "check"


def post_keys(ping: Ping, facts: Mapping[str, Any]) -> frozenset[str]:
    """Return the post's keys, for comparing links: its own, and its canonical one on the same blog."""
    own = ping.post_key
    canonical = post_key(facts.get("canonical", ""))
    same_blog = canonical.partition("/")[0] == own.partition("/")[0]
    return frozenset({own, canonical} if same_blog else {own})
