"""Fetches a linked page and discovers its endpoint."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http import HTTPStatus

from trackback.protocols.trackback.discovery import discover
from trackback.timestamps import wait
from trackback.web.html.page import is_html, page_text
from trackback.web.http.client import Fetched, Fetcher, FetchFailed, FetchRefused

PASSING = {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS}
"""Statuses of temporary errors, in addition to 5xx."""

_MOST_WAIT = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """The result of a discovery.

    Attributes:
        ping_url: The page's ping URL; empty if unknown.
        page: The page that names it, after redirects; empty if the author entered the ping URL.
        words: Why the ping URL is unknown.
        asked: Whether the page was requested.
        failed: Whether the request failed.
        passing: Whether a retry may succeed.
        retry_after: Seconds until a retry, as the page's server requests; None if it requests none.
    """

    ping_url: str = ""
    page: str = ""
    words: str = ""
    asked: bool = True
    failed: bool = False
    passing: bool = False
    retry_after: int | None = None


def find_endpoint(fetcher: Fetcher, target: str) -> Endpoint:
    """Return the endpoint of a page, or the reason why it is unknown."""
    try:
        page = fetcher.get(target)
    except FetchFailed as error:
        return Endpoint(words=str(error), failed=True, passing=not isinstance(error, FetchRefused))
    if not HTTPStatus.OK <= page.status < HTTPStatus.MULTIPLE_CHOICES:
        return _without(page)
    if not is_html(page.content_type):
        return Endpoint(words="it is no page of HTML, and says nothing of TrackBack")
    found = discover(page_text(page.body, page.content_type), page.url).best(target, page.url)
    return Endpoint(found.ping_url, page.url) if found else Endpoint(words="the page names no ping URL")


def is_passing(status: int) -> bool:
    """Return whether a status means a temporary error."""
    return status in PASSING or status >= HTTPStatus.INTERNAL_SERVER_ERROR


def _without(page: Fetched) -> Endpoint:
    asked = page.headers.get("retry-after")
    patience = int(wait(asked, datetime.now(UTC), _MOST_WAIT).total_seconds()) if asked else None
    words = f"its server answers {page.status}"
    return Endpoint(words=words, failed=True, passing=is_passing(page.status), retry_after=patience)
