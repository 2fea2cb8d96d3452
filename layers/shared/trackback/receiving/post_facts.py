"""What is known about the post itself, from its own page: whether it exists, its title, its canonical URL."""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from trackback.model.ping import Ping
from trackback.model.posts import post_key
from trackback.receiving.source_check import GONE
from trackback.storage.items import post_id
from trackback.storage.posts import store_facts
from trackback.storage.table import Table
from trackback.timestamps import stamp
from trackback.web.html.page import read_page
from trackback.web.http.client import Fetcher
from trackback.web.http.failures import FetchFailed

KNOWN_FOR = timedelta(days=30)
"""How long stored facts stay valid."""
MISSING_FOR = timedelta(hours=1)
"""How long a page that the blog lacked counts as missing; short, as it may be published at any minute."""


@dataclass(frozen=True, slots=True)
class PostFacts:
    """Facts about a post's page.

    Attributes:
        seen_at: When it was fetched, as `stamp` writes it; empty if nothing is known.
        title: The page's title, may be empty.
        language: Its language tag, may be empty.
        canonical: Its canonical URL, may be empty.
        missing: Whether the blog has no such page.
    """

    seen_at: str = ""
    title: str = ""
    language: str = ""
    canonical: str = ""
    missing: bool = False

    def are_fresh(self, now: datetime) -> bool:
        """Tell whether the page need not be fetched again."""
        return self.seen_at > stamp(now - (MISSING_FOR if self.missing else KNOWN_FOR))

    def keys(self, own: str) -> frozenset[str]:
        """Return the post's keys, for comparing links: its own, and its canonical one on the same blog."""
        canonical = post_key(self.canonical)
        is_same_blog = canonical.partition("/")[0] == own.partition("/")[0]
        return frozenset({own, canonical} if is_same_blog else {own})


def stored_post_facts(table: Table, ping: Ping) -> PostFacts:
    """Return the stored facts about a ping's post; they may be out of date, or none."""
    return _read(table.get(post_id(ping.post_key)).get("facts", {}))


def fetch_post_facts(
    table: Table, fetcher: Fetcher, ping: Ping, now: datetime, seconds: float
) -> PostFacts | None:
    """Fetch the page of a ping's post, and store what it says. Returns None if it cannot be fetched."""
    found = _fetch(fetcher, ping.post, now, seconds)
    if found:
        facts = {name: value for name, value in asdict(found).items() if value}
        store_facts(table, ping.post_key, facts, now)
    return found


def _read(stored: dict[str, Any]) -> PostFacts:
    return PostFacts(**{name: stored[name] for name in PostFacts.__dataclass_fields__ if name in stored})


def _no_link(_: str) -> bool:
    return False


def _fetch(fetcher: Fetcher, post: str, now: datetime, seconds: float) -> PostFacts | None:
    """Return what a post's page says, or None if it cannot be fetched."""
    try:
        page = fetcher.get(post, seconds=seconds)
    except FetchFailed:
        return None
    if page.status in GONE:
        return PostFacts(stamp(now), missing=True)
    if page.status >= 300:  # noqa: PLR2004 - the class of success, RFC 9110 section 15.3
        return None
    document = read_page(page.body, page.content_type, page.url, _no_link, _no_link)
    return PostFacts(stamp(now), document.title, document.language, document.canonical or "")
