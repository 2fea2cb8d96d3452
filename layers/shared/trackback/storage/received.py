"""Pings without a check or a decision. No index has them, so they are read from the table itself."""

import re
from collections.abc import Iterator
from operator import attrgetter
from typing import NamedTuple
from urllib.parse import quote, unquote

from trackback.errors import BadQuery, TableBusy
from trackback.model.listing import decode_cursor, encode_cursor
from trackback.model.ping import Ping, Status
from trackback.storage.items import to_ping
from trackback.storage.scan import Scanned, scan_page
from trackback.storage.table import BATCH, Table

MOST_PIECES = 4
"""How many pieces of the table a page reads at most, each of 1,000 records or 1 MB: 512 read units."""

_PIECE = 1_000
_RECEIVED = "attribute_exists(#url) AND attribute_not_exists(#status)"
_CURSOR = re.compile(r"received ([!-~]+)")


class Received(NamedTuple):
    """Received pings, newest first, the cursor for more, and how many records were read."""

    pings: list[Ping]
    next: str | None
    read: int


def received(table: Table, after: str = "", *, most: int = BATCH, pieces: int = MOST_PIECES) -> Received:
    """Look for received pings in a part of the table: it ends with the `most`th, or after so many pieces.

    A table that gets busy ends it early.

    Raises:
        BadQuery: `after` is not a cursor from an earlier part.
        TableBusy: the table's read ceiling was reached at once.
    """
    last, read, ids = _read_cursor(after) if after else "", 0, list[str]()
    for piece in _pieces(table, last, pieces):
        last, read, ids = piece.last, read + piece.read, [*ids, *(item["id"] for item in piece.items)]
        if len(ids) > most:
            last, ids = ids[most - 1], ids[:most]
            break
    found = (to_ping(item) for item in table.batch_get(ids, consistent=True))
    pings = [ping for ping in found if ping.status is Status.RECEIVED]
    pings.sort(key=attrgetter("received_at"), reverse=True)
    return Received(pings, encode_cursor("received", quote(last)) if last else None, read)


def _pieces(table: Table, last: str, pieces: int) -> Iterator[Scanned]:
    for number in range(pieces):
        try:
            piece = scan_page(table, _RECEIVED, after=last, limit=_PIECE, only="id")
        except TableBusy:
            if not number:
                raise
            return
        yield piece
        last = piece.last
        if not last:
            return


def _read_cursor(text: str) -> str:
    match = decode_cursor(text, _CURSOR)
    if match is None:
        raise BadQuery("after must be the value of next from the page before, unchanged")
    return unquote(match[1])
