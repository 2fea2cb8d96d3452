"""Reads the table's stream and hands work on: pings to check go to `verify`, changes to tell to `notify`.

It is the only reader of the stream and never asks anybody else for anything, so that no slow site can hold up
a shard. Both queues are FIFO. The checks of one site form a group: a slow or flooding site delays itself
alone, and is not asked by two environments at once. The changes of one ping form a group: a webhook hears of
them in their order. (A queue looks for free groups in its first 120,000 messages only: a site with a longer
backlog delays others, too.)
"""

import os
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from trackback.items import Item
from trackback.link import site_of
from trackback.messages import Message, Queue, failures
from trackback.outcomes import count
from trackback.stream import event_of, is_webhook_test, needs_check, ping_of

# At import, so that a missing setting fails the start.
checks = Queue(os.environ["CHECKS_QUEUE"])
changes = Queue(os.environ["CHANGES_QUEUE"])

logger = Logger()


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:  # noqa: ARG001 - Lambda's form
    """Queue what a batch of the stream asks for; name the records of which that failed.

    Lambda brings again what follows them, too. The queues know what they have taken by the record's event id.
    """
    records = event["Records"]
    to_check = {record["eventID"]: check(record) for record in records if needs_check(record)}
    to_tell = {record["eventID"]: change(record) for record in records if is_news(record)}
    unchecked, untold = checks.send(to_check.values()), changes.send(to_tell.values())
    for record in records:
        if record["eventID"] in to_check.keys() - unchecked:
            count("PingQueued", ping=ping_of(record))
        if record["eventID"] in to_tell.keys() - untold:
            count("ChangeQueued", ping=ping_of(record))
    failed = unchecked | untold
    return failures(record["dynamodb"]["SequenceNumber"] for record in records if record["eventID"] in failed)


def is_news(record: Item) -> bool:
    """Tell whether `notify` has something to do about a change."""
    return event_of(record) is not None or is_webhook_test(record)


def check(record: Item) -> Message:
    """Return the message that has a ping's source looked at."""
    site = site_of(record["dynamodb"]["NewImage"]["url"]["S"])
    return Message(record["eventID"], {"ping": ping_of(record)}, group=site)


def change(record: Item) -> Message:
    """Return the message that tells of a change: the stream's record as it is."""
    return Message(record["eventID"], record, group=ping_of(record))
