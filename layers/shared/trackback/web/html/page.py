"""Parses a stranger's page: its title, language and canonical URL, and its real link to a post, if any.

A real link is an `<a href>` or `<area href>` that a browser would show, also in SVG. Comments, scripts,
templates, `noscript`, attributes and text never count as links. Style sheets are ignored.
"""

import gc
import re
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

from trackback.web.budget import Budget, TooCostly
from trackback.web.html.excerpt import BLOCKS, Excerpt, Passage
from trackback.web.html.href import UNFOLLOWED, is_plainly_relative, published, resolve
from trackback.web.html.reader import PageReader
from trackback.web.html.tokenizer import read_markup
from trackback.web.text.charset import decode

_HTML = {"", "text/html", "application/xhtml+xml"}
_DECLARED = re.compile(
    rb"<(?:meta|\?xml)\b[^>]{0,500}?(?:charset|encoding)\s{0,9}=\s{0,9}[\"']?\s{0,9}([^\s\"'/>;]{1,40})",
    re.IGNORECASE,
)
_REL = re.compile("[a-z0-9][a-z0-9.:-]{0,29}")
_MAX_RELS = 20
_ONE_AT_A_TIME = threading.Lock()
"""Parses one page at a time: ten of the worst pages take 430 MB in parallel, and 80 MB in sequence.

Each page gets its own thread; when the thread ends, the parser's memory is freed.
"""
_LARGE = 250_000


@dataclass(frozen=True, slots=True)
class Link:
    """A real link to the post: its text, the sentence around it, its `rel` values and its absolute URL."""

    text: str
    sentence: str
    rel: frozenset[str]
    url: str


@dataclass(frozen=True, slots=True)
class Document:
    """A page's metadata, the number of its links to the web, and its link to the post.

    `whole` is False if the page takes too long to read; what comes before that point counts.
    """

    title: str = ""
    language: str = ""
    canonical: str | None = None
    links: int = 0
    link: Link | None = None
    whole: bool = True


def read_page(
    body: bytes,
    content_type: str,
    url: str,
    is_wanted: Callable[[str], bool],
    is_on_host: Callable[[str], bool] = lambda _: True,
) -> Document:
    """Parse a page that was fetched from `url` (after redirects); anything but HTML gives an empty document.

    `is_wanted` returns whether a URL is the post's, and is asked only if `is_on_host` says that its host may
    be the post's. The first link to the post counts, but links with `UNFOLLOWED` values count only if there
    is no other.
    """
    if not is_html(content_type):
        return Document()
    with _ONE_AT_A_TIME, ThreadPoolExecutor(1) as thread:
        document = thread.submit(_read, body, content_type, url, is_wanted, is_on_host).result()
        if len(body) > _LARGE:
            gc.collect()  # lxml's parsers form reference cycles that hold the page
        return document


def _read(
    body: bytes,
    content_type: str,
    url: str,
    is_wanted: Callable[[str], bool],
    is_on_host: Callable[[str], bool],
) -> Document:
    budget = Budget()
    text = page_text(body, content_type)
    budget.allow_for(len(text))
    reader = _Reader(url, is_wanted, is_on_host, budget)
    try:
        read_markup(text, reader, budget)
        if reader.has_late_base:  # the base also applies to links before it
            reader = _Reader(url, is_wanted, is_on_host, budget, reader.base)
            read_markup(text, reader, budget)
    except TooCostly:
        return replace(reader.document(), whole=False)
    return reader.document()


def is_html(content_type: str) -> bool:
    """Return whether a Content-Type is that of an HTML page; a missing one counts as HTML."""
    return re.split("[;,]", content_type, maxsplit=1)[0].strip().lower() in _HTML


def page_text(body: bytes, content_type: str) -> str:
    """Decode a page by its bytes first, then by the charset in its header and in its first lines."""
    return decode([body], _charsets(body, content_type)).texts[0]


def _charsets(body: bytes, content_type: str) -> list[str]:
    named = content_type.lower().partition("charset=")[2]
    head = re.sub(rb"<!--.*?-->", b"", body[:1_024], flags=re.DOTALL)
    declared = (match[1].decode("latin-1") for match in _DECLARED.finditer(head))
    return [re.split("[;,]", named, maxsplit=1)[0], *declared]


class _Reader(PageReader):
    """Collects the canonical URL of one page, its links and their texts."""

    def __init__(
        self,
        url: str,
        is_wanted: Callable[[str], bool],
        is_on_host: Callable[[str], bool],
        budget: Budget,
        base: str = "",
    ) -> None:
        super().__init__(url, base)
        self._is_wanted = is_wanted
        self._is_on_host = is_on_host
        self._budget = budget
        self._passage = Passage()
        self._first_base: str | None = None
        self._last_base: str | None = None
        self._has_base_url = self._is_base_on_host = False  # of the last base
        self._canonical: str | None = None
        self._links = 0
        self._found: tuple[Excerpt, frozenset[str], str] | None = None

    @property
    def has_late_base(self) -> bool:
        """Whether the page names its base URL after links that are relative to it."""
        return self._first_base not in {None, self.base}

    def document(self) -> Document:
        """Return the collected data."""
        link = None
        if self._found:
            excerpt, rel, url = self._found
            link = Link(excerpt.text, excerpt.sentence, rel, url)
        return Document(self.title, self.language, self._canonical, self._links, link)

    def on_start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name in BLOCKS:
            self._passage.end_block()
        if handle := _HANDLERS.get(name):
            handle(self, attributes)

    def on_end(self, name: str) -> None:
        if name == "a":
            self._passage.end_anchor()
        elif name in BLOCKS:
            self._passage.end_block()

    def on_text(self, text: str) -> None:
        self._passage.add(text)

    def _on_link(self, attributes: Mapping[str, str]) -> None:
        if self.in_head and not self._canonical and "canonical" in attributes.get("rel", "").lower().split():
            self._canonical = published(self._resolve(attributes.get("href", "")))

    def _on_void(self, attributes: Mapping[str, str]) -> None:
        self._passage.add(attributes.get("alt", " "))

    def _on_anchor(self, attributes: Mapping[str, str]) -> None:
        self._passage.end_anchor()  # a new link ends the previous one
        if rel_and_url := self._wanted(attributes):
            self._found = (self._passage.begin_anchor(), *rel_and_url)

    def _on_area(self, attributes: Mapping[str, str]) -> None:
        self._on_anchor(attributes)
        self._on_void(attributes)
        self._passage.end_anchor()

    def _wanted(self, attributes: Mapping[str, str]) -> tuple[frozenset[str], str] | None:
        """Return `rel` and URL of a link to the post if it is better than the one found before."""
        url = self._on_host(attributes["href"]) if "href" in attributes else None
        if not url:
            return None
        words = attributes.get("rel", "").lower().split()
        if self._found and (UNFOLLOWED.intersection(words) or not UNFOLLOWED & self._found[1]):
            return None
        if not self._is_wanted(url) or not (public := published(url)):
            return None
        words.sort(key=lambda word: word not in UNFOLLOWED)
        return frozenset(filter(_REL.fullmatch, words[:_MAX_RELS])), public

    def _on_host(self, href: str) -> str | None:
        """Count a link; return its URL if it is on the post's host. Most links are not resolved for that."""
        self._see_base()
        if is_plainly_relative(href) and not self._is_base_on_host:
            self._links += self._has_base_url
            return None
        url = self._resolve(href)
        self._links += url is not None
        return url if url and self._is_on_host(url) else None

    def _resolve(self, href: str) -> str | None:
        self._see_base()
        url = resolve(href, self.base)
        self._budget.count_url(len(url or ""))
        return url

    def _see_base(self) -> None:
        if self._last_base == self.base:
            return
        url = resolve(".", self.base)
        self._has_base_url, self._is_base_on_host = url is not None, bool(url) and self._is_on_host(url or "")
        self._first_base = self.base if self._first_base is None else self._first_base
        self._last_base = self.base


_HANDLERS: dict[str, Callable[[_Reader, Mapping[str, str]], None]] = {
    "link": _Reader._on_link,
    "a": _Reader._on_anchor,
    "area": _Reader._on_area,
    "img": _Reader._on_void,
    "br": _Reader._on_void,
}
