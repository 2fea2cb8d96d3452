"""Parses a stranger's page: decodes it, and reads its metadata and its link to a post (`link_reader`)."""

import gc
import re
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from trackback.web.budget import Budget, TooCostly
from trackback.web.html.link_reader import Document, LinkReader
from trackback.web.html.tokenizer import read_markup
from trackback.web.text.charset import decode

_HTML = {"", "text/html", "application/xhtml+xml"}
_DECLARED = re.compile(
    rb"<(?:meta|\?xml)\b[^>]{0,500}?(?:charset|encoding)\s{0,9}=\s{0,9}[\"']?\s{0,9}([^\s\"'/>;]{1,40})",
    re.IGNORECASE,
)
_ONE_AT_A_TIME = threading.Lock()
"""Parses one page at a time: ten of the worst pages take 430 MB in parallel, and 80 MB in sequence.

Each page gets its own thread; when the thread ends, the parser's memory is freed.
"""
_LARGE = 250_000


def read_page(
    body: bytes,
    content_type: str,
    url: str,
    is_wanted: Callable[[str], bool],
    is_on_host: Callable[[str], bool] = lambda _: True,
) -> Document:
    """Parse a page that was fetched from `url` (after redirects); anything but HTML gives an empty document.

    `is_wanted` returns whether a URL is the post's, and is asked only if `is_on_host` says that its host may
    be the post's. Of several links to the post, the best counts: by its standing, then one without
    `UNFOLLOWED` values, then the first.
    """
    if not is_html(content_type):
        return Document()
    with _ONE_AT_A_TIME, ThreadPoolExecutor(1) as thread:
        document = thread.submit(_read, body, content_type, url, is_wanted, is_on_host).result()
        if len(body) > _LARGE:
            gc.collect()  # lxml's parsers form reference cycles that hold the page
        return document


def _read(
    body: bytes,
    content_type: str,
    url: str,
    is_wanted: Callable[[str], bool],
    is_on_host: Callable[[str], bool],
) -> Document:
    budget = Budget()
    text = page_text(body, content_type)
    budget.allow_for(len(text))
    reader = LinkReader(url, is_wanted, is_on_host, budget)
    try:
        read_markup(text, reader, budget)
        if reader.has_late_base:  # the base also applies to links before it
            reader = LinkReader(url, is_wanted, is_on_host, budget, reader.base)
            read_markup(text, reader, budget)
    except TooCostly:
        return replace(reader.document(), whole=False)
    return reader.document()


def is_html(content_type: str) -> bool:
    """Return whether a Content-Type is that of an HTML page; a missing one counts as HTML."""
    return re.split("[;,]", content_type, maxsplit=1)[0].strip().lower() in _HTML


def page_text(body: bytes, content_type: str) -> str:
    """Decode a page by its bytes first, then by the charset in its header and in its first lines."""
    return decode([body], _charsets(body, content_type)).texts[0]


def _charsets(body: bytes, content_type: str) -> list[str]:
    named = content_type.lower().partition("charset=")[2]
    head = re.sub(rb"<!--.*?-->", b"", body[:1_024], flags=re.DOTALL)
    declared = (match[1].decode("latin-1") for match in _DECLARED.finditer(head))
    return [re.split("[;,]", named, maxsplit=1)[0], *declared]
