"""Posts and whole sites that the author has closed to pings: one record in the table.

An entry is a post's key, or a site's host, which is also the key of its front page: it closes the whole site.
"""

import logging
from collections.abc import Collection
from datetime import datetime, timedelta

from botocore.exceptions import BotoCoreError, ClientError

from trackback.errors import BadSettings, PingRefused
from trackback.model.posts import Sites
from trackback.storage.keys import CLOSED
from trackback.storage.table import Table

MOST_CLOSED = 1_000
MOST_BYTES = 100_000
"""Limits of the record: `receive` reads it once a minute."""


_logger = logging.getLogger(__name__)


def load_closed(table: Table) -> frozenset[str]:
    """Return the entries of closed posts and sites."""
    return frozenset(table.get(CLOSED).get("entries", ()))


def close(table: Table, sites: Sites, pasted: str) -> str:
    """Close the post or site that the author names by URL, `host/path` or host; return its entry.

    Raises:
        BadSettings: it is on none of the sites, or too many entries are closed already.
    """
    try:
        entry = sites.find(pasted.strip().partition("#")[0]).key
    except PingRefused:
        raise BadSettings("Paste the address of a post on one of your blogs, or a blog's host.") from None
    others = load_closed(table) - {entry}
    if len(others) >= MOST_CLOSED or sum(map(len, {*others, entry})) > MOST_BYTES:
        raise BadSettings("No more than 1,000 posts can be closed. Open some, or close the whole site.")
    table.update_if(CLOSED, "ADD entries :entry", entry={entry})  # keeps concurrent ones
    return entry


def reopen(table: Table, entry: str) -> None:
    """Open a post or site again."""
    table.update_if(CLOSED, "DELETE entries :entry", entry={entry})


def is_closed(closed: Collection[str], key: str) -> bool:
    """Tell whether a post is closed to pings, by its own entry or its site's."""
    return key in closed or _site(key) in closed


def _site(key: str) -> str:
    return key.partition("/")[0]


class Closed:
    """The closed posts, cached in the memory of one environment for a minute.

    Fails open: on a read error the last known entries apply; before the first read, nothing is closed.
    """

    FRESH = timedelta(minutes=1)

    def __init__(self, table: Table) -> None:
        self._table = table
        self._entries: frozenset[str] = frozenset()
        self._read_at: datetime | None = None

    def check(self, key: str, now: datetime) -> None:
        """Accept a ping for a post, or refuse it.

        Raises:
            PingRefused: the post is closed.
        """
        closed = self._known(now)
        if is_closed(closed, key):
            what = "blog" if _site(key) in closed else "post"
            raise PingRefused(f"This {what} takes no TrackBacks.")

    def _known(self, now: datetime) -> frozenset[str]:
        if self._read_at is None or now - self._read_at >= self.FRESH:
            self._read_at = now  # before the read, so that a failing table is not read for each ping
            try:
                self._entries = load_closed(self._table)
            except (ClientError, BotoCoreError):
                _logger.warning("what is closed could not be read", exc_info=True)
        return self._entries
