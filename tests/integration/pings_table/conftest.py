"""Pings of one post, and what the table says of them."""

from datetime import UTC, datetime
from typing import Any

import boto3

from trackback.model.ping import Ping, Status
from trackback.storage.pings import PingStore

NOW = datetime(2026, 11, 24, tzinfo=UTC)
KEY = "blog.example/2026/hello"


def stored(ping: Ping) -> dict[str, Any]:
    """Return a ping's item as the table holds it."""
    return boto3.client("dynamodb").get_item(TableName="trackback", Key={"id": {"S": ping.id}})["Item"]


def approve(store: PingStore, *pings: Ping) -> None:
    for ping in pings:
        store.add(ping)
        store.decide(ping.id, Status.APPROVED, NOW)
