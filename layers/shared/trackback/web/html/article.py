"""Parses the author's own post: its title, its links, and the text around each link.

The post's text is the first of: microformats' `e-content` (or `entry-content`, or schema.org's
`articleBody`); the `article` that has an `h1`, or the only one, within `main` if there is one; `main`; the
post's content in the blog's feed; the whole page. Navigation, sidebars, footers and comments are never part
of it. A heading that is a link is, and so are links marked as a reply, like, repost or bookmark.
"""

import re
from collections import Counter
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

from trackback.errors import PingRefused
from trackback.model.posts import host_key
from trackback.urls import Source, is_same_page, read_source
from trackback.web.budget import Budget
from trackback.web.html.article_markup import ArticleMarkup, Link
from trackback.web.html.excerpt import LIMIT, passage, plain
from trackback.web.html.href import published, resolve
from trackback.web.html.page import is_html, page_text
from trackback.web.html.regions import Place, Standing
from trackback.web.html.tokenizer import read_markup

MAX_TITLE = 250
"""Maximum length of titles and blog names in characters; receivers accept as much."""
MAX_PASSAGE = 252
"""Maximum length of a passage in characters; receivers accept as much."""

_OF_A_FEED = re.compile(r"[\W_]*\b(?:rss|atom|json|feed)\b.*", re.IGNORECASE)
_BETWEEN = r"(?:\s+[^\w\s]{1,3}\s+|:\s+)"  # separates a post's title from the blog's name


class LeftOut(StrEnum):
    """Why a link gets no ping; the words follow "2 links" (`left_out_words`)."""

    MARKED = "marked nofollow, ugc or sponsored"
    COMMENTS = "in comments"
    HIDDEN = "in hidden elements"
    AROUND = "around the post's text: in navigation, a sidebar, a footer or another post"


@dataclass(frozen=True, slots=True)
class Citation:
    """A page that a post links to; all its links to one page make one citation.

    `target` is the page's URL as the post writes it. `text` is the text of the first link that has any.
    `passage` holds the sentences around that link, at most `MAX_PASSAGE` characters. Both may be empty.
    """

    target: str
    text: str
    passage: str


@dataclass(frozen=True, slots=True)
class Article:
    """A post of the author's; its texts are plain and clean.

    Attributes:
        url: Its permalink: the canonical URL if it names the same page.
        title: Its title; its address if it has none.
        blog_name: The blog's name; its host if it has none.
        language: The language that its page declares, such as `en-GB`; may be empty.
        summary: Its description; may be empty.
        links: Its links, in the order of the page.
        left_out: How many other links to other sites the page has, by why they are none of the post's.
    """

    url: str
    title: str
    blog_name: str
    language: str
    summary: str
    links: tuple[Citation, ...]
    left_out: tuple[tuple[LeftOut, int], ...] = ()


def left_out_words(article: Article) -> str:
    """Return what was left out of a post's page, for the author, as in "2 links in comments"."""
    return "; ".join(f"{count:,} link{'s' * (count > 1)} {why}" for why, count in article.left_out)


def read_article(body: bytes, content_type: str, url: str, content: str = "") -> Article:
    """Parse the post at `url` (after redirects) in linear time; anything but HTML has no links.

    `content` is the post's HTML in the blog's feed. Links to the post's own host are left out, and so are
    links marked `nofollow`, `ugc` or `sponsored`.

    Raises:
        TooCostly: the page takes too long to read.
    """
    budget = Budget()
    page = _read(page_text(body, content_type) if is_html(content_type) else "", url, budget)
    is_part = _part(page)
    prose = page if is_part or not content else _read(content, url, budget)
    is_cited = _is_cited(is_part if prose is page else None)
    links = _citations(prose, page.base, url, is_cited, budget)
    return Article(
        url=_permalink(page, url),
        title=_title(page) or plain(url.partition("://")[2], MAX_TITLE),
        blog_name=_blog_name(page) or host_key(urlsplit(url).netloc) or urlsplit(url).netloc,
        language=page.language,
        summary=_named(page, "og:description", "description"),
        links=links,
        left_out=_left_out(page, url, {each.target for each in links}, is_cited, budget),
    )


def _is_cited(is_part: Callable[[Place], bool] | None) -> Callable[[Link], bool]:
    fits = is_part or (lambda place: not place.wrapped)
    return lambda link: link.is_followed and not link.place.aside and fits(link.place)


def _left_out(
    page: ArticleMarkup, url: str, cited: Collection[str], is_cited: Callable[[Link], bool], budget: Budget
) -> tuple[tuple[LeftOut, int], ...]:
    """Count the links to other sites that are not cited, each target once for each reason."""
    own, found = host_key(urlsplit(url).netloc), set[tuple[LeftOut, str]]()
    for link in page.links:
        budget.count_events()
        target = None if is_cited(link) else _target(resolve(link.href, page.base), own)
        if target and target.url not in cited:
            found.add((_why(link), target.key))
    counts = Counter(why for why, _ in found)
    return tuple((why, counts[why]) for why in LeftOut if counts[why])


def _why(link: Link) -> LeftOut:
    if not link.is_followed and not link.place.aside:
        return LeftOut.MARKED
    by_standing = {Standing.COMMENT: LeftOut.COMMENTS, Standing.HIDDEN: LeftOut.HIDDEN}
    return by_standing.get(link.place.standing, LeftOut.AROUND)


def _read(html: str, url: str, budget: Budget) -> ArticleMarkup:
    prose = ArticleMarkup(url)
    read_markup(html, prose, budget)
    return prose


def _part(page: ArticleMarkup) -> Callable[[Place], bool] | None:
    """Return a predicate for places in the post, or None if the page does not mark the post."""
    outline, first = page.outline, page.outline.first
    if first:
        return lambda place: (
            0 < place.content == first.content or (place.citing and 0 < place.article == first.article)
        )
    articles = [place.article for place in outline.articles if place.main or not outline.has_main]
    headed = [number for number in articles if number in outline.headed]
    if headed or len(articles) == 1:
        number = (headed or articles)[0]
        return lambda place: place.article == number
    if outline.has_main:
        return lambda place: place.main and not place.wrapped
    wrapped = [place.article for place in outline.wrapped]
    named = [number for number in wrapped if number in outline.headed] or wrapped
    return (lambda place: place.article == named[0]) if len(named) == 1 else None


def _citations(
    prose: ArticleMarkup, base: str, url: str, is_cited: Callable[[Link], bool], budget: Budget
) -> tuple[Citation, ...]:
    """Return one citation per linked page, with the text of its first link that has any."""
    own = host_key(urlsplit(url).netloc)
    found: dict[str, Citation] = {}
    for link in filter(is_cited, prose.links):
        budget.count_events()
        target = _target(resolve(link.href, base), own)
        before = found.get(target.key) if target else None
        if target and (before is None or not before.text):
            found[target.key] = _citation(prose, link, before.target if before else target.url)
    return tuple(found.values())


def _target(url: str | None, own: str) -> Source | None:
    """Return the page that a link leads to, or None if it is on the post's own host or invalid.

    Hosts are compared first: most links stay on the blog, and the key of a long URL takes a millisecond.
    """
    with suppress(PingRefused, ValueError):
        if url and host_key(urlsplit(url).netloc) != own:
            return read_source(url)
    return None


def _citation(prose: ArticleMarkup, link: Link, target: str) -> Citation:
    before, text, after = prose.around(link)
    return Citation(target, plain(text, LIMIT), passage(before, text[:MAX_PASSAGE], after, MAX_PASSAGE))


def _permalink(page: ArticleMarkup, url: str) -> str:
    canonical = published(resolve(page.canonical, page.base)) if page.canonical else None
    return (canonical if canonical and is_same_page(canonical, url) else url).partition("#")[0]


def _title(page: ArticleMarkup) -> str:
    """Return the post's title; the blog's name is removed from the page's title."""
    name = re.escape(_blog_name(page))
    title = plain(page.title, MAX_TITLE)
    own = re.sub(f"^{name}{_BETWEEN}|{_BETWEEN}{name}$", "", title) if name else title
    return _named(page, "og:title") or own


def _blog_name(page: ArticleMarkup) -> str:
    feed = _OF_A_FEED.sub("", plain(page.feed, MAX_TITLE))
    return _named(page, "og:site_name", "application-name") or feed


def _named(page: ArticleMarkup, *names: str) -> str:
    return next(filter(None, (plain(page.named.get(name, ""), MAX_TITLE) for name in names)), "")
