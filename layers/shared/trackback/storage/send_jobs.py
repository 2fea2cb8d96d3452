"""Send jobs: requests from the author's Send page, one record each, with the result.

The caller stores a job and invokes `send`, which alone contacts other sites for it. A job is in
the index `by_due` until it is done, so that the schedule finds it if the invocation failed; `by_status` lists
all jobs. Jobs are kept for 30 days.
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
"""How many links a job's result lists, each at most 9 KB: a record may have 400 KB."""


@dataclass(frozen=True, slots=True)
class JobResult:
    """Result for one link: the sent ping's stage and message, and what was or would be sent."""

    target: str
    ping_url: str
    stage: str
    words: str
    title: str = ""
    excerpt: str = ""
    blog_name: str = ""


@dataclass(frozen=True, slots=True)
class SendJob:
    """The author's request to send pings, and its result.

    Attributes:
        id: Its id; the prefix differs from every ping's id.
        at: When the author asked, as `stamp` writes it.
        source: URL of the author's post.
        ping_url: The only ping URL to ping; empty to discover those of all links in the post.
        again: Whether to retry pings that were refused, are unclear or have failed.
        dry_run: Whether to report what would be sent, and send nothing.
        state: Its state.
        words: Why it failed.
        title: The post's title.
        steps: Results for its links.
        more: How many further links `steps` omits.
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


def read_order(  # noqa: PLR0913 - one for each field of the form
    sites: Sites, url: str, ping_url: str, now: datetime, *, again: bool = False, dry_run: bool = False
) -> SendJob:
    """Return the job from the author's form.

    Raises:
        BadSettings: a field is invalid; the message tells what to write instead.
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
    """The send jobs in the table."""

    def __init__(self, table: Table, function: str = "") -> None:
        """`function` is invoked for each new job; empty to leave jobs to the schedule."""
        self._table = table
        self._function = function

    def give(self, order: SendJob) -> None:
        """Store a new job and invoke `send`; if the invocation fails, the schedule picks the job up."""
        self._put(order)
        if self._function:
            with suppress(ClientError, BotoCoreError):
                wake(self._function, order.id)

    def find(self, order_id: str) -> SendJob | None:
        """Return the current state of a job, or None."""
        if not order_id.startswith(JOB):
            return None
        item = self._table.read(order_id)
        return _order(item) if item else None

    def waiting(self, now: datetime, most: int) -> list[str]:
        """Return the ids of waiting jobs, the oldest first."""
        return self._ids(
            most, IndexName="by_due", KeyConditionExpression="due = :send AND check_at <= :now", now=now
        )

    def newest(self, limit: int = 10) -> list[SendJob]:
        """Return the newest jobs, newest first."""
        ids = self._ids(
            limit,
            IndexName="by_status",
            KeyConditionExpression="#status = :send",
            ExpressionAttributeNames={"#status": "status"},
            ScanIndexForward=False,
        )
        return [order for order in map(self.find, ids) if order]

    def finish(self, order: SendJob) -> None:
        """Store a job's result."""
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
    """Invoke a function for a job, without waiting for the result."""
    import boto3  # noqa: PLC0415 - only a new job needs it

    payload = json.dumps({"order": order_id}).encode()
    boto3.client("lambda", config=CONFIG).invoke(
        FunctionName=function, InvocationType="Event", Payload=payload
    )


def _item(order: SendJob) -> Item:
    """Return a job in stored form: in `by_due` only while it waits, and without empty values."""
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
