"""Reads the table's stream: queues pings to check, and records events for `notify`.

It is the only reader of the stream and never contacts another site, so a slow site cannot block a shard.
The queue is FIFO, and the checks of one site form a group: a slow or flooding site delays only itself, and
two environments never fetch from it at once. (SQS looks for free groups only in a queue's first 120,000
messages: a site with a longer backlog delays others, too.)
"""

import os
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext
from botocore.exceptions import BotoCoreError, ClientError

from trackback.model.delivery import ping_event
from trackback.model.ping import Ping
from trackback.model.settings import Event, Notify
from trackback.notifications.mail_outbox import Outbox
from trackback.notifications.outbox_state import is_promising
from trackback.notifications.webhook import note_event
from trackback.outcomes import count
from trackback.storage.check_queue import Message, Queue, failures
from trackback.storage.deliveries import Deliveries
from trackback.storage.dynamodb import Item, to_plain
from trackback.storage.items import to_ping
from trackback.storage.settings import load_settings
from trackback.storage.stream import event_of, needs_check, ping_of
from trackback.storage.table import Table
from trackback.web.sites import site_of

# At import, so that a missing setting fails the start.
table = Table(os.environ["TABLE"])
checks = Queue(os.environ["CHECKS_QUEUE"])
outbox = Outbox(table)
deliveries = Deliveries(table)

logger = Logger()


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:  # noqa: ARG001 - Lambda's form
    """Process a batch of the stream, and return the failed records.

    Lambda repeats a failed record and all that follow it. The queue drops repeats by the record's event id,
    and an event that is recorded twice is sent once.
    """
    records: list[Item] = event["Records"]
    failed = queue_checks(records) | note_news(records)
    return failures(record["dynamodb"]["SequenceNumber"] for record in records if record["eventID"] in failed)


def queue_checks(records: Sequence[Item]) -> set[str]:
    """Queue the pings whose sources need a check. Returns the event ids that the queue did not take."""
    to_check = {record["eventID"]: record for record in records if needs_check(record)}
    failed = checks.send(map(check, to_check.values()))
    for event_id in to_check.keys() - failed:
        count("PingQueued", ping=ping_of(to_check[event_id]))
    return failed


def check(record: Item) -> Message:
    """Return the message that asks for a check of a ping's source."""
    site = site_of(record["dynamodb"]["NewImage"]["url"]["S"])
    return Message(record["eventID"], {"ping": ping_of(record)}, group=site)


def note_news(records: Sequence[Item]) -> set[str]:
    """Record events for the author's mails and webhook. Returns the event ids that failed."""
    news = [(record, event) for record in records if (event := event_of(record))]
    if not news:
        return set()
    try:
        _note(news)
    except (BotoCoreError, ClientError):
        logger.exception("news could not be noted", pings=[ping_of(record) for record, _ in news])
        return {record["eventID"] for record, _ in news}
    return set()


def _note(news: Sequence[tuple[Item, Event]]) -> None:
    settings, now = load_settings(table), datetime.now(UTC)
    changed = [(record, event, _ping(record)) for record, event in news]
    if settings.notify is not Notify.NONE:
        _queue_for_mail([(event, ping) for _, event, ping in changed])
    for number, (record, event, ping) in enumerate(changed):
        if settings.webhook and event in settings.events:
            at = now + timedelta(milliseconds=number)  # keeps their order
            note_event(deliveries, ping_event(ping.id, record["eventID"]), event, ping, at)
        count("NewsNoted", ping=ping.id, event=str(event))


def _ping(record: Item) -> Ping:
    change = record["dynamodb"]
    return to_ping(to_plain(change.get("NewImage") or change["OldImage"]))


def _queue_for_mail(changed: Sequence[tuple[Event, Ping]]) -> None:
    """Queue the pings that wait, and those that a rule has approved, which are few."""
    pending = {ping.id for event, ping in changed if event is Event.PENDING}
    first = {ping.id for event, ping in changed if event is Event.PENDING and is_promising(ping)}
    first |= {ping.id for event, ping in changed if event is Event.APPROVED and ping.is_approved_by_rule}
    outbox.add(pending - first, first)
