"""Where the service is to be reached: the address of its API, noted in the table for the command line."""

import os
from collections.abc import Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

from trackback.errors import PingRefused, TableBusy, TrackbackError
from trackback.storage.dynamodb import BUSY
from trackback.storage.keys import SETTINGS
from trackback.storage.pings import Table
from trackback.urls import read_source

if TYPE_CHECKING:
    from trackback.web.http.client import Fetcher

_API = "api"


class ApiUnknown(TrackbackError):
    """Nobody has said where the API is, or it is not there."""


class NotServed(TrackbackError):
    """A post is on none of the blogs that the service serves."""


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


def fetch_snippet(fetcher: "Fetcher", api: str, post: str) -> str:
    """Return what to paste for a post, as the service says: it knows its blogs and the embed that it serves.

    Raises:
        ApiUnknown: the service does not answer there.
        NotServed: the post is on none of its blogs.
        TableBusy: a flood has reached the table's ceiling.
    """
    try:
        answer = fetcher.get(f"{api}/snippet?{urlencode({'post': post})}", accept="text/plain")
    except TrackbackError as failure:
        raise ApiUnknown(f"the API at {api} cannot be asked: {failure}; --api names another") from failure
    if answer.status == HTTPStatus.BAD_REQUEST:
        raise NotServed(
            "it is on none of the blogs served: add its host to the setting Sites, and deploy again"
        )
    if answer.status == HTTPStatus.TOO_MANY_REQUESTS:
        raise TableBusy(BUSY)
    if answer.status != HTTPStatus.OK or not answer.content_type.startswith("text/plain"):
        raise ApiUnknown(f"what answers at {api} is not this service; --api names another")
    return answer.body.decode("utf-8", "replace")
