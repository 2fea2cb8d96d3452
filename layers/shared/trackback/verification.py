"""Looking at a ping's source: does it link to the post, and what speaks for and against it?

Other people's sites fail for hours, so nothing they do raises here: it becomes part of the verdict.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from trackback.clock import stamp
from trackback.errors import NoSuchPing, StatusChanged
from trackback.evidence import Evidence
from trackback.fetch import Fetched, Fetcher, FetchFailed
from trackback.items import Change, decision, post_id, postponed, verdict_change
from trackback.learning import load_words
from trackback.link import host_of
from trackback.pace import Pace
from trackback.page import Document, read_page
from trackback.ping import Ping, Status
from trackback.policy import Judgement, judge, judge_before_fetch
from trackback.recent import Arrival, Recent, Sightings, text_hash
from trackback.reflection import is_reflection
from trackback.rules import Rule
from trackback.settings import load_rules
from trackback.site import post_key
from trackback.table import Table
from trackback.verdict import Outcome, Seen, Verdict, after_look, next_look
from trackback.words import WordModel

GONE = {404, 410}
"""What a server answers for a page that is not there, or not any more."""

POST_IS_KNOWN_FOR = timedelta(days=30)
"""How long what was seen of the post itself is believed."""

NO_SUCH_POST = "the blog has no such page"


@dataclass(frozen=True, slots=True)
class Policy:
    """What the author has said and what was learned from it, as of now."""

    rules: Sequence[Rule]
    words: WordModel


@dataclass(frozen=True, slots=True)
class Look:
    """What fetching a source has shown."""

    link: Seen
    page: Fetched | None = None
    document: Document | None = None
    why: str = ""


NOT_LOOKED_AT = Look(Seen.UNREACHABLE)
"""For a ping that says enough by itself."""


def look(fetcher: Fetcher, ping: Ping, keys: frozenset[str]) -> Look:
    """Fetch a ping's source and look for a link to the post, under any of its keys."""
    try:
        page = fetcher.get(ping.url)
    except FetchFailed as failure:
        return Look(Seen.UNREACHABLE, why=str(failure))
    if page.status in GONE:
        return Look(Seen.MISSING, page, why=f"the server answers {page.status}")
    if not 200 <= page.status < 300:  # noqa: PLR2004 - the class of success, RFC 9110 section 15.3
        return Look(Seen.UNREACHABLE, page, why=f"the server answers {page.status}")
    document = read_page(page.body, page.content_type, page.url, lambda url: post_key(url) in keys)
    found = document.link is not None and not any(is_reflection(ping.url, key) for key in keys)
    return Look(Seen.FOUND if found else Seen.MISSING, page, document)


def evidence(ping: Ping, seen: Sightings, policy: Policy, found: Look | None = None) -> Evidence:
    """Return all that the rules may look at; without a look, what is known before it."""
    texts: Mapping[str, str] = ping.revision or ping.texts
    document = found.document if found else None
    link = document.link if document else None
    return Evidence(
        url=ping.url,
        title=texts["title"],
        excerpt=texts["excerpt"],
        blog_name=texts["blog_name"],
        marked_up=ping.marked_up,
        link=found.link.value if found else None,
        landed=found.page.url if found and found.page else "",
        rel=link.rel if link else frozenset(),
        links=document.links if document else 0,
        reflection=is_reflection(ping.url, ping.post_key),
        same_text=seen.same_text,
        same_host=seen.same_host,
        burst=seen.burst,
        words=policy.words,
    )


def verdict(ping: Ping, found: Look, judgement: Judgement, now: datetime) -> Verdict:
    """Return what there is to tell the author, but for what the ping itself says already."""
    document, page = found.document, found.page
    link = document.link if document and found.link is Seen.FOUND else None
    return Verdict(
        link=found.link,
        checked_at=stamp(now),
        url=page.url if page and page.url != ping.url else "",
        http_status=page.status if page else None,
        why=found.why,
        text=link.text if link else "",
        sentence=link.sentence if link else "",
        rel=sorted(link.rel) if link else (),
        title=document.title if document and document.title != ping.title else "",
        language=document.language if document else "",
        links=document.links if document else 0,
        score=judgement.score,
        reasons=[reason.words for reason in judgement.reasons],
    )


class Verifier:
    """Looks at sources, judges pings and records the verdict in one conditional write."""

    def __init__(self, table: Table, fetcher: Fetcher, recent: Recent, pace: Pace) -> None:
        """Take what it works with; `recent` and `pace` remember as long as this process lives."""
        self._table = table
        self._fetcher = fetcher
        self._recent = recent
        self._pace = pace

    def policy(self) -> Policy:
        """Return the author's rules and what was learned, as they are stored now."""
        return Policy(load_rules(self._table), load_words(self._table))

    def verify(self, ping_id: str, policy: Policy, now: datetime) -> None:
        """Look at a ping's source and record what it is worth; a ping that is decided against is let be."""
        try:
            ping = self._table.get(ping_id)
            if ping.status not in {Status.REJECTED, Status.SPAM}:
                self._table.apply(self._change(ping, policy, now))
        except NoSuchPing:
            return
        except StatusChanged:  # decided meanwhile, and a decision is worth more than a verdict
            return

    def _change(self, ping: Ping, policy: Policy, now: datetime) -> Change:
        texts: Mapping[str, str] = ping.revision or ping.texts
        arrival = Arrival(
            at=now,
            ping=ping.id,
            post=ping.post_key,
            text=text_hash(texts["title"], texts["excerpt"]),
            host=host_of(ping.url),
            sender=ping.sender,
        )
        seen = self._recent.see(arrival)
        early = judge_before_fetch(evidence(ping, seen, policy), policy.rules)
        if early and ping.status is Status.RECEIVED:
            outcome = Outcome(early.status, _judge_of(early))
            return verdict_change(ping, verdict(ping, NOT_LOOKED_AT, early, now), outcome, now)
        if not self._pace.allows(host_of(ping.url), now):
            return postponed(ping, now + Pace.WINDOW)
        facts = self._post(ping, now)
        if facts.get("missing") and ping.status is Status.RECEIVED:
            return decision(ping, Status.REJECTED, now, by="check", why=NO_SUCH_POST)
        found = look(self._fetcher, ping, post_keys(ping, facts))
        judgement = judge(evidence(ping, seen, policy, found), policy.rules)
        return self._recorded(ping, found, judgement, now)

    def _recorded(self, ping: Ping, found: Look, judgement: Judgement, now: datetime) -> Change:
        approved = Status.APPROVED in {ping.status, judgement.status}
        same = ping.verdict is not None and ping.verdict["link"] == found.link
        looks = ping.looks + 1 if same else 1
        gone = after_look(ping.gone, found.link, now) if ping.status is Status.APPROVED else None
        outcome = Outcome(
            status=ping.status if ping.status is Status.APPROVED else judgement.status,
            by=_judge_of(judgement),
            looks=looks,
            gone=gone,
            check_at=next_look(found.link, approved=approved, looks=looks, gone=gone, now=now),
        )
        return verdict_change(ping, verdict(ping, found, judgement, now), outcome, now)

    def _post(self, ping: Ping, now: datetime) -> dict[str, Any]:
        """Return what is known of the post itself, looking at it if that is not known or long ago."""
        record = post_id(ping.post_key)
        facts: dict[str, Any] = self._table.read(record).get("facts", {})
        if facts and facts["seen_at"] > stamp(now - POST_IS_KNOWN_FOR):
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


def _judge_of(judgement: Judgement) -> str:
    return "rule" if judgement.by_rule else "check"


def post_keys(ping: Ping, facts: Mapping[str, Any]) -> frozenset[str]:
    """Return the keys under which a link is one to the post: its own, and its canonical one on the blog."""
    own = ping.post_key
    canonical = post_key(facts.get("canonical", ""))
    same_blog = canonical.partition("/")[0] == own.partition("/")[0]
    return frozenset({own, canonical} if same_blog else {own})
