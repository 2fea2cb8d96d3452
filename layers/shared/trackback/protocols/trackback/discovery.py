"""Discovers the TrackBack URLs of a page, and selects one.

It recognises the forms in use: `rel="trackback"` on a link or an anchor, TrackBack's RDF, and WordPress's
`/trackback/` after the page's own address, if the page's text contains it.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

from trackback.errors import PingRefused
from trackback.protocols.trackback.rdf import read_blocks
from trackback.urls import host_of, page_identity, read_source
from trackback.web.html.href import published, resolve
from trackback.web.html.reader import PageReader
from trackback.web.html.tokenizer import read_markup

MOST = 100
"""Maximum number of `rel="trackback"` links read per page."""


class Form(StrEnum):
    """How a page names its ping URL."""

    LINK = "link"
    ANCHOR = "a"
    RDF = "rdf"
    MENTION = "mention"


@dataclass(frozen=True, slots=True)
class Found:
    """A TrackBack URL, absolute and http or https.

    `names` are the addresses that an RDF block gives for its page, as written; other forms have none.
    """

    form: Form
    ping_url: str
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Discovery:
    """All ping URLs of a page, form by form, each in the order of the page; and what made the page."""

    found: tuple[Found, ...]
    generator: str = ""

    def of(self, *forms: Form) -> list[Found]:
        """Return the ping URLs of the given forms."""
        return [found for found in self.found if found.form in forms]

    def best(self, *pages: str) -> Found | None:
        """Return the ping URL to use for a page, or None.

        The first of `pages` is the URL in the link; the others are further addresses of the page, such as a
        redirect's target. The order is: the first link or anchor; the RDF block whose identifier is the
        page's, first exactly, then in another spelling; the only block, if it names a page on the same host;
        a mention in the text. A link to the page itself comes last: themes write it, and it seldom accepts
        pings.
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
    """Return every TrackBack URL of a page that was fetched from `url` (after redirects), in linear time.

    Raises:
        TooCostly: the page takes too long to read.
    """
    reader = _Reader(url)
    read_markup(text, reader)
    blocks = ((Form.RDF, block.ping, block.names) for block in read_blocks(text))
    mentions = ((Form.MENTION, mentioned, ()) for mentioned in _mentions(text, url))
    candidates = [
        *((form, resolve(href, reader.base), ()) for form, href in reader.links),
        *((form, resolve(ping, url), names) for form, ping, names in blocks),
        *mentions,
    ]
    found = (Found(form, public, names) for form, ping, names in candidates if (public := published(ping)))
    return Discovery(tuple(found), reader.generator)


def wordpress_url(url: str) -> str:
    """Return where WordPress takes pings for the post at an address, by its kind of permalink."""
    page = urlsplit(url)
    if post := dict(parse_qsl(page.query)).get("p", ""):
        return urljoin(url, f"wp-trackback.php?{urlencode({'p': post})}")
    return urlunsplit((page.scheme, page.netloc, page.path.rstrip("/"), "", "")) + "/trackback/"


def _mentions(text: str, url: str) -> Iterator[str]:
    """Yield the page's own address followed by `/trackback/`, if the text contains it."""
    address = url.partition("#")[0].partition("?")[0].rstrip("/")
    if match := re.search(rf"{re.escape(address)}/trackback(/?)(?![\w/%-]|\.\w)", text):
        yield f"{address}/trackback{match[1]}"


def _host(url: str) -> str:
    try:
        return host_of(read_source(url).url)
    except PingRefused:
        return ""


class _Reader(PageReader):
    """Collects `rel="trackback"` links, also in `noscript`."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.links: list[tuple[Form, str]] = []
        self.generator = ""

    def on_start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "meta" and attributes.get("name", "").lower() == "generator":
            self.generator = self.generator or attributes.get("content", "")
        if name not in {Form.LINK, Form.ANCHOR} or "href" not in attributes:
            return
        if "trackback" in attributes.get("rel", "").lower().split():
            self.links += [(Form(name), attributes["href"])][: MOST - len(self.links)]

    on_fallback = on_start
