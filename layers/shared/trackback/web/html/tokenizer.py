"""The tags and the text of any HTML, one after the other: linear time, and no tree in memory.

libxml2 reads as HTML 5 says, but each end tag walks the stack of open elements: half a megabyte of `<x>` and
as much of `</y>` take half a minute. So it gets no element that can be nested, and works as a tokenizer only:
`<p …>` goes in as `<img/p …>` and `</p>` as `<br/p>`, two elements without content whose first attribute is
the tag's name. A "/" ends neither a name nor a value wrongly, whatever it stands in, so no tag begins or ends
elsewhere than before. Elements whose content is not markup stay as they are, and cannot be nested anyway.
"""

import re
from collections.abc import Mapping
from typing import Any, Protocol

from lxml import etree

RAW = frozenset(["script", "style", "textarea", "title", "iframe", "xmp", "noembed", "noframes", "plaintext"])
"""Elements in which a tag is but text."""

_NAME = rf"(?!(?:{'|'.join(sorted(RAW))})[\t\n\f\r />])(?=[a-z])"
_START = re.compile(f"<{_NAME}", re.IGNORECASE)
_END = re.compile(f"</{_NAME}", re.IGNORECASE)


class Reader(Protocol):
    """What is told of the tags and the text; names are in lower case, and entities are decoded."""

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        """Take a start tag; of two attributes of one name, it has the first."""

    def end(self, name: str) -> None:
        """Take an end tag, which need not belong to any start tag."""

    def text(self, text: str) -> None:
        """Take a piece of text."""


def read_markup(html: str, reader: Reader) -> None:
    """Tell `reader` of every tag and text of `html`; comments and doctypes are left out."""
    html = html.replace("/>", "/ >")  # nothing closes itself in HTML, as far as links are concerned
    html = _END.sub("<br/", _START.sub("<img/", html))
    target: Any = _Target(reader)
    parser = etree.HTMLParser(target=target, encoding="utf-8", huge_tree=True)
    parser.feed(html.encode("utf-8", "replace"))
    parser.close()


class _Target:
    """Turns libxml2's events back into those of the page as it was written."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        if tag == "br" and attributes:
            self._reader.end(next(iter(attributes)))
        elif tag in RAW or (tag == "img" and attributes):
            name = tag if tag in RAW else next(iter(attributes))
            self._reader.start(name, {key: _as_written(value) for key, value in attributes.items()})

    def end(self, tag: str) -> None:
        if tag in RAW:
            self._reader.end(tag)

    def data(self, text: str) -> None:
        self._reader.text(_as_written(text))

    def close(self) -> None:
        """Do nothing, but be there: lxml calls it."""


def _as_written(text: str) -> str:
    if "<" not in text and "/ >" not in text:
        return text
    return text.replace("<img/", "<").replace("<br/", "</").replace("/ >", "/>")
