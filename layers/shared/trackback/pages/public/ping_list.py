"""A post's list as a page for people, to link to or to frame below the post. It runs no scripts.

A blog that includes the page at build time may style it, so its classes are part of the contract:
`trackbacks` is the whole, with `heading`, `post`, `list`, `empty`, `message` and `more`; each `item` of the
list has `title`, `from` (with `blog` and `date`) and `excerpt`.
"""

import base64
import hashlib
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from trackback.model.listing import DEFAULT_LIMIT, Page
from trackback.model.posts import Post
from trackback.paths import LISTS, path_of

if TYPE_CHECKING:
    from jinja2 import Environment

HTML = "text/html; charset=utf-8"
SUFFIX = ".html"
"""Last segment of an address that always returns HTML, whatever the client prefers."""


def is_page(address: str) -> bool:
    """Check whether a list's address is that of its HTML page: `host/path/.html`."""
    return address.rpartition("/")[2] == SUFFIX


def post_name(address: str) -> str:
    """Return the post's name in an address of its list.

    For a file name, as in `host/about.html/.html`, the trailing slash is dropped.
    """
    if not is_page(address):
        return address
    name = address.removesuffix(SUFFIX)
    file = name.rstrip("/")
    _, slash, last = file.rpartition("/")
    return file if slash and "." in last else name


def fresh_address(post: str, now: datetime) -> str:
    """Return the path and query of a post's page that bypass all caches.

    `at` is part of the CDN's cache key and changes no answer.
    """
    return f"{LISTS}{path_of(post).rstrip('/')}/{SUFFIX}?at={int(now.timestamp())}"


class ListPages:
    """Renders the pages. Templates load with the first page, because JSON clients need none."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def page(self, post: Post, found: Page, limit: int = DEFAULT_LIMIT) -> str:
        """Return a page of a post's pings. A post without a key is not on a served site and gets no link."""
        chosen = {} if limit == DEFAULT_LIMIT else {"limit": limit}
        more = urlencode({**chosen, "cursor": found.next.encode()}) if found.next else ""
        return self._render(post=post, pings=found.pings, more=more)

    def message(self, words: str) -> str:
        """Return a page with an error message."""
        return self._render(words=f"{words[:1].upper()}{words[1:].rstrip('.')}.")

    @cached_property
    def headers(self) -> dict[str, str]:
        """Security headers: the page loads, runs and submits nothing, and only its own style applies.

        Any blog may frame it. `noindex` keeps it out of search results, which should show the post instead.
        """
        style = self._templates.get_template("list.css").render().encode()
        own = base64.b64encode(hashlib.sha256(style).digest()).decode()
        policy = f"default-src 'none'; style-src 'sha256-{own}'; base-uri 'none'; form-action 'none'"
        return {"Content-Security-Policy": policy, "X-Robots-Tag": "noindex"}

    def _render(self, **values: Any) -> str:
        empty = {"post": None, "pings": (), "more": "", "words": ""}
        return self._templates.get_template("list.html").render(empty | values)

    @cached_property
    def _templates(self) -> "Environment":
        from trackback.pages.templates import load_templates  # noqa: PLC0415

        return load_templates(self._folder)
