"""Reads a page's title, language and canonical URL, and its real link to a post, if any.

A real link is an `<a href>` or `<area href>` that a browser would show, also in SVG. Comments, scripts,
templates, `noscript`, attributes and text never count as links. Style sheets are ignored. Each link has a
standing: one in the page's own text is worth more than one beside it, in a visitor's comment, or hidden.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from trackback.web.budget import Budget
from trackback.web.html.excerpt import BLOCKS, Excerpt, Passage
from trackback.web.html.hidden import is_hidden
from trackback.web.html.href import UNFOLLOWED, is_plainly_relative, published, resolve
from trackback.web.html.reader import PageReader
from trackback.web.html.regions import Outline, Standing, is_citing

_MOST_TRIED = 200
"""Links to the post that are read to their ends, since the best of them may be empty."""
_REL = re.compile("[a-z0-9][a-z0-9.:-]{0,29}")
_MAX_RELS = 20
_PICTURES = {"embed", "iframe", "img", "input", "object", "picture", "svg", "video"}
_DOTS = {"0", "1"}  # sizes at which a picture cannot be seen
_NO_WIDTH = re.compile(
    r"[\s\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u2060-\u2064\u2800\u3164\ufeff\uffa0]*"
)
"""What shows nothing in a link's text."""


@dataclass(frozen=True, slots=True)
class Link:
    """A link to the post: its text, the sentence around it, its `rel`, its absolute URL and its standing."""

    text: str
    sentence: str
    rel: frozenset[str]
    url: str
    standing: Standing = Standing.TEXT

    @property
    def is_visible(self) -> bool:
        """Whether readers of the page see it."""
        return self.standing is not Standing.HIDDEN


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


@dataclass(slots=True)
class _Candidate:
    """A link to the post while it is read; `shows` says whether there is anything to see of it so far."""

    excerpt: Excerpt
    rel: frozenset[str]
    url: str
    standing: Standing
    shows: bool = False

    @property
    def order(self) -> tuple[Standing, bool]:
        """Its place among several links to the post: the best is the least."""
        return self.standing, not UNFOLLOWED.isdisjoint(self.rel)

    def link(self) -> Link:
        """Return it with its texts."""
        return Link(self.excerpt.text, self.excerpt.sentence, self.rel, self.url, self.standing)


class LinkReader(PageReader):
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
        self._outline = Outline()
        self._found: _Candidate | None = None
        self._open: _Candidate | None = None  # the link that has not ended yet, if it may be the best one
        self._tried = 0

    @property
    def has_late_base(self) -> bool:
        """Whether the page names its base URL after links that are relative to it."""
        return self._first_base not in {None, self.base}

    def document(self) -> Document:
        """Return the collected data."""
        self._end_anchor()
        return Document(
            self.title,
            self.language,
            self._canonical,
            self._links,
            self._found.link() if self._found else None,
        )

    def on_start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name in BLOCKS:
            self._passage.end_block()
        if self._open and name in _PICTURES:
            self._show_in_anchor(attributes)
        self._outline.begin(name, attributes)
        if handle := _HANDLERS.get(name):
            handle(self, attributes)

    def on_end(self, name: str) -> None:
        if name == "a":
            self._end_anchor()
            return
        self._outline.end(name)
        if name in BLOCKS:
            self._passage.end_block()

    def on_text(self, text: str) -> None:
        self._passage.add(text)
        if self._open and not self._open.shows and not _NO_WIDTH.fullmatch(text):
            self._open.shows = self._outline.place.standing is not Standing.HIDDEN

    def _on_link(self, attributes: Mapping[str, str]) -> None:
        if self.in_head and not self._canonical and "canonical" in attributes.get("rel", "").lower().split():
            self._canonical = published(self._resolve(attributes.get("href", "")))

    def _on_void(self, attributes: Mapping[str, str]) -> None:
        self._passage.add(attributes.get("alt", " "))

    def _on_anchor(self, attributes: Mapping[str, str]) -> None:
        self._end_anchor()  # a new link ends the previous one
        standing = Standing.HIDDEN if is_hidden("a", attributes) else self._outline.place.standing
        if rel_and_url := self._wanted(attributes, standing):
            self._open = _Candidate(self._passage.begin_anchor(), *rel_and_url, standing)
            self._open.shows = is_citing(attributes)  # microformats mark replies by links that may be empty

    def _show_in_anchor(self, attributes: Mapping[str, str]) -> None:
        is_dot = attributes.get("width") in _DOTS and attributes.get("height") in _DOTS
        if self._open and not is_dot and not is_hidden("img", attributes):
            self._open.shows = self._open.shows or self._outline.place.standing is not Standing.HIDDEN

    def _end_anchor(self) -> None:
        """End the current link. One that shows nothing is hidden."""
        self._passage.end_anchor()
        candidate, self._open = self._open, None
        if not candidate:
            return
        if not candidate.shows:
            candidate.standing = Standing.HIDDEN
        if not self._found or candidate.order < self._found.order:
            self._found = candidate

    def _on_area(self, attributes: Mapping[str, str]) -> None:
        self._on_anchor(attributes)
        if self._open:
            self._open.shows = True  # an area of a picture
        self._on_void(attributes)
        self._end_anchor()

    def _wanted(self, attributes: Mapping[str, str], standing: Standing) -> tuple[frozenset[str], str] | None:
        """Return `rel` and URL of a link to the post if it is better than the one found before."""
        url = self._on_host(attributes["href"]) if "href" in attributes else None
        if not url:
            return None
        words = attributes.get("rel", "").lower().split()
        order = (standing, not UNFOLLOWED.isdisjoint(words))
        if self._tried == _MOST_TRIED or (self._found and order >= self._found.order):
            return None
        if not self._is_wanted(url) or not (public := published(url)):
            return None
        self._tried += 1
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


_HANDLERS: dict[str, Callable[[LinkReader, Mapping[str, str]], None]] = {
    "link": LinkReader._on_link,
    "a": LinkReader._on_anchor,
    "area": LinkReader._on_area,
    "img": LinkReader._on_void,
    "br": LinkReader._on_void,
}
