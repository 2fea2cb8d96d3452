"""Where the service is to be reached: the address of its API, noted in the table for the command line."""

import os
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from trackback.errors import PingRefused, TrackbackError
from trackback.link import read_source
from trackback.settings import SETTINGS
from trackback.table import Table

_API = "api"


class ApiUnknown(TrackbackError):
    """Nobody has said where the API is, or what was said is no address."""


def note_api(table: Table, record: Mapping[str, Any], address: str) -> None:
    """Note the API's address in the settings' record, which was just read, if another is there."""
    if record.get(_API) != address:
        table.write(SETTINGS, _API, address)


def find_api(table: Table, named: str | None = None) -> str:
    """Return the API's origin, without a slash at its end.

    It is what the author has `named` (`--api`), else the environment's TRACKBACK_API, else what the service
    itself has noted in the table. Any page of the API will do.

    Raises:
        ApiUnknown: with what to do.
    """
    address = named or os.environ.get("TRACKBACK_API") or str(table.read(SETTINGS).get(_API, ""))
    if not address:
        raise ApiUnknown(
            "the API's address is not known yet: the service notes it within five minutes of its start; "
            "until then give --api, or set TRACKBACK_API, to the ApiUrl that the deployment printed"
        )
    try:
        parts = urlsplit(read_source(address).url)
    except PingRefused:
        raise ApiUnknown("the API's address must be a whole URL, like https://api.example") from None
    return f"{parts.scheme}://{parts.netloc}"
