"""The author's own post: its name, and what its text links to, with the words around each link.

The text is what a page marks as such, the first of: microformats' `e-content` (or `entry-content`, or
schema.org's `articleBody`); the `article` that has an `h1`, or is the only one, in `main` if there is that;
`main`; what the blog's feed has of the post; else the whole page. Navigation, sidebars, footers and comments
never belong to it; a heading that is a link does, and what is marked as a reply, like, repost or bookmark.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from trackback.model.posts import host_key
from trackback.urls import is_same_page, read_source
from trackback.web.html.article_markup import Link, Prose
from trackback.web.html.excerpt import LIMIT, passage, plain
from trackback.web.html.href import published, resolve
from trackback.web.html.page import is_html, page_text
from trackback.web.html.regions import Place
from trackback.web.html.tokenizer import read_markup

MAX_TITLE = 250
"""Longest title and blog name, in characters; receivers take as much."""
MAX_PASSAGE = 252
"""Longest passage, in characters; receivers take as much."""

_OF_A_FEED = re.compile(r"[\W_]*\b(?:rss|atom|json|feed)\b.*", re.IGNORECASE)
_BETWEEN = r"(?:\s+[^\w\s]{1,3}\s+|:\s+)"  # a post's title and the blog's name


@dataclass(frozen=True, slots=True)
class Citation:
    """A page that a post links to, as the post writes it, once for all its links there.

    `text` is the first such link's own, maybe empty, and `passage` the sentences around it, at most
    `MAX_PASSAGE` characters, maybe empty too.
    """

    target: str
    text: str
    passage: str


@dataclass(frozen=True, slots=True)
class Article:
    """A post of the author's; its texts are plain and clean.

    Attributes:
        url: Its permalink: the canonical one, if that is the same page.
        title: Never empty: the address stands in.
        blog_name: Never empty: the host stands in.
        language: As its page declares it, such as `en-GB`; maybe empty.
        summary: Its description, maybe empty.
        links: What it links to, in the order of the page.
    """

    url: str
    title: str
    blog_name: str
    language: str
    summary: str
    links: tuple[Citation, ...]


def read_article(body: bytes, content_type: str, url: str, content: str = "") -> Article:
    """Read the post at `url`, redirects followed, in linear time; what is not HTML has no links.

    `content` is the post's HTML in the blog's feed. Links to the post's own host are left out, and those that
    the page does not vouch for (`nofollow`, `ugc`, `sponsored`).
    """
    page = _read(page_text(body, content_type) if is_html(content_type) else "")
    base = resolve(page.base, url) or url
    is_part = _part(page)
    prose = page if is_part or not content else _read(content)
    return Article(
        url=_permalink(page, base, url),
        title=_title(page) or plain(url.partition("://")[2], MAX_TITLE),
        blog_name=_blog_name(page) or host_key(urlsplit(url).netloc) or urlsplit(url).netloc,
        language=page.language,
        summary=_named(page, "og:description", "description"),
        links=_citations(prose, base, url, is_part or (lambda _: True)),
    )


def _read(html: str) -> Prose:
    prose = Prose()
    read_markup(html, prose)
    return prose


def _part(page: Prose) -> Callable[[Place], bool] | None:
    """Return what tells whether a place belongs to the post, None if the page does not mark it."""
    outline, first = page.outline, page.outline.first
    if first:
        return lambda place: (
            place.content == first.content or (place.citing and 0 < place.article == first.article)
        )
    articles = [place.article for place in outline.articles if place.main or not outline.has_main]
    headed = [number for number in articles if number in outline.headed]
    if headed or len(articles) == 1:
        number = (headed or articles)[0]
        return lambda place: place.article == number
    return (lambda place: place.main) if outline.has_main else None


def _citations(prose: Prose, base: str, url: str, is_part: Callable[[Place], bool]) -> tuple[Citation, ...]:
    """Return what a post links to: each page once, with the words of its first link that has any."""
    own = host_key(urlsplit(url).netloc)
    found: dict[str, Citation] = {}
    for link in filter(lambda link: is_part(link.place), prose.links):
        target = published(resolve(link.href, base))
        if not target or host_key(urlsplit(target).netloc) == own:
            continue
        key = read_source(target).key
        before = found.get(key)
        if before is None or not before.text:
            found[key] = _citation(prose, link, before.target if before else target)
    return tuple(found.values())


def _citation(prose: Prose, link: Link, target: str) -> Citation:
    before, text, after = prose.around(link)
    return Citation(target, plain(text, LIMIT), passage(before, text[:MAX_PASSAGE], after, MAX_PASSAGE))


def _permalink(page: Prose, base: str, url: str) -> str:
    canonical = published(resolve(page.canonical, base)) if page.canonical else None
    return (canonical if canonical and is_same_page(canonical, url) else url).partition("#")[0]


def _title(page: Prose) -> str:
    """Return the post's title; in that of the page, the blog's name is left out."""
    name = re.escape(_blog_name(page))
    title = plain(page.title, MAX_TITLE)
    own = re.sub(f"^{name}{_BETWEEN}|{_BETWEEN}{name}$", "", title) if name else title
    return _named(page, "og:title") or own


def _blog_name(page: Prose) -> str:
    feed = _OF_A_FEED.sub("", plain(page.feed, MAX_TITLE))
    return _named(page, "og:site_name", "application-name") or feed


def _named(page: Prose, *names: str) -> str:
    return next(filter(None, (plain(page.named.get(name, ""), MAX_TITLE) for name in names)), "")
