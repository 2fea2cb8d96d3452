"""A page as text that flows by: its links with their places and words, and what it says of itself."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from trackback.web.html.excerpt import BLOCKS, LIMIT
from trackback.web.html.href import UNFOLLOWED
from trackback.web.html.regions import Outline, Place, is_citing
from trackback.web.html.tokenizer import RAW

MOST = 1_000
"""Links of a page that are kept, and `meta` elements."""

_HIDDEN = RAW | {"template", "noscript"}
_SPACES = re.compile(r"\s+")
_LANGUAGE = re.compile("[a-zA-Z]{2,8}(?:-[a-zA-Z0-9]{1,8}){0,4}")
_NOT_CITED = UNFOLLOWED | {
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
    """A link: where it stands, where it leads as written, and from where to where its own text reaches."""

    place: Place
    href: str
    start: int
    end: int | None = None


class Prose:
    """Takes the markup of one page, in linear time.

    Attributes:
        outline: Where things stand on it.
        links: Those that are not aside, and for which the page vouches; at most `MOST`.
        base: What its links are relative to, as written; empty if it does not say.
        canonical: Its canonical URL, as written; empty if it names none.
        feed: The title of the first feed that it names, or empty.
        language: As it is declared, or empty.
        title: As it is written; the first that says something.
        named: The contents of its `meta` elements, the first of each name.
    """

    def __init__(self) -> None:
        self.outline = Outline()
        self.links: list[Link] = []
        self.base = self.canonical = self.feed = self.language = self.title = ""
        self.named: dict[str, str] = {}
        self._hidden, self._depth = "", 0  # the element that hides what is read, and how often it is nested
        self._has_title = False
        self._pieces: list[str] = []
        self._length = 0
        self._edges = [0]  # where blocks begin or end

    def around(self, link: Link) -> tuple[str, str, str]:
        """Return what stands before a link in its block, its own text, and what stands behind it.

        At most `LIMIT` characters each.
        """
        self._pieces = ["".join(self._pieces)]
        text, end = self._pieces[0], self._length if link.end is None else link.end
        first = self._edges[bisect_right(self._edges, link.start) - 1]
        at = bisect_left(self._edges, end)
        last = self._edges[at] if at < len(self._edges) else self._length
        before = text[max(first, link.start - LIMIT) : link.start]
        return before, text[link.start : min(end, link.start + LIMIT)], text[end : min(last, end + LIMIT)]

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        """Take a start tag."""
        if self._hidden:
            self._depth += name == self._hidden == "template"
            return
        if name in _HIDDEN:
            self._hidden, self._depth = name, 1
        elif name in BLOCKS:
            self._end_block()
            self.outline.begin(name, attributes)
        elif "-" in name:
            self.outline.begin(name, attributes)
        if handle := _HANDLERS.get(name):
            handle(self, attributes)

    def end(self, name: str) -> None:
        """Take an end tag."""
        if self._hidden:
            self._has_title = self.title.strip() != ""
            self._depth -= name == self._hidden
            self._hidden = self._hidden if self._depth else ""
        elif name == "a":
            self._end_link()
        else:
            if name in BLOCKS:
                self._end_block()
            self.outline.end(name)

    def text(self, text: str) -> None:
        """Take a piece of text."""
        if not self._hidden:
            text = _SPACES.sub(" ", text)
            self._pieces.append(text)
            self._length += len(text)
        elif self._hidden == "title" and not self._has_title and len(self.title) < LIMIT:
            self.title += text

    def _end_block(self) -> None:
        self.text(" ")
        self._edges.append(self._length)

    def _end_link(self) -> None:
        if self.links and self.links[-1].end is None:
            self.links[-1].end = self._length

    def _on_anchor(self, attributes: Mapping[str, str]) -> None:
        self._end_link()  # one link ends where the next begins
        place, href = self.outline.place, attributes.get("href")
        is_cited = _NOT_CITED.isdisjoint(attributes.get("rel", "").lower().split())
        if href is not None and is_cited and not place.aside and len(self.links) < MOST:
            place = replace(place, citing=True) if is_citing(attributes) else place
            self.links.append(Link(place, href, self._length))

    def _on_area(self, attributes: Mapping[str, str]) -> None:
        self._on_anchor(attributes)
        self._on_void(attributes)
        self._end_link()

    def _on_void(self, attributes: Mapping[str, str]) -> None:
        self.text(attributes.get("alt", " "))

    def _on_html(self, attributes: Mapping[str, str]) -> None:
        language = attributes.get("lang", attributes.get("xml:lang", "")).strip()
        if not self.language and _LANGUAGE.fullmatch(language):
            self.language = language

    def _on_base(self, attributes: Mapping[str, str]) -> None:
        self.base = self.base or attributes.get("href", "")

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


_HANDLERS: dict[str, Callable[[Prose, Mapping[str, str]], None]] = {
    "a": Prose._on_anchor,
    "area": Prose._on_area,
    "base": Prose._on_base,
    "br": Prose._on_void,
    "html": Prose._on_html,
    "img": Prose._on_void,
    "link": Prose._on_link,
    "meta": Prose._on_meta,
}
