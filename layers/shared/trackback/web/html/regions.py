"""Locates the regions of a page: posts, their text, and the navigation around them.

Pages mark regions in different ways, so elements, roles, microformats and the class names of themes are all
checked. Missing and surplus end tags are handled as browsers handle them, in linear time.
"""

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import IntEnum

from trackback.web.html.comments import is_comment
from trackback.web.html.excerpt import BLOCKS
from trackback.web.html.hidden import FALLBACKS, is_hidden

_CONTENT = {"e-content", "entry-content"}
_ENTRY = {"h-entry", "hentry"}
_CITING = {"u-in-reply-to", "u-like-of", "u-repost-of", "u-bookmark-of"}
_ASIDE_ELEMENTS = {"nav", "aside", "footer", "menu", "dialog"}
_OF_ARTICLES = {"aside", "footer"}  # an article may have its own: notes, and what it is a reply to
_TELL_OF_ALL = {"html", "body", "article"}  # themes describe the whole page or post in their class names
_ASIDE_ROLES = {"banner", "complementary", "contentinfo", "navigation", "search"}
_ASIDE_NAME = re.compile(
    r"(?:(?:site|page|post|entry|blog|primary|secondary|main|wp-block|jp|p|u)[-_])?"
    r"(?:sidebar|widget[-_]area|blogroll|related|relatedposts|nav|navbar|navigation|breadcrumbs?"
    r"|pagination|pager|menu|share|sharing|sharedaddy|social|footer|masthead|newsletter|subscribe|ads?"
    r"|advertisement)(?:[-_](?!(?:closed|disabled|enabled|none|off|on|open)$).*)?"
)
# Open elements that a start tag ends, since their end tags are optional.
_CELL, _TERM = {"p", "td", "th"}, {"p", "dt", "dd"}
_ENDS = {"li": {"p", "li"}, "dt": _TERM, "dd": _TERM, "td": _CELL, "th": _CELL, "tr": _CELL | {"tr"}}
_PARAGRAPH, _NOTHING = frozenset({"p"}), frozenset[str]()
_TELLING = frozenset(["class", "hidden", "id", "inert", "itemprop", "itemtype", "popover", "role", "style"])
_TELLING_NAMES = frozenset([*_ASIDE_ELEMENTS, "article", "h1", "h2", "header", "main"])
"""Attributes and elements that may change what a place is; most have none of them."""
_WITHOUT_CONTENT = frozenset(
    """
    a area base br circle col ellipse embed hr image img input line link meta param path polygon polyline rect
    source stop track use wbr
    """.split()  # noqa: SIM905 - a list of words
)
"""Elements that hold no text, and links, which the readers follow themselves."""


class Standing(IntEnum):
    """Whose link it is that stands somewhere on a page: the text's, or, the higher, the less the author's."""

    TEXT = 0
    ASIDE = 1
    COMMENT = 2
    HIDDEN = 3


@dataclass(frozen=True, slots=True)
class Place:
    """The position of something on a page.

    Attributes:
        aside: In navigation, a sidebar, a footer, comments or a hidden element.
        content: The number of the marked content around it, or 0.
        article: The number of the outermost article around it, or 0.
        main: In the page's main part.
        citing: In a heading, or in an element marked as a reply, like, repost or bookmark.
        standing: Whether it is in comments, in a hidden element, or beside the page's text. Within the marked
            content or an article, a plain `aside` or `footer` belongs to the text.
        marked: In marked content, even within what is aside.
    """

    aside: bool = False
    content: int = 0
    article: int = 0
    main: bool = False
    citing: bool = False
    standing: Standing = Standing.TEXT
    marked: bool = False


class Outline:
    """Tracks the blocks of one page.

    Attributes:
        place: The current position.
        first: The place of the first marked content that is not aside, or None.
        articles: The places of the articles that are not aside.
        headed: The numbers of the articles that have an `h1`.
        has_main: Whether the page marks its main part.
    """

    def __init__(self) -> None:
        self.place = Place()
        self.first: Place | None = None
        self.articles: list[Place] = []
        self.headed: set[int] = set()
        self.has_main = False
        self._contents = 0
        self._open: list[tuple[str, Place]] = []  # each with its surrounding place
        self._at: defaultdict[str, list[int]] = defaultdict(list)  # where in that list a name is, in order
        self._blocks = [-1]  # where in it the blocks are

    def begin(self, name: str, attributes: Mapping[str, str]) -> None:
        """Process the start of an element."""
        if not _is_block(name):
            if name in self._at or name in FALLBACKS or not attributes.keys().isdisjoint(_TELLING):
                self._begin_inline(name, attributes)
            return
        ends = _NOTHING if "-" in name else _ENDS.get(name, _PARAGRAPH)
        while len(self._blocks) > 1 and self._open[self._blocks[-1]][0] in ends:
            self._close_to(self._blocks[-1])
        if name != "hr":
            self._blocks.append(len(self._open))
            is_plain = (
                name not in _TELLING_NAMES and attributes.keys().isdisjoint(_TELLING) and "-" not in name
            )
            self._push(name, self.place if is_plain else self._place_of(name, attributes))

    def _begin_inline(self, name: str, attributes: Mapping[str, str]) -> None:
        """Open an element within a line whose content is hidden or a comment, or that is nested in such."""
        place = self.place
        if name not in _WITHOUT_CONTENT:
            standing = _worst(name, attributes, place.standing)
            place = place if standing is place.standing else replace(place, standing=standing, aside=True)
        if place is not self.place or self._at.get(name):
            self._push(name, place)

    def end(self, name: str) -> None:
        """Process the end of an element, which ends those in it; one that is not open here is ignored."""
        at = self._at.get(name)
        if at and (at[-1] > self._blocks[-1] or _is_block(name)):
            self._close_to(at[-1])

    def _push(self, name: str, place: Place) -> None:
        self._at[name].append(len(self._open))
        self._open.append((name, self.place))
        self.place = place

    def _close_to(self, index: int) -> None:
        while len(self._open) > index:
            name, self.place = self._open.pop()
            self._at[name].pop()
        while self._blocks[-1] >= index:
            self._blocks.pop()

    def _place_of(self, name: str, attributes: Mapping[str, str]) -> Place:
        place, role, names = self.place, attributes.get("role", "").lower(), names_of(attributes)
        is_main = name == "main" or role == "main"
        is_content = bool(names & _CONTENT) or attributes.get("itemprop") == "articleBody"
        is_aside = not is_main and _is_aside(name, role, names, place)
        self.has_main = self.has_main or is_main
        standing = _worst(name, attributes, place.standing)
        marked = place.marked or is_content
        if standing <= Standing.ASIDE and (is_main or is_content):
            standing = Standing.TEXT
        elif (
            standing is Standing.TEXT
            and is_aside
            and not (marked or (place.article and name in _OF_ARTICLES))
        ):
            standing = Standing.ASIDE
        if standing is not place.standing or marked is not place.marked:
            place = replace(place, standing=standing, marked=marked)
        if is_main:
            return replace(place, main=True, aside=standing >= Standing.COMMENT)
        if place.aside or is_aside or standing >= Standing.COMMENT:
            return place if place.aside else replace(place, aside=True)
        return self._place_in_text(place, name, names, attributes, is_content=is_content)

    def _place_in_text(
        self, place: Place, name: str, names: set[str], attributes: Mapping[str, str], *, is_content: bool
    ) -> Place:
        if not place.article and (name == "article" or names & _ENTRY):
            place = replace(place, article=len(self.articles) + 1)
            self.articles.append(place)
        if not place.content and is_content:
            self._contents += 1
            place = replace(place, content=self._contents)
            self.first = self.first or place
        if name == "h1":
            self.headed.add(place.article)
        return replace(place, citing=True) if name in {"h1", "h2"} or is_citing(attributes) else place


def _is_block(name: str) -> bool:
    return name in BLOCKS or "-" in name


def _worst(name: str, attributes: Mapping[str, str], around: Standing) -> Standing:
    """Return the standing of an element's content as far as hiding and comments go."""
    if around is Standing.HIDDEN or is_hidden(name, attributes):
        return Standing.HIDDEN
    if around < Standing.COMMENT and attributes and is_comment(name, attributes):
        return Standing.COMMENT
    return around


def is_citing(attributes: Mapping[str, str]) -> bool:
    """Return whether microformats mark an element as a reply, like, repost or bookmark."""
    return not _CITING.isdisjoint(names_of(attributes))


def names_of(attributes: Mapping[str, str]) -> set[str]:
    """Return an element's classes and id, in lower case."""
    return {*attributes.get("class", "").lower().split(), *attributes.get("id", "").lower().split()}


def _is_aside(name: str, role: str, names: set[str], around: Place) -> bool:
    """Return whether an element is outside the page's text; the header of an article is not."""
    if name == "header":
        return not around.article
    is_called_so = name not in _TELL_OF_ALL and any(map(_ASIDE_NAME.fullmatch, {name, *names}))
    return name in _ASIDE_ELEMENTS or role in _ASIDE_ROLES or is_called_so
