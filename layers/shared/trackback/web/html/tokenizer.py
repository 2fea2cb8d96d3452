"""Splits any HTML into tags and text, in linear time and without a tree in memory.

libxml2 parses HTML 5, but each end tag walks the stack of open elements: half a megabyte of `<x>` and as much
of `</y>` take half a minute. So it gets no elements that can be nested, and works as a tokenizer only: `<p
…>` is passed as `<img/p …>` and `</p>` as `<br/p>`, two elements without content whose first attribute is the
tag's name. The added "/" never ends a name or a value, so every tag begins and ends where it did before.
Elements whose content is not markup stay as they are, since they cannot be nested anyway.
"""

import re
from collections.abc import Mapping
from typing import Any, Protocol

from lxml import etree

from trackback.web.budget import STRIDE, Budget

RAW = frozenset(["script", "style", "textarea", "title", "iframe", "xmp", "noembed", "noframes", "plaintext"])
"""Elements in which a tag is plain text."""

_NAME = rf"(?!(?:{'|'.join(sorted(RAW))})[\t\n\f\r />])(?=[a-z])"
_START = re.compile(f"<{_NAME}", re.IGNORECASE)
_END = re.compile(f"</{_NAME}", re.IGNORECASE)


class Reader(Protocol):
    """Receives the tags and the text; names are in lower case, and entities are decoded."""

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        """Process a start tag; of duplicate attributes, the first is given."""

    def end(self, name: str) -> None:
        """Process an end tag, which may lack a start tag."""

    def text(self, text: str) -> None:
        """Process a piece of text."""


def read_markup(html: str, reader: Reader, budget: Budget | None = None) -> None:
    """Pass every tag and text of `html` to `reader`; comments and doctypes are left out.

    Raises:
        TooCostly: the budget is spent, by default a new one.
    """
    html = html.replace("/>", "/ >")  # for links, HTML ignores the slash of a self-closing tag
    html = _END.sub("<br/", _START.sub("<img/", html))
    target: Any = _Target(reader, budget or Budget())
    parser = etree.HTMLParser(target=target, encoding="utf-8", huge_tree=True)
    parser.feed(html.encode("utf-8", "replace"))
    parser.close()


class _Target:
    """Translates libxml2's events back into those of the original page."""

    def __init__(self, reader: Reader, budget: Budget) -> None:
        self._reader = reader
        self._count_events = budget.count_events
        self._left = STRIDE

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        self._left -= 1
        if not self._left:
            self._count()
        if tag == "br" and attributes:
            self._reader.end(next(iter(attributes)))
        elif tag in RAW or (tag == "img" and attributes):
            name = tag if tag in RAW else next(iter(attributes))
            self._reader.start(name, {key: _as_written(value) for key, value in attributes.items()})

    def end(self, tag: str) -> None:
        if tag in RAW:
            self._reader.end(tag)

    def data(self, text: str) -> None:
        self._left -= 1
        if not self._left:
            self._count()
        self._reader.text(_as_written(text))

    def _count(self) -> None:
        self._count_events(STRIDE)  # each by itself would make an ordinary page slower
        self._left = STRIDE

    def close(self) -> None:
        """Do nothing; lxml requires the method."""


def _as_written(text: str) -> str:
    if "<" not in text and "/ >" not in text:
        return text
    return text.replace("<img/", "<").replace("<br/", "</").replace("/ >", "/>")
