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
_AROUND_ELEMENTS = {"nav", "menu", "dialog"}
_HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
_OF_ARTICLES = {"aside", "footer"}  # an article may have its own: notes, and what it is a reply to
_TELL_OF_ALL = {"html", "body", "article"}  # themes describe the whole page or post in their class names
_AROUND_ROLES = {"banner", "complementary", "contentinfo", "navigation", "search"}
_NOTE_ROLES = {"note", "doc-endnotes", "doc-footnote", "doc-notice", "doc-pullquote", "doc-tip"}
_NOTE_NAME = re.compile(  # of docutils, Pandoc, Quarto, Starlight, Docusaurus, Ghost, Tufte CSS
    r"(?:foot|end|side|margin)-?notes?(?:[-_].*)?|(?:starlight|kg|theme|markdown|quarto|md|wp-block)[-_]"
    r"(?:aside|callout|admonition|alert|appendix|pullquote).*|(?:admonition|callout|alert|notice)(?:[-_].*)?"
    r"|notes?|topic|epigraph|pull-?quote|tip|hint|info|important|caution|warning|danger|citation(?:-list)?"
)
"""Classes of the author's notes on an `aside` or `footer`."""
_OF_A_THEME = re.compile(r"(?:.*[-_])?(?:toc|author|bio|meta|tags|promo|widget|cta)(?:[-_].*)?")
"""Classes of an `aside` in a post that the theme put there, not the author."""
_AROUND = (
    r"(?:(?:site|page|post|entry|blog|primary|secondary|main|wp-block|jp|p|u)[-_])?"
    r"(?:sidebar|widget[-_]area|blogroll|related|relatedposts|nav|navbar|navigation|breadcrumbs?"
    r"|pagination|pager|menu|share|sharing|sharedaddy|social|footer|masthead|newsletter|subscribe|ads?"
    r"|advertisement)"
)
_AROUND_CLASS = re.compile(rf"{_AROUND}(?:[-_](?!(?:closed|disabled|enabled|none|off|on|open)$).*)?")
_AROUND_ID = re.compile(
    rf"{_AROUND}(?:[-_]?(?:posts?|articles?|entries|links?|buttons?|bar|area|list|section|wrapper|container"
    r"|form|\d+))*"
)
_OF_A_HEADING = re.compile(r"level\d|section|sect\d|outline-\d")  # Pandoc, Sphinx, Asciidoctor, Org
# Open elements that a start tag ends, since their end tags are optional.
_CELL, _TERM = {"p", "td", "th"}, {"p", "dt", "dd"}
_ENDS = {"li": {"p", "li"}, "dt": _TERM, "dd": _TERM, "td": _CELL, "th": _CELL, "tr": _CELL | {"tr"}}
_PARAGRAPH, _NOTHING = frozenset({"p"}), frozenset[str]()
_TELLING = frozenset(["class", "hidden", "id", "inert", "itemprop", "itemtype", "popover", "role", "style"])
_TELLING_NAMES = _AROUND_ELEMENTS | _OF_ARTICLES | {"article", "h1", "h2", "header", "main"}
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
        named: Aside by a class or id alone.
        wrapped: In an article within what a class or id alone puts aside, as the wrappers of themes do.
    """

    aside: bool = False
    content: int = 0
    article: int = 0
    main: bool = False
    citing: bool = False
    standing: Standing = Standing.TEXT
    marked: bool = False
    named: bool = False
    wrapped: bool = False


class Outline:
    """Tracks the blocks of one page.

    Attributes:
        place: The current position.
        first: The place of the first marked content that is not aside, or None.
        articles: The places of the articles that are not aside.
        wrapped: The places of those that only a class or id puts aside.
        headed: The numbers of the articles that have an `h1`.
        has_main: Whether the page marks its main part.
    """

    def __init__(self) -> None:
        self.place = Place()
        self.first: Place | None = None
        self.articles: list[Place] = []
        self.wrapped: list[Place] = []
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
        if self._has_id_of_heading(name, attributes):
            attributes = {**attributes, "id": ""}
        place, role, names = self.place, attributes.get("role", "").lower(), names_of(attributes)
        is_main = name == "main" or role == "main"
        is_content = bool(names & _CONTENT) or attributes.get("itemprop") == "articleBody"
        is_named = not is_main and name not in _TELL_OF_ALL and _is_called_aside(name, attributes)
        is_aside = not is_main and self._is_aside(name, role, attributes, is_named=is_named)
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
        if place.named and standing < Standing.COMMENT and (name == "article" or names & _ENTRY):
            place = replace(place, aside=False, named=False, wrapped=True)
        if place.aside or is_aside or standing >= Standing.COMMENT:
            return place if place.aside else replace(place, aside=True, named=is_named and is_aside)
        return self._place_in_text(place, name, names, attributes, is_content=is_content)

    def _place_in_text(
        self, place: Place, name: str, names: set[str], attributes: Mapping[str, str], *, is_content: bool
    ) -> Place:
        if not place.article and (name == "article" or names & _ENTRY):
            place = replace(place, article=len(self.articles) + len(self.wrapped) + 1)
            (self.wrapped if place.wrapped else self.articles).append(place)
        if not place.content and is_content:
            self._contents += 1
            place = replace(place, content=self._contents)
            self.first = self.first or (None if place.wrapped else place)
        if name == "h1":
            self.headed.add(place.article)
        return replace(place, citing=True) if name in {"h1", "h2"} or is_citing(attributes) else place

    def _is_aside(self, name: str, role: str, attributes: Mapping[str, str], *, is_named: bool) -> bool:
        """Tell whether an element is outside the text; notes, and the header of an article, are not."""
        place, classes = self.place, attributes.get("class", "").lower().split()
        if name == "header":
            return not place.article
        if role in _NOTE_ROLES or (name in _OF_ARTICLES and any(map(_NOTE_NAME.fullmatch, classes))):
            return False
        if name == "footer" and (self._at.get("blockquote") or self._at.get("figure")):
            return is_named
        if name == "aside":
            is_themes = not place.article or any(map(_OF_A_THEME.fullmatch, classes))
            return is_named or (is_themes and not place.content)
        return name == "footer" or name in _AROUND_ELEMENTS or role in _AROUND_ROLES or is_named

    def _has_id_of_heading(self, name: str, attributes: Mapping[str, str]) -> bool:
        """Tell whether an element's id is made from its heading, as Sphinx, Pandoc and others make them."""
        if "id" not in attributes:
            return False
        is_nested = name == "section" and bool(self._at.get("section"))
        classes = attributes.get("class", "").lower().split()
        is_of_heading = any(map(_OF_A_HEADING.fullmatch, classes))
        return bool(self.place.content) or name in _HEADINGS or is_nested or is_of_heading


def _is_called_aside(name: str, attributes: Mapping[str, str]) -> bool:
    classes = [*attributes.get("class", "").lower().split(), *([name] if "-" in name else [])]
    ids = attributes.get("id", "").lower().split()
    return any(map(_AROUND_CLASS.fullmatch, classes)) or any(map(_AROUND_ID.fullmatch, ids))


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
