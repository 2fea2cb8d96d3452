"""Every parser of strangers' documents does twice the work for twice the document, at most.

Work is the number of Python's calls, which is the same in every run; time is not.
"""

import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest

from trackback.protocols.trackback.discovery import discover
from trackback.receiving.post_links import PostLinks
from trackback.web.budget import TooCostly
from trackback.web.feed import NotAFeed, find_feed, read_feed
from trackback.web.html.article import read_article
from trackback.web.html.link_reader import Document
from trackback.web.html.page import page_text, read_page
from trackback.web.text.charset import decode

AT = "https://o.example/a"
HTML, XML, JAPANESE = "text/html; charset=utf-8", "application/xml", "text/html; charset=euc-jp"
SIZE = 12_000
JSON = '{"version": "https://jsonfeed.org/version/1.1", "items": ['

Make = Callable[[int], bytes]
Parse = Callable[[bytes, str], Any]


def find_link(body: bytes, kind: str) -> Document:
    """Read a page as verification does."""
    post = PostLinks(frozenset({"blog.example/post"}))
    return read_page(body, kind, AT, post.matches, post.is_on_host)


PARSERS: dict[str, Parse] = {
    "page": find_link,
    "article": lambda body, kind: read_article(body, kind, AT),
    "discovery": lambda body, kind: discover(page_text(body, kind), AT).best(AT),
    "feed link": lambda body, kind: find_feed(body, kind, AT),
    "feed": lambda body, kind: read_feed(body, kind, AT),
}


def filled(piece: str | bytes, before: str = "", after: str = "") -> Make:
    """Return a maker of documents that repeat a piece."""
    data = piece if isinstance(piece, bytes) else piece.encode()
    return lambda size: before.encode() + data * (size // len(data)) + after.encode()


def numbered(piece: str, before: str = "") -> Make:
    """Return a maker of documents that repeat a piece with a number in it."""
    return lambda size: (before + "".join(piece.format(n) for n in range(size // len(piece)))).encode()


def calls(parse: Parse, body: bytes, kind: str) -> int:
    """Return how many calls a parser makes, in all its threads."""
    number = 0

    def note(*_: object) -> None:
        nonlocal number
        number += 1

    threading.setprofile(note)
    sys.setprofile(note)
    try:
        with suppress(NotAFeed, TooCostly):
            parse(body, kind)
    finally:
        sys.setprofile(None)
        threading.setprofile(None)
    return number


LATE_BASE = f"<base href=/{'x' * 2_000}/>"
PAGES = [
    pytest.param(filled("<a href=x>", "", LATE_BASE), HTML, id="a late long base"),
    pytest.param(filled("<a href=x>", LATE_BASE), HTML, id="a long base"),
    pytest.param(filled("<a href=//x>"), HTML, id="one host"),
    pytest.param(numbered("<a href=//é{}>"), HTML, id="IDNA hosts"),
    pytest.param(numbered("<a href=//ｂlog.example/{}>"), HTML, id="spellings of one host"),
    pytest.param(filled("<b><p>"), HTML, id="nested tags"),
    pytest.param(filled("<li><div>", "", "</ul>" * 1_000), HTML, id="nested blocks"),
    pytest.param(filled("<template><noscript>"), HTML, id="hidden tags"),
    pytest.param(filled("&lt"), HTML, id="entities"),
    pytest.param(filled("<rdf:Description trackback:ping='//x' "), HTML, id="RDF without an end"),
    pytest.param(filled("<a href='/%41%42' srcset='a 1x'>"), HTML, id="escapes"),
    pytest.param(filled(b"\xa4\xa2a"), JAPANESE, id="EUC-JP"),
    pytest.param(filled(b"\xa4\xa2a", "", "\xff"), JAPANESE, id="broken EUC-JP"),
]
FEEDS = [
    pytest.param(filled("<b>", "<rss><channel>"), XML, id="nested tags"),
    pytest.param(filled("<x/>", "<rss><channel><item>"), XML, id="empty tags"),
    pytest.param(filled("a.", "<rss><channel><item><author>"), XML, id="a long author"),
    pytest.param(filled("<", "<rss><channel></x>"), XML, id="no tags"),
    pytest.param(filled("<a '<b \"", "<rss><channel></x>"), XML, id="quotes"),
    pytest.param(numbered("<item><link>//é{}/</link></item>", "<rss><channel>"), XML, id="IDNA hosts"),
    pytest.param(filled('{"url": "//é"},', JSON, "{}]}"), "application/feed+json", id="JSON"),
]


@pytest.mark.parametrize("parser", ["page", "article", "discovery", "feed link"])
@pytest.mark.parametrize(("make", "kind"), PAGES)
def test_a_page_twice_as_long_takes_twice_the_work(parser: str, make: Make, kind: str) -> None:
    _check(PARSERS[parser], make, kind)


@pytest.mark.parametrize(("make", "kind"), FEEDS)
def test_a_feed_twice_as_long_takes_twice_the_work(make: Make, kind: str) -> None:
    _check(PARSERS["feed"], make, kind)


def _check(parse: Parse, make: Make, kind: str) -> None:
    calls(parse, make(SIZE), kind)  # fills what is remembered between documents
    small, large = calls(parse, make(SIZE), kind), calls(parse, make(2 * SIZE), kind)
    assert large < 2.2 * small + 1_000


def test_a_charset_that_is_both_named_and_recognised_is_tried_once() -> None:
    body = b"\x1b$@" * SIZE + b"\x1b$Bp\xf6"
    unnamed = calls(lambda data, _: decode([data], []), body, "")
    named = calls(lambda data, _: decode([data], ["iso-2022-jp"]), body, "")
    assert named < 1.5 * unnamed
