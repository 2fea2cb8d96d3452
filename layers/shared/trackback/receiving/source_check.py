"""One check of a ping's source: read its page, build the evidence for policy, the verdict for the author."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from trackback.model.ping import Ping
from trackback.model.rule import Rule
from trackback.model.verdict import LinkStatus, Verdict
from trackback.receiving.post_links import PostLinks
from trackback.receiving.spam.bayes import WordModel
from trackback.receiving.spam.evidence import UNKNOWN_POST, AboutPost, Evidence
from trackback.receiving.spam.flood import FloodCounts
from trackback.receiving.spam.policy import Judgement
from trackback.receiving.spam.reflection import is_reflection
from trackback.receiving.verdict_size import bounded
from trackback.timestamps import stamp
from trackback.web.budget import TooCostly
from trackback.web.html.link_reader import Document
from trackback.web.html.page import read_page
from trackback.web.html.regions import Standing
from trackback.web.http.client import Fetched
from trackback.web.http.failures import FetchFailed

GONE = {404, 410}
"""HTTP status codes for a page that does not exist, or no longer does."""


@dataclass(frozen=True, slots=True)
class JudgingContext:
    """The author's rules, the word model learned from their decisions, how long to keep unwanted pings."""

    rules: Sequence[Rule]
    words: WordModel
    keep: timedelta


@dataclass(frozen=True, slots=True)
class SourceCheck:
    """The result of fetching a source."""

    link: LinkStatus
    page: Fetched | None = None
    document: Document | None = None
    why: str = ""
    akismet: bool = False


NOT_FETCHED = SourceCheck(LinkStatus.UNREACHABLE)
"""For a ping that is spam on its own evidence, so its source is not fetched."""


def check_source(page: Fetched | FetchFailed, ping: Ping, keys: frozenset[str]) -> SourceCheck:
    """Check what was fetched from a ping's source for a link to the post, under any of its keys."""
    if isinstance(page, FetchFailed):
        return SourceCheck(LinkStatus.UNREACHABLE, why=str(page))
    if page.status in GONE:
        return SourceCheck(LinkStatus.MISSING, page, why=f"the server answers {page.status}")
    if not 200 <= page.status < 300:  # noqa: PLR2004 - the class of success, RFC 9110 section 15.3
        return SourceCheck(LinkStatus.UNREACHABLE, page, why=f"the server answers {page.status}")
    return _read(page, ping, keys)


def _read(page: Fetched, ping: Ping, keys: frozenset[str]) -> SourceCheck:
    post = PostLinks(keys)
    document = read_page(page.body, page.content_type, page.url, post.matches, post.is_on_host)
    urls = (ping.url, page.url)
    link = document.link
    if link and link.is_visible and not any(is_reflection(url, key) for url in urls for key in keys):
        return SourceCheck(LinkStatus.FOUND, page, document)
    if not document.whole:
        return SourceCheck(LinkStatus.UNREACHABLE, page, document, why=str(TooCostly()))
    if not page.whole:
        return SourceCheck(
            LinkStatus.UNREACHABLE, page, document, why="the page is over 1 MB, its first has no link"
        )
    why = "its link is hidden from readers" if link and not link.is_visible else ""
    return SourceCheck(LinkStatus.MISSING, page, document, why)


def evidence(
    ping: Ping,
    counts: FloodCounts,
    context: JudgingContext,
    found: SourceCheck | None = None,
    about: AboutPost = UNKNOWN_POST,
) -> Evidence:
    """Build the evidence for policy; without `found`, from the ping alone."""
    texts = ping.latest_texts
    landed = found.page.url if found and found.page else ""
    document = found.document if found else None
    link = document.link if document else None
    return Evidence(
        url=ping.url,
        title=texts.title,
        excerpt=texts.excerpt,
        blog_name=texts.blog_name,
        has_markup=ping.has_markup,
        link=found.link if found else None,
        landed=landed,
        rel=link.rel if link else frozenset(),
        standing=link.standing if link else Standing.TEXT,
        links=document.links if document else 0,
        reflection=any(is_reflection(url, ping.post_key) for url in (ping.url, landed)),
        same_text=counts.same_text,
        same_host=counts.same_host,
        burst=counts.burst,
        text_sites=counts.text_sites,
        akismet=found.akismet if found else False,
        words=context.words,
        post=ping.post,
        about=about,
        page_text=f"{document.title} {link.sentence if link else ''}" if document else "",
        language=document.language if document else "",
    )


def verdict(ping: Ping, found: SourceCheck, judgement: Judgement, now: datetime) -> Verdict:
    """Build the verdict for the author; it omits what repeats the ping itself."""
    document, page = found.document, found.page
    link = document.link if document and found.link is LinkStatus.FOUND else None
    full = Verdict(
        link=found.link,
        checked_at=stamp(now),
        url=page.url if page and page.url != ping.url else "",
        http_status=page.status if page else None,
        why=found.why,
        text=link.text if link else "",
        sentence=link.sentence if link else "",
        rel=sorted(link.rel) if link else (),
        title=document.title if document and document.title != ping.texts.title else "",
        language=document.language if document else "",
        links=document.links if document else 0,
        score=judgement.score,
        reasons=judgement.reasons,
        same_as=judgement.same_as,
    )
    return bounded(full)
