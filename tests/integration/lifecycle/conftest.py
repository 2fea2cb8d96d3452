"""Pings that were approved, and when they are due."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import boto3

from tests.integration.conftest import NOW, Web
from tests.support.websites import Answer
from trackback.model.ping import Ping, Status

DAY = timedelta(days=1)


def item(ping: Ping) -> Mapping[str, Any]:
    """Return a ping as the table holds it."""
    return boto3.client("dynamodb").get_item(TableName="trackback", Key={"id": {"S": ping.id}})["Item"]


def approved(web: Web, answer: Answer | None = None) -> Ping:
    """Return a ping that was looked at and approved at `NOW`."""
    web.answers["/re"] = answer or web.link()
    ping = web.add()
    web.verify(ping)
    web.store.decide(ping.id, Status.APPROVED, NOW)
    return web.store.get(ping.id)


def shown(web: Web) -> list[str]:
    """Return the titles that readers see."""
    return [ping.title for ping in web.store.approved(web.post_key, 50).pings]
