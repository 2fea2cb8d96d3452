"""Records that the version before the rooms stored, and what it printed about them.

`records_before_rooms.json` is a scan of a table that commit 9b14814 filled, with its own classes, on moto, at
fixed times and with dummy secrets; `output_before_rooms.json` is what its command line and its readers' API
returned for it. Both stay as they are, since deployed tables do. A ping's name here is the last part of its
source's path.
"""

import json
from collections.abc import Container, Mapping
from contextlib import redirect_stdout
from dataclasses import replace
from datetime import datetime
from io import StringIO
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import boto3

from trackback.cli.main import main
from trackback.web.http.client import Fetched, Fetcher

HERE = Path(__file__).parents[1] / "integration"
RECORDS: list[dict[str, Any]] = json.loads((HERE / "records_before_rooms.json").read_text("utf-8"))
OUTPUT: dict[str, Any] = json.loads((HERE / "output_before_rooms.json").read_text("utf-8"))
PINGS = [record for record in RECORDS if "url" in record]
IDS: dict[str, str] = {ping["url"]["S"].split("/")[-2]: ping["id"]["S"] for ping in PINGS}
STORED_AT = datetime.fromisoformat("2026-11-22T10:00:00Z")
"""When the mails, webhooks and figures among the records were stored."""

_BATCH = 25


def store_records() -> None:
    """Write the records into the table as they are."""
    client = boto3.client("dynamodb")
    for start in range(0, len(RECORDS), _BATCH):
        puts: Any = [{"PutRequest": {"Item": record}} for record in RECORDS[start : start + _BATCH]]
        assert not client.batch_write_item(RequestItems={"trackback": puts})["UnprocessedItems"]


def stored(record: str) -> dict[str, Any]:
    """Return a record as the table holds it now, in DynamoDB's typed form."""
    client = boto3.client("dynamodb")
    key = {"id": {"S": record}}
    return dict(client.get_item(TableName="trackback", Key=key, ConsistentRead=True).get("Item", {}))


def printed(*arguments: str) -> list[str]:
    """Run a command that works; return the lines that it prints."""
    with redirect_stdout(StringIO()) as output:
        assert main(arguments) == 0
    return [line.rstrip() for line in output.getvalue().splitlines()]


def row(name: str) -> dict[str, Any]:
    """Return what is printed as JSON about a ping."""
    (line,) = printed("show", IDS[name], "--json")
    return dict(json.loads(line))


class OneServer(Fetcher):
    """A client for which one server on loopback is every host, since stored addresses name no port."""

    def __init__(self, url: str) -> None:
        super().__init__(loopback=True)
        self._server = url

    def get(self, url: str, **options: Any) -> Fetched:
        """Get a page from the server, under its own address."""
        return replace(super().get(self._at_server(url), **options), url=url)

    def send(
        self,
        url: str,
        body: bytes,
        content_type: str,
        headers: Mapping[str, str] = {},
        *,
        repeated_by: Container[int] = (),
    ) -> Fetched:
        """Post to the server, under the page's own address."""
        to = self._at_server(url)
        return replace(super().send(to, body, content_type, headers, repeated_by=repeated_by), url=url)

    def _at_server(self, url: str) -> str:
        return self._server + urlsplit(url).path
