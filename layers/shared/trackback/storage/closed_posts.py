"""Posts, and whole sites, that the author has closed to pings: one record of the table.

An entry is a post's key, or a site's host, which is also the key of its front page: that stands for them all.
"""

import logging
from collections.abc import Collection
from datetime import datetime, timedelta

from botocore.exceptions import BotoCoreError, ClientError

from trackback.errors import BadSettings, PingRefused
from trackback.model.posts import Sites
from trackback.storage.keys import CLOSED
from trackback.storage.pings import Table

MOST_CLOSED = 1_000
MOST_BYTES = 100_000
"""What the record may hold: `receive` reads it once a minute."""


_logger = logging.getLogger(__name__)


def load_closed(table: Table) -> frozenset[str]:
    """Return the entries of what is closed."""
    return frozenset(table.read(CLOSED).get("entries", ()))


def close(table: Table, sites: Sites, pasted: str) -> str:
    """Close the post or site that an author names by URL, `host/path` or host; return its entry.

    Raises:
        BadSettings: it is on none of the sites, or too much is closed already.
    """
    try:
        entry = sites.find(pasted.strip().partition("#")[0]).key
    except PingRefused:
        raise BadSettings("Paste the address of a post on one of your blogs, or a blog's host.") from None
    others = load_closed(table) - {entry}
    if len(others) >= MOST_CLOSED or sum(map(len, {*others, entry})) > MOST_BYTES:
        raise BadSettings("No more than 1,000 posts can be closed. Open some, or close the whole site.")
    _update(table, "ADD", entry)
    return entry


def reopen(table: Table, entry: str) -> None:
    """Open a post or site again."""
    _update(table, "DELETE", entry)


def _update(table: Table, action: str, entry: str) -> None:
    """Add to the record's set, or take from it: whoever else does so meanwhile loses nothing."""
    table.client.update_item(
        TableName=table.name,
        Key={"id": {"S": CLOSED}},
        UpdateExpression=f"{action} entries :entry",
        ExpressionAttributeValues={":entry": {"SS": [entry]}},
    )


def is_closed(closed: Collection[str], key: str) -> bool:
    """Tell whether a post takes no pings, by itself or because its whole site does not."""
    return key in closed or _site(key) in closed


def _site(key: str) -> str:
    return key.partition("/")[0]


class Closed:
    """What is closed, in the memory of one environment, read again when it is a minute old.

    It never fails a ping: where the record cannot be read, what was known holds, and at first all is open.
    """

    FRESH = timedelta(minutes=1)

    def __init__(self, table: Table) -> None:
        """Begin with nothing read."""
        self._table = table
        self._entries: frozenset[str] = frozenset()
        self._read_at: datetime | None = None

    def check(self, key: str, now: datetime) -> None:
        """Let a ping for a post pass, or not.

        Raises:
            PingRefused: the post is closed.
        """
        closed = self._known(now)
        if is_closed(closed, key):
            what = "blog" if _site(key) in closed else "post"
            raise PingRefused(f"This {what} takes no TrackBacks.")

    def _known(self, now: datetime) -> frozenset[str]:
        if self._read_at is None or now - self._read_at >= self.FRESH:
            self._read_at = now  # before reading: a table that is not well is not asked for each ping
            try:
                self._entries = load_closed(self._table)
            except (ClientError, BotoCoreError):
                _logger.warning("what is closed could not be read", exc_info=True)
        return self._entries
