"""Locates the regions of a page: posts, their text, and the navigation around them.

Pages mark regions in different ways, so elements, roles, microformats and the class names of themes are all
checked. Missing and surplus end tags are handled as browsers handle them, in linear time.
"""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace

_CONTENT = {"e-content", "entry-content"}
_ENTRY = {"h-entry", "hentry"}
_CITING = {"u-in-reply-to", "u-like-of", "u-repost-of", "u-bookmark-of"}
_ASIDE_ELEMENTS = {"nav", "aside", "footer", "menu", "dialog"}
_TELL_OF_ALL = {"html", "body", "article"}  # themes describe the whole page or post in their class names
_ASIDE_ROLES = {"banner", "complementary", "contentinfo", "navigation", "search"}
_ASIDE_NAME = re.compile(
    r"(?:(?:site|page|post|entry|blog|primary|secondary|main|wp-block|jp|p|u)[-_])?"
    r"(?:comments?|commentlist|respond|responses|replies|disqus|isso|utterances|giscus|webmentions?|trackbacks?"
    r"|pingbacks?|sidebar|widget[-_]area|blogroll|related|relatedposts|nav|navbar|navigation|breadcrumbs?"
    r"|pagination|pager|menu|share|sharing|sharedaddy|social|footer|masthead|newsletter|subscribe|ads?"
    r"|advertisement)(?:[-_].*)?"
)
# Open elements that a start tag ends, since their end tags are optional.
_CELL, _TERM = {"p", "td", "th"}, {"p", "dt", "dd"}
_ENDS = {"li": {"p", "li"}, "dt": _TERM, "dd": _TERM, "td": _CELL, "th": _CELL, "tr": _CELL | {"tr"}}


@dataclass(frozen=True, slots=True)
class Place:
    """The position of something on a page.

    Attributes:
        aside: In navigation, a sidebar, a footer, comments or a hidden element.
        content: The number of the marked content around it, or 0.
        article: The number of the outermost article around it, or 0.
        main: In the page's main part.
        citing: In a heading, or in an element marked as a reply, like, repost or bookmark.
    """

    aside: bool = False
    content: int = 0
    article: int = 0
    main: bool = False
    citing: bool = False


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
        self._opened: Counter[str] = Counter()

    def begin(self, name: str, attributes: Mapping[str, str]) -> None:
        """Process the start of a block or of a custom element, whose name has a hyphen."""
        ends = set() if "-" in name else _ENDS.get(name, {"p"})
        while self._open and self._open[-1][0] in ends:
            self._close()
        if name != "hr":
            self._open.append((name, self.place))
            self._opened[name] += 1
            self.place = self._place_of(name, attributes)

    def end(self, name: str) -> None:
        """Process the end of a block; an end tag without a start tag is ignored."""
        if self._opened[name]:
            while self._close() != name:
                pass

    def _close(self) -> str:
        name, self.place = self._open.pop()
        self._opened[name] -= 1
        return name

    def _place_of(self, name: str, attributes: Mapping[str, str]) -> Place:
        place, role, names = self.place, attributes.get("role", "").lower(), names_of(attributes)
        if name == "main" or role == "main":
            self.has_main = True
            return replace(place, main=True, aside=False)
        if place.aside or "hidden" in attributes or _is_aside(name, role, names, place):
            return replace(place, aside=True)
        if not place.article and (name == "article" or names & _ENTRY):
            place = replace(place, article=len(self.articles) + 1)
            self.articles.append(place)
        if not place.content and (names & _CONTENT or attributes.get("itemprop") == "articleBody"):
            self._contents += 1
            place = replace(place, content=self._contents)
            self.first = self.first or place
        if name == "h1":
            self.headed.add(place.article)
        return replace(place, citing=True) if name in {"h1", "h2"} or is_citing(attributes) else place


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
