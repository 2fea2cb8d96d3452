"""Collects a page's text, metadata and links, with the place and the text of each link."""

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from trackback.web.html.excerpt import BLOCKS, LIMIT
from trackback.web.html.href import UNFOLLOWED
from trackback.web.html.reader import PageReader
from trackback.web.html.regions import Outline, Place, is_citing

MOST = 1_000
"""Maximum number of links stored per page, and of `meta` elements."""

_SPACES = re.compile(r"\s+")
_NOT_CITED = {
    "author",
    "license",
    "me",
    "pingback",
    "syndication",
    "tag",
    "trackback",
    "webmention",
}


@dataclass(slots=True)
class Link:
    """A link: its place, its `href` as written, whether it is to be followed, and where its text is."""

    place: Place
    href: str
    start: int
    end: int | None = None
    is_followed: bool = True


class ArticleMarkup(PageReader):
    """Collects the markup of one page, in linear time.

    Attributes:
        outline: The page's regions.
        links: All links but those to the author, a licence and the like; at most `MOST` of the text and as
            many of what is aside.
        canonical: Its canonical URL, as written; empty if there is none.
        feed: The title of its first feed link, or empty.
        named: The contents of its `meta` elements, the first of each name.
    """

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.outline = Outline()
        self.links: list[Link] = []
        self.canonical = self.feed = ""
        self.named: dict[str, str] = {}
        self._kept = Counter[str]()
        self._pieces: list[str] = []
        self._length = 0
        self._edges = [0]  # offsets at which blocks begin or end

    def around(self, link: Link) -> tuple[str, str, str]:
        """Return the text before a link in its block, the link's own text, and the text after it.

        Each has at most `LIMIT` characters.
        """
        self._pieces = ["".join(self._pieces)]
        text, end = self._pieces[0], self._length if link.end is None else link.end
        first = self._edges[bisect_right(self._edges, link.start) - 1]
        at = bisect_left(self._edges, end)
        last = self._edges[at] if at < len(self._edges) else self._length
        before = text[max(first, link.start - LIMIT) : link.start]
        return before, text[link.start : min(end, link.start + LIMIT)], text[end : min(last, end + LIMIT)]

    def on_start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name in BLOCKS:
            self._end_block()
        self.outline.begin(name, attributes)
        if handle := _HANDLERS.get(name):
            handle(self, attributes)

    def on_end(self, name: str) -> None:
        if name == "a":
            self._end_link()
            return
        if name in BLOCKS:
            self._end_block()
        self.outline.end(name)

    def on_text(self, text: str) -> None:
        text = _SPACES.sub(" ", text)
        self._pieces.append(text)
        self._length += len(text)

    def _end_block(self) -> None:
        self.on_text(" ")
        self._edges.append(self._length)

    def _end_link(self) -> None:
        if self.links and self.links[-1].end is None:
            self.links[-1].end = self._length

    def _on_anchor(self, attributes: Mapping[str, str]) -> None:
        self._end_link()  # a new link ends the previous one
        place, href = self.outline.place, attributes.get("href")
        rel = {*attributes.get("rel", "").lower().split()}
        is_followed = rel.isdisjoint(UNFOLLOWED)
        room = "text" if is_followed and not place.aside else "aside"
        if href is not None and rel.isdisjoint(_NOT_CITED) and self._kept[room] < MOST:
            self._kept[room] += 1
            place = replace(place, citing=True) if is_citing(attributes) else place
            self.links.append(Link(place, href, self._length, is_followed=is_followed))

    def _on_area(self, attributes: Mapping[str, str]) -> None:
        self._on_anchor(attributes)
        self._on_void(attributes)
        self._end_link()

    def _on_void(self, attributes: Mapping[str, str]) -> None:
        self.on_text(attributes.get("alt", " "))

    def _on_link(self, attributes: Mapping[str, str]) -> None:
        rel = attributes.get("rel", "").lower().split()
        if "canonical" in rel:
            self.canonical = self.canonical or attributes.get("href", "")
        elif "alternate" in rel and attributes.get("type", "").lower().startswith("application/"):
            self.feed = self.feed or attributes.get("title", "")

    def _on_meta(self, attributes: Mapping[str, str]) -> None:
        name = attributes.get("property") or attributes.get("name", "")
        if len(self.named) < MOST:
            self.named.setdefault(name.lower(), attributes.get("content", ""))


_HANDLERS: dict[str, Callable[[ArticleMarkup, Mapping[str, str]], None]] = {
    "a": ArticleMarkup._on_anchor,
    "area": ArticleMarkup._on_area,
    "br": ArticleMarkup._on_void,
    "img": ArticleMarkup._on_void,
    "link": ArticleMarkup._on_link,
    "meta": ArticleMarkup._on_meta,
}
