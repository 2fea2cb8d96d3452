"""Runs feedparser within a budget, and without what feeds need not have.

`feedparser.parse` takes half a minute for a megabyte of tags and days for a long author's name, and cannot be
stopped. So its two parsers are run from here, in the same way: the strict one, then the loose one if the
document is no XML. Their handlers look at the clock, since each step is linear at most.
"""

import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from io import BytesIO
from typing import Any
from xml.sax import SAXException, make_parser
from xml.sax.handler import LexicalHandler, feature_external_ges, feature_namespaces, property_lexical_handler

from feedparser.api import LooseFeedParser, StrictFeedParser

from trackback.web.budget import STRIDE, Budget, TooCostly

_QUOTED = re.compile(r""""[^"<]*+"|'[^'<]*+'""")
_LONG_TAG = re.compile(r"<[^!?\s<>][^<>]{50000}")
"""A tag whose names alone, without values, are longer: each character takes 150 bytes while it is read."""


@dataclass(frozen=True, slots=True)
class XmlFeed:
    """A parsed feed: feedparser's name of its format, empty if it has none, and its entries."""

    version: str
    entries: Sequence[Any]


def parse_xml_feed(xml: str, url: str, most: int, budget: Budget) -> XmlFeed:
    """Parse a feed that was fetched from `url`, up to `most` entries with different links.

    Raises:
        TooCostly: the budget is spent, or a tag is so long that reading it takes a lot of memory.
        Exception: feedparser raises undocumented errors for malformed input.
    """
    if _LONG_TAG.search(_QUOTED.sub("", xml)):
        raise TooCostly
    data = xml.encode("utf-8", "replace")
    parser: Any = _Strict(url, None, "utf-8")
    parser.begin(budget, most)
    with suppress(_Enough):
        try:
            _run_strict(parser, data)
        except SAXException:
            parser = _Loose(url, None, "utf-8", {})
            parser.begin(budget, most)
            parser.feed(data.decode())
    return XmlFeed(parser.version, parser.entries)


def _run_strict(parser: Any, data: bytes) -> None:
    sax: Any = make_parser()  # noqa: S317 - a document type, which the attacks need, is rejected
    sax.setFeature(feature_namespaces, True)
    sax.setFeature(feature_external_ges, False)
    sax.setProperty(property_lexical_handler, _NoDoctype())
    sax.setContentHandler(parser)
    sax.setErrorHandler(parser)
    sax.parse(BytesIO(data))


class _Enough(Exception):
    """The feed has as many entries as are read."""


class _NoDoctype(LexicalHandler):
    """Rejects a document type, which may define entities."""

    def startDTD(self, *_: str | None) -> None:  # noqa: N802 - xml.sax's name
        """Leave the document to the loose parser, which knows no entities of its own."""
        raise SAXException("a document type")


class _Bounded:
    """Stops a parser of feedparser's after its time, or after the last entry that is read."""

    entries: list[Any]

    def begin(self, budget: Budget, most: int) -> None:
        """Set the limits of this parser, which feedparser's constructors do not pass on."""
        self._budget, self._most = budget, most
        self._left = STRIDE
        self.resolve_relative_uris = self.sanitize_html = False

    def unknown_starttag(self, tag: str, attrs: Any) -> None:
        self._count()
        if tag in {"item", "entry"} and self._has_enough():
            raise _Enough
        super().unknown_starttag(tag, attrs)  # type: ignore[misc]

    def handle_data(self, text: str, escape: int = 1) -> None:
        self._count()
        super().handle_data(text, escape)  # type: ignore[misc]

    def _sync_author_detail(self, key: str = "author") -> None:
        """Do nothing: no caller uses the author, and parsing it takes quadratic time."""

    def _count(self) -> None:
        self._left -= 1
        if not self._left:
            self._budget.count_events(STRIDE)
            self._left = STRIDE

    def _has_enough(self) -> bool:
        count = len(self.entries)
        return count >= self._most and len({entry.get("link") for entry in self.entries}) >= self._most


class _Strict(_Bounded, StrictFeedParser):  # type: ignore[misc]
    """Parses XML."""


class _Loose(_Bounded, LooseFeedParser):  # type: ignore[misc]
    """Parses what is no XML. To find the end of one tag may take a look at the whole rest of the document."""

    def parse_starttag(self, i: int) -> int:
        """Count the tag at an offset, and return the offset of its end."""
        self._budget.count_events()
        return int(super().parse_starttag(i))

    def parse_endtag(self, i: int) -> int:
        """Count the tag at an offset, and return the offset of its end."""
        self._budget.count_events()
        return int(super().parse_endtag(i))
