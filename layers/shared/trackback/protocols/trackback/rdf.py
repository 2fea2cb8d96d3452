"""Writes and parses TrackBack's RDF: the block in which a page names its ping URL.

Such blocks stand in comments and are often invalid XML, so they are read from the page's raw text, as
TrackBack 1.2 requires, and every intact part counts. Parsing takes linear time.
"""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass

MOST_BLOCKS = 1_000
"""Maximum number of blocks read per page; a front page has one for each of its posts."""

_BLOCK = """<!--
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
         xmlns:dc="http://purl.org/dc/elements/1.1/"
         xmlns:trackback="http://madskills.com/public/xml/rss/module/trackback/">
<rdf:Description
    rdf:about="{post}"
    dc:identifier="{post}"
    dc:title="{title}"
    trackback:ping="{ping}" />
</rdf:RDF>
-->"""

_START = re.compile(r"<rdf:Description(?=[\s/>])", re.IGNORECASE)
_END = re.compile(r"</rdf:(?:Description|RDF)", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""[\s/]*+([a-z][\w:.-]{0,60}+)\s*+=\s*+(?:"([^"]*+)"|'([^']*+)')""", re.IGNORECASE)
_CHILD = re.compile(r"<((?:dc|trackback):[a-z]{1,20})(?=[\s/>])", re.IGNORECASE)
_CONTENT = re.compile(r"[\s/]*+>([^<]*+)<")
_REFERENCE = re.compile(r"&(?:#[0-9]{1,7}|#x[0-9a-f]{1,6}|[a-z][a-z0-9]{1,31});", re.IGNORECASE)
_NOT_IN_XML = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_HYPHENS = re.compile("-{2,}")


@dataclass(frozen=True, slots=True)
class Block:
    """A block: its ping URL, and its page by `dc:identifier` and by `rdf:about`.

    Values are decoded, but neither resolved nor validated; missing ones are empty.
    """

    ping: str
    identifier: str = ""
    about: str = ""
    title: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """The URLs of the block's page, in order of precedence."""
        return tuple(filter(None, (self.identifier, self.about)))


def block(*, ping_url: str, post_url: str, title: str) -> str:
    """Return the block of a post, in a comment that keeps pages valid; no text can end either."""
    values = {"ping": ping_url, "post": post_url, "title": title}
    return _BLOCK.format(**{name: _escaped(value) for name, value in values.items()})


def read_blocks(page: str) -> Iterator[Block]:
    """Yield the blocks of a page's text that name a ping URL."""
    starts = _START.finditer(page)
    ends = [match.span() for match, _ in zip(starts, range(MOST_BLOCKS + 1), strict=False)]
    for number, (_, start) in enumerate(ends[:MOST_BLOCKS]):
        stop = ends[number + 1][0] if number + 1 < len(ends) else len(page)
        found = _read(page[start:stop])
        if ping := found.get("trackback:ping"):
            identifier = found.get("dc:identifier") or found.get("dc:identifer", "")  # seen on a live page
            yield Block(ping, identifier, found.get("rdf:about", ""), found.get("dc:title", ""))


def _read(text: str) -> dict[str, str]:
    """Return the values of a block by name; attributes take precedence over child elements."""
    found, at = _attributes(text, 0)
    close = _END.search(text, at)
    text = text[: close.start() + 1] if close else text
    while child := _CHILD.search(text, at):
        attributes, at = _attributes(text, child.end())
        content = _CONTENT.match(text, at)
        value = attributes.get("rdf:resource") or (_decoded(content[1]) if content else "")
        found.setdefault(child[1].lower(), value)
    return found


def _attributes(text: str, at: int) -> tuple[dict[str, str], int]:
    """Return the attributes that begin at an offset, the first of each name, and the offset of their end."""
    found: dict[str, str] = {}
    while match := _ATTRIBUTE.match(text, at):
        found.setdefault(match[1].lower(), _decoded(match[2] if match[3] is None else match[3]))
        at = match.end()
    return found, at


def _decoded(value: str) -> str:
    """Decode entities that end with a semicolon: in a URL, `&copy=2` is a parameter."""
    return _REFERENCE.sub(lambda match: html.unescape(match[0]), value).strip()


def _escaped(text: str) -> str:
    """Escape a text for an attribute in a comment; two hyphens would end the comment."""
    escaped = html.escape(_NOT_IN_XML.sub(" ", text)).replace("&#x27;", "'")
    return _HYPHENS.sub(lambda match: "&#45;" * len(match[0]), escaped)
