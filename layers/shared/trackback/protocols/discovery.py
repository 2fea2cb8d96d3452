"""Fetches a linked page and discovers its endpoint."""

from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus

from trackback.model.protocol import Protocol
from trackback.protocols.outcome import is_temporary, seconds_to_wait
from trackback.protocols.trackback.discovery import discover, wordpress_url
from trackback.web.budget import TooCostly
from trackback.web.html.page import is_html, page_text
from trackback.web.http.client import Fetched, Fetcher
from trackback.web.http.failures import FetchFailed, FetchRefused

_NO_ROBOTS = 999
"""LinkedIn's answer to robots, and that of a few others."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a page takes pings, and in which protocol."""

    protocol: Protocol
    url: str


@dataclass(frozen=True, slots=True)
class Lookup:
    """The result of a discovery.

    Attributes:
        endpoint: The page's endpoint; None if unknown.
        page: The page that names it, after redirects; empty if the author entered the ping URL.
        message: Why the endpoint is unknown.
        asked: Whether the page was requested.
        is_temporary: Whether a retry may succeed.
        retry_after: Seconds until a retry, as the page's server requests; None if it requests none.
    """

    endpoint: Endpoint | None = None
    page: str = ""
    message: str = ""
    asked: bool = True
    is_temporary: bool = False
    retry_after: int | None = None


def find_endpoint(fetcher: Fetcher, target: str) -> Lookup:
    """Return the endpoint of a page, or the reason why it is unknown."""
    try:
        page = fetcher.get(target)
    except FetchFailed as error:
        return Lookup(message=str(error), is_temporary=not isinstance(error, FetchRefused))
    if not HTTPStatus.OK <= page.status < HTTPStatus.MULTIPLE_CHOICES:
        return _refused(page)
    if not is_html(page.content_type):
        return Lookup(message="it is no page of HTML, and says nothing of TrackBack")
    try:
        discovery = discover(page_text(page.body, page.content_type), page.url)
    except TooCostly as error:
        return Lookup(message=str(error))
    found = discovery.best(target, page.url)
    if not found:
        return Lookup(message="the page names no ping URL" + _hint(discovery.generator, page.url))
    return Lookup(Endpoint(Protocol.TRACKBACK, found.ping_url), page.url)


def _hint(generator: str, url: str) -> str:
    """Return what to try where WordPress's theme hides the ping URL, or ""."""
    if not generator.lower().startswith("wordpress"):
        return ""
    return f"; as it is a page of WordPress, it may take pings at {wordpress_url(url)} (try --to)"


def _refused(page: Fetched) -> Lookup:
    return Lookup(
        message=f"its server answers {page.status}",
        is_temporary=is_temporary(page.status) and page.status != _NO_ROBOTS,
        retry_after=seconds_to_wait(page.headers.get("retry-after", ""), datetime.now(UTC)),
    )
