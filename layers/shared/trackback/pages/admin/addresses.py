"""Addresses of the author's pages: a ping's page, a place in the queue, and the way back from a form."""

import re
from collections.abc import Mapping
from urllib.parse import urlencode

from trackback.gateway import Fields, first
from trackback.paths import PING_PAGES, QUEUE

PLACE = ("tab", "show", "search", "post", "after")
"""Parameters of the queue's page."""

_PING = re.compile("[a-z2-7]{26}")


def is_ping_id(text: str) -> bool:
    """Check whether a text has the form of a ping's id."""
    return _PING.fullmatch(text) is not None


def ping_address(ping_id: str) -> str:
    """Return the address of a ping's page, or the queue's if the id is malformed."""
    return PING_PAGES + ping_id if is_ping_id(ping_id) else QUEUE


def queue_address(place: Mapping[str, str], **changes: str) -> str:
    """Return the address of a place in the queue."""
    wanted = {name: value for name, value in {**place, **changes}.items() if value}
    return f"{QUEUE}?{urlencode(wanted)}" if wanted else QUEUE


def return_address(fields: Fields) -> str:
    """Return the address of the page that a form was on: a ping's page or a place in the queue."""
    ping_id = first(fields, "back")
    return ping_address(ping_id) if ping_id else queue_address({name: first(fields, name) for name in PLACE})
