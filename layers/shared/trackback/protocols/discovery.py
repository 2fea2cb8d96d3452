"""Where a page that is linked to takes pings: it is fetched, and what it says is looked at."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http import HTTPStatus

from trackback.protocols.trackback.discovery import discover
from trackback.timestamps import wait
from trackback.web.html.page import is_html, page_text
from trackback.web.http.client import Fetched, Fetcher, FetchFailed, FetchRefused

PASSING = {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS}
"""Statuses that tell of the moment only, beside the server's own faults."""

_MOST_WAIT = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """What was found.

    Attributes:
        ping_url: Where to ping; empty if that is not known.
        page: The page that says so, redirects followed; empty if the author does.
        words: Why it is not known, in words.
        asked: Whether the page was asked for.
        failed: Whether it did not come.
        passing: Whether it may come later.
        retry_after: Seconds after which it may come, as its server says.
    """

    ping_url: str = ""
    page: str = ""
    words: str = ""
    asked: bool = True
    failed: bool = False
    passing: bool = False
    retry_after: int | None = None


def find_endpoint(fetcher: Fetcher, target: str) -> Endpoint:
    """Return where a page takes pings, or why that is not known."""
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
    """Tell whether a status tells of the moment only."""
    return status in PASSING or status >= HTTPStatus.INTERNAL_SERVER_ERROR


def _without(page: Fetched) -> Endpoint:
    asked = page.headers.get("retry-after")
    patience = int(wait(asked, datetime.now(UTC), _MOST_WAIT).total_seconds()) if asked else None
    words = f"its server answers {page.status}"
    return Endpoint(words=words, failed=True, passing=is_passing(page.status), retry_after=patience)
