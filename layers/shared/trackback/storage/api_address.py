"""The API's address, stored in the table for the command line."""

import os
from collections.abc import Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

from trackback.errors import PingRefused, TableBusy, TrackbackError
from trackback.storage.dynamodb import BUSY
from trackback.storage.keys import SETTINGS
from trackback.storage.table import Table
from trackback.urls import read_source

if TYPE_CHECKING:
    from trackback.web.http.client import Fetcher

_API = "api"


class ApiUnknown(TrackbackError):
    """The API's address is unknown, or the service does not answer there."""


class NotServed(TrackbackError):
    """A post is on none of the blogs that the service serves."""


def note_api(table: Table, record: Mapping[str, Any], address: str) -> None:
    """Store the API's address, unless the given settings record already has it."""
    if record.get(_API) != address:
        table.write(SETTINGS, _API, address)


def find_api(table: Table, named: str | None = None) -> str:
    """Return the API's origin, without a trailing slash.

    The order is: the author's `named` address (`--api`), the environment's TRACKBACK_API, the address that
    the service stored in the table. Any URL of the API will do.

    Raises:
        ApiUnknown: no address is known, or it is invalid; the message tells what to do.
    """
    address = named or os.environ.get("TRACKBACK_API") or str(table.get(SETTINGS).get(_API, ""))
    if not address:
        raise ApiUnknown(
            "the API's address is not known yet: the service stores it within a minute of its start; "
            "until then give --api, or set TRACKBACK_API, to the ApiUrl that the deployment printed"
        )
    try:
        parts = urlsplit(read_source(address).url)
    except PingRefused:
        raise ApiUnknown("the API's address must be a whole URL, like https://api.example") from None
    return f"{parts.scheme}://{parts.netloc}"


def fetch_snippet(fetcher: "Fetcher", api: str, post: str) -> str:
    """Return the snippet for a post from the service, which knows its blogs and its embed script.

    Raises:
        ApiUnknown: the service does not answer at this address.
        NotServed: the post is on none of its blogs.
        TableBusy: the table's throughput ceiling is reached.
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
