"""Filters for Pelican's templates: a page's name in the service's addresses, and its newest hundred pings."""

import json
import logging
import re
import time
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError
from urllib.request import urlopen

from pelican import signals

TRIES = 3
SECONDS = 5
SHOWN = ("url", "title", "excerpt", "blog_name", "received_at")

logger = logging.getLogger(__name__)


def register() -> None:
    """Give every generator's templates the filters."""
    signals.generator_init.connect(_add_filters)


def trackback_name(address: str) -> str:
    """Return a page's address without the scheme."""
    return re.sub("^https?://", "", address)


def trackback_path(name: str) -> str:
    """Return a page's name in a path of the service, whose gateway decodes it once and cuts it at a "?"."""
    return re.sub("%(?=3F|2F|25)", "%25", name, flags=re.IGNORECASE)


def trackbacks(api: str, post: str) -> list[dict[str, str]]:
    """Return a post's pings; none, and a warning, if they cannot be had."""
    try:
        pings = _ask(f"{api}/pings/{trackback_path(post)}?limit=100&at={time.time():.0f}")["pings"]
        return [{name: str(ping[name]) for name in SHOWN} for ping in pings]
    except (OSError, HTTPException, ValueError, TypeError, KeyError) as error:
        logger.warning("The TrackBacks of %s are left out: %s", post, error)
        return []


def _add_filters(generator: Any) -> None:
    api = generator.settings["TRACKBACK_API"]
    generator.env.filters["trackback_name"] = trackback_name
    generator.env.filters["trackback_path"] = trackback_path
    generator.env.filters["trackbacks"] = lambda post: trackbacks(api, post)


def _ask(address: str) -> Any:
    """Return the answer; the service lets 10 requests a second through, and asks for patience beyond."""
    for tried in range(1, TRIES + 1):
        try:
            with urlopen(address, timeout=SECONDS) as answer:
                return json.load(answer)
        except HTTPError as error:
            if error.code not in {429, 503} or tried == TRIES:
                raise
        time.sleep(tried)
    raise AssertionError("the last try returns or raises")
