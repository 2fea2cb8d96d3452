"""Where a page takes pings: every TrackBack URL that real senders find in it, and the one to use.

The forms are those in use: `rel="trackback"` on a link or an anchor, TrackBack's RDF, and WordPress's
`/trackback/` behind the page's own address, where the page's text has it.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from trackback.errors import PingRefused
from trackback.protocols.trackback.rdf import read_blocks
from trackback.urls import host_of, page_identity, read_source
from trackback.web.html.href import published, resolve
from trackback.web.html.tokenizer import read_markup

MOST = 100
"""How many links of a page that say `rel="trackback"` are looked at."""


class Form(StrEnum):
    """How a page says where to ping."""

    LINK = "link"
    ANCHOR = "a"
    RDF = "rdf"
    MENTION = "mention"


@dataclass(frozen=True, slots=True)
class Found:
    """A TrackBack URL: where to ping, absolute and http or https.

    `names` are the addresses by which a block of RDF calls its page, as written; other forms have none.
    """

    form: Form
    ping_url: str
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Discovery:
    """All that a page offers, form by form, each in the order of the page."""

    found: tuple[Found, ...]

    def of(self, *forms: Form) -> list[Found]:
        """Return what was found in any of some forms."""
        return [found for found in self.found if found.form in forms]

    def best(self, *pages: str) -> Found | None:
        """Return what to use for a ping of one page, named by the URL that links to it first.

        Further `pages` are its other addresses, such as where a redirect ends. The order is: the first link
        or anchor; the block of RDF whose identifier is the page's, exactly or else under another spelling;
        the only block, if it names a page of the same host; what the text mentions. A link to the page itself
        comes last of all: themes write that, and it seldom takes pings.
        """
        keys = {key for page in pages if (key := page_identity(page))}
        links = self.of(Form.LINK, Form.ANCHOR)
        direct = [found for found in links if page_identity(found.ping_url) not in keys]
        order = [*direct[:1], *self._blocks(pages, keys), *self.of(Form.MENTION), *links[:1]]
        return next(iter(order), None)

    def _blocks(self, pages: tuple[str, ...], keys: set[str]) -> Iterator[Found]:
        blocks = self.of(Form.RDF)
        yield from (found for found in blocks if not set(pages).isdisjoint(found.names))
        yield from (found for found in blocks if not keys.isdisjoint(map(page_identity, found.names)))
        if len(blocks) == 1:
            named = blocks[0].names[:1] or (blocks[0].ping_url,)
            yield from (blocks[0] for page in pages if _host(page) in map(_host, named))


def discover(text: str, url: str) -> Discovery:
    """Return every TrackBack URL of a page that was found at `url`, redirects followed, in linear time."""
    reader = _Reader()
    read_markup(text, reader)
    base = resolve(reader.base, url) or url
    blocks = ((Form.RDF, block.ping, block.names) for block in read_blocks(text))
    mentions = ((Form.MENTION, mentioned, ()) for mentioned in _mentions(text, url))
    candidates = [
        *((form, resolve(href, base), ()) for form, href in reader.links),
        *((form, resolve(ping, url), names) for form, ping, names in blocks),
        *mentions,
    ]
    return Discovery(
        tuple(Found(form, public, names) for form, ping, names in candidates if (public := published(ping)))
    )


def _mentions(text: str, url: str) -> Iterator[str]:
    """Yield the page's own address with `/trackback/` behind it, if the text has that."""
    address = url.partition("#")[0].partition("?")[0].rstrip("/")
    if match := re.search(rf"{re.escape(address)}/trackback(/?)(?![\w/%-]|\.\w)", text):
        yield f"{address}/trackback{match[1]}"


def _host(url: str) -> str:
    try:
        return host_of(read_source(url).url)
    except PingRefused:
        return ""


class _Reader:
    """Notes the links that say `rel="trackback"`, also in `noscript`, and the page's base."""

    def __init__(self) -> None:
        self.links: list[tuple[Form, str]] = []
        self.base = ""
        self._templates = 0

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        """Take a start tag."""
        self._templates += name == "template"
        href = attributes.get("href")
        if self._templates or href is None:
            return
        if name == "base":
            self.base = self.base or href
        elif name in {Form.LINK, Form.ANCHOR} and "trackback" in attributes.get("rel", "").lower().split():
            self.links += [(Form(name), href)][: MOST - len(self.links)]

    def end(self, name: str) -> None:
        """Take an end tag."""
        self._templates -= name == "template" and self._templates > 0

    def text(self, text: str) -> None:
        """Pass over text."""
