"""Base class of the readers that go through a page's tags.

It follows the HTML standard for a browser that runs scripts: which tags and texts such a browser shows, where
the head ends, and which URL the page's links are relative to.
"""

import re
from collections.abc import Mapping

from trackback.web.html.excerpt import plain
from trackback.web.html.href import resolve
from trackback.web.html.tokenizer import RAW

_HIDDEN = RAW | {"template", "noscript"}
_HEAD = {"html", "head", "title", "base", "basefont", "bgsound", "link", "meta", "style", "script"}
_HEAD |= {"noscript", "noframes", "template"}
_ENDS_OF_BODY = {"body", "html", "br"}  # these end tags begin a body that has no start tag
_BLANKS = " \t\n\f\r\ufeff"
_LANGUAGE = re.compile("[a-zA-Z]{2,8}(?:-[a-zA-Z0-9]{1,8}){0,4}")


class PageReader:
    """Passes what a browser shows to `on_start`, `on_end` and `on_text`, which subclasses define.

    `on_start` also gets the elements whose content is hidden. Content of `template` is dropped, unless it is
    a shadow root.

    Attributes:
        base: The URL that links are relative to: the first `<base href>`, wherever it stands, or the page's.
        in_head: Whether the current tag is in the head.
        language: The language that the `html` element declares, or empty.
        title: The first title that is not blank, as one clean line.
    """

    def __init__(self, url: str, base: str = "") -> None:
        """Read a page that was fetched from `url`; `base` is its base URL if that is known already."""
        self.base = base or url
        self.in_head = True
        self.language = self.title = ""
        self._has_base = base != ""
        self._title_pieces: list[str] = []
        self._drawings = 0  # open `svg` elements
        self._hidden, self._depth = "", 0  # the element that hides its content, and its nesting depth

    def on_start(self, name: str, attributes: Mapping[str, str]) -> None:
        """Handle a start tag."""

    def on_fallback(self, name: str, attributes: Mapping[str, str]) -> None:
        """Handle a start tag in `noscript`, which only clients without scripts read."""

    def on_end(self, name: str) -> None:
        """Handle an end tag."""

    def on_text(self, text: str) -> None:
        """Handle a piece of text."""

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        """Process a start tag."""
        if self._hidden:
            self._depth += name == self._hidden == "template"
            if self._hidden == "noscript":
                self.on_fallback(name, attributes)
            return
        self.in_head = self.in_head and name in _HEAD
        self._drawings += name == "svg"
        if name in _HIDDEN and not (name == "template" and _is_shown(attributes)):
            self._hidden, self._depth = name, 1
        elif name == "base" and "href" in attributes and not self._has_base:
            self._has_base = True
            self.base = resolve(attributes["href"], self.base) or self.base
        elif name == "html" and not self.language:
            language = attributes.get("lang", attributes.get("xml:lang", "")).strip()
            self.language = language if _LANGUAGE.fullmatch(language) else ""
        self.on_start(name, attributes)

    def end(self, name: str) -> None:
        """Process an end tag."""
        if not self._hidden:
            self.in_head = self.in_head and name not in _ENDS_OF_BODY
            self._drawings -= name == "svg" and self._drawings > 0
            self.on_end(name)
            return
        self._depth -= name == self._hidden
        if not self._depth:
            self._hidden = ""
            self._end_title()

    def text(self, text: str) -> None:
        """Process a piece of text."""
        if not self._hidden:
            self.in_head = self.in_head and not text.strip(_BLANKS)
            self.on_text(text)
        elif self._hidden == "title" and not self.title:
            self._title_pieces.append(text)

    def _end_title(self) -> None:
        title = "".join(self._title_pieces).strip()
        if title and not self._drawings:  # a picture's title is not the page's
            self.title = plain(title)
        self._title_pieces.clear()


def _is_shown(template: Mapping[str, str]) -> bool:
    """Tell whether a `template` is a declarative shadow root, whose content browsers show."""
    return template.get("shadowrootmode", "").strip().lower() in {"open", "closed"}
