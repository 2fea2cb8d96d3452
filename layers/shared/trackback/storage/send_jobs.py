"""Orders to send: what the author asks for on the Send page, one record each, and what came of it.

Whoever takes an order writes it and wakes `send`, which alone asks strangers for anything. An order stands in
the index `by_due` until it is done, so that one that woke nobody is found by the schedule; in `by_status`,
all can be listed. It is kept for 30 days.
"""

import json
import secrets
from base64 import b32encode
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from botocore.exceptions import BotoCoreError, ClientError

from trackback.errors import BadSettings, PingRefused
from trackback.model.posts import Sites
from trackback.storage.dynamodb import CONFIG
from trackback.storage.items import Item, to_typed
from trackback.storage.keys import DUE_JOB, JOB, STATUS_JOB
from trackback.storage.pings import Table
from trackback.timestamps import stamp
from trackback.urls import read_source

KEEP = timedelta(days=30)
MOST_STEPS = 40
"""How many links an order tells of, each in 9 KB at most: a record may have 400 KB."""


@dataclass(frozen=True, slots=True)
class JobResult:
    """What an order tells of one link: the ledger's words, and what was sent or would be."""

    target: str
    ping_url: str
    stage: str
    words: str
    title: str = ""
    excerpt: str = ""
    blog_name: str = ""


@dataclass(frozen=True, slots=True)
class SendJob:
    """What the author asks for, and what came of it.

    Attributes:
        id: What names it; no ping's id begins like it.
        at: When it was given, as `stamp` writes it.
        source: URL of the author's post.
        ping_url: The one ping URL to ping; empty to find those of all that the post links to.
        again: Whether what was refused, is unclear or has failed is tried again.
        dry_run: Whether to tell what would be sent, and send nothing.
        state: What has become of it.
        words: Why it failed.
        title: The post's title.
        steps: What was done about its links.
        more: How many links there are beside these.
    """

    id: str
    at: str
    source: str
    ping_url: str = ""
    again: bool = False
    dry_run: bool = False
    state: Literal["waiting", "done", "failed"] = "waiting"
    words: str = ""
    title: str = ""
    steps: Sequence[JobResult] = ()
    more: int = 0


def read_order(  # noqa: PLR0913 - what a form has
    sites: Sites, url: str, ping_url: str, now: datetime, *, again: bool = False, dry_run: bool = False
) -> SendJob:
    """Return an order that the author has filled in.

    Raises:
        BadSettings: with what to write instead.
    """
    try:
        source = read_source(url.strip()).url
        sites.find(source)
    except PingRefused:
        raise BadSettings(
            "Write the address of a post on one of your blogs, like https://blog.example/2026/hello/."
        ) from None
    try:
        to = read_source(ping_url.strip()).url if ping_url.strip() else ""
    except PingRefused:
        raise BadSettings("Write the ping URL as a whole URL, or leave it empty.") from None
    name = b32encode(secrets.token_bytes(10)).decode().lower()
    return SendJob(JOB + name, stamp(now), source, to, again, dry_run)


class SendJobs:
    """What the table holds of orders."""

    def __init__(self, table: Table, function: str = "") -> None:
        """Take the table, and the function that is woken for a new order, if any is."""
        self._table = table
        self._function = function

    def give(self, order: SendJob) -> None:
        """Write a new order, and wake who carries it out; who cannot be woken comes by schedule."""
        self._put(order)
        if self._function:
            with suppress(ClientError, BotoCoreError):
                wake(self._function, order.id)

    def find(self, order_id: str) -> SendJob | None:
        """Return an order as it stands now, None if there is none of that id."""
        if not order_id.startswith(JOB):
            return None
        item = self._table.read(order_id)
        return _order(item) if item else None

    def waiting(self, now: datetime, most: int) -> list[str]:
        """Return the ids of orders that are to be carried out, the oldest first."""
        return self._ids(
            most, IndexName="by_due", KeyConditionExpression="due = :send AND check_at <= :now", now=now
        )

    def newest(self, limit: int = 10) -> list[SendJob]:
        """Return the newest orders, newest first."""
        ids = self._ids(
            limit,
            IndexName="by_status",
            KeyConditionExpression="#status = :send",
            ExpressionAttributeNames={"#status": "status"},
            ScanIndexForward=False,
        )
        return [order for order in map(self.find, ids) if order]

    def finish(self, order: SendJob) -> None:
        """Write what came of an order."""
        self._put(order)

    def _put(self, order: SendJob) -> None:
        self._table.client.put_item(TableName=self._table.name, Item=_item(order))

    def _ids(self, most: int, *, now: datetime | None = None, **query: Any) -> list[str]:
        values = {":send": {"S": DUE_JOB}} | ({":now": {"S": stamp(now)}} if now else {})
        found = self._table.client.query(
            TableName=self._table.name, ExpressionAttributeValues=values, Limit=most, **query
        )
        return [entry["id"]["S"] for entry in found["Items"]]


def wake(function: str, order_id: str) -> None:
    """Have a function carry out an order, without waiting for it."""
    import boto3  # noqa: PLC0415 - what only a new order needs

    payload = json.dumps({"order": order_id}).encode()
    boto3.client("lambda", config=CONFIG).invoke(
        FunctionName=function, InvocationType="Event", Payload=payload
    )


def _item(order: SendJob) -> Item:
    """Return an order as it is stored: in `by_due` only as long as it waits, and empty values left out."""
    expires_at = int((datetime.fromisoformat(order.at) + KEEP).timestamp())
    every = asdict(order) | {"steps": [asdict(step) for step in order.steps]}
    every |= {"received_at": every.pop("at"), "status": STATUS_JOB, "expires_at": expires_at}
    if order.state == "waiting":
        every |= {"due": DUE_JOB, "check_at": order.at}
    return {name: to_typed(value) for name, value in every.items() if value}


def _order(item: dict[str, Any]) -> SendJob:
    plain = {name: item[name] for name in SendJob.__dataclass_fields__ if name in item}
    steps = tuple(JobResult(**step) for step in item.get("steps", []))
    return SendJob(**{**plain, "at": item["received_at"], "steps": steps, "more": int(item.get("more", 0))})
