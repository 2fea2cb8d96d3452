"""FIFO queues: send messages to other functions, and read a received batch."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import boto3

from trackback.storage.dynamodb import CONFIG

MOST_ENTRIES = 10
MOST_BYTES = 256_000
"""Limits of one SendMessageBatch call; SQS now accepts 1 MB, but the lower limit does no harm."""

SCHEDULE = "schedule"
"""The group of all that may take long: what is due (template.yaml), and longer looks at slow sites.

A group is in one environment at a time, so another one is always free for first looks.
"""

_LONGEST_GROUP = 128

Entry = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Message:
    """A message.

    Attributes:
        id: Deduplication id: the queue drops a second message with the same id within five minutes. In a
            batch that a function receives, the queue's own message id.
        body: Its content.
        group: Messages of one group arrive in order, and never concurrently.
        sent_at: When it was sent, of one that a function receives.
    """

    id: str
    body: Mapping[str, Any]
    group: str = ""
    sent_at: datetime | None = None


class Queue:
    """A FIFO queue to send to."""

    def __init__(self, url: str) -> None:
        """Region, credentials and a stand-in's endpoint come from the environment."""
        self._url = url
        self.client = boto3.client("sqs", config=CONFIG)

    def send(self, messages: Iterable[Message]) -> set[str]:
        """Send messages in order; return the ids of those that the queue did not accept.

        After a rejected message, later batches are not sent, since they would overtake it.

        Raises:
            ClientError: the queue rejects the whole request.
        """
        failed: set[str] = set()
        for batch in _batches(map(_entry, messages)):
            failed |= {entry["MessageDeduplicationId"] for entry in batch} if failed else self._send(batch)
        return failed

    def _send(self, batch: Sequence[Entry]) -> set[str]:
        entries: Any = [{"Id": str(number), **entry} for number, entry in enumerate(batch)]
        answer = self.client.send_message_batch(QueueUrl=self._url, Entries=entries)
        return {batch[int(one["Id"])]["MessageDeduplicationId"] for one in answer.get("Failed", ())}


def read_batch(event: Mapping[str, Any]) -> list[Message]:
    """Return the messages in an event from the queue."""
    return [_message(record) for record in event["Records"]]


def _message(record: Mapping[str, Any]) -> Message:
    known = record["attributes"]
    sent_at = datetime.fromtimestamp(int(known["SentTimestamp"]) / 1_000, UTC)
    return Message(record["messageId"], json.loads(record["body"]), known["MessageGroupId"], sent_at)


def failures(ids: Iterable[str]) -> dict[str, Any]:
    """Return the batch response that makes Lambda retry these messages or records, and no others."""
    return {"batchItemFailures": [{"itemIdentifier": one} for one in ids]}


def _entry(message: Message) -> Entry:
    # In ASCII, since SQS rejects some characters that a ping may contain.
    return {
        "MessageDeduplicationId": message.id,
        "MessageGroupId": _group(message.group),
        "MessageBody": json.dumps(message.body, separators=(",", ":")),
    }


def _group(name: str) -> str:
    return name if len(name) <= _LONGEST_GROUP else hashlib.sha256(name.encode()).hexdigest()


def _batches(entries: Iterable[Entry]) -> Iterator[list[Entry]]:
    batch: list[Entry] = []
    size = 0
    for entry in entries:
        length = len(entry["MessageBody"])
        if batch and (len(batch) == MOST_ENTRIES or size + length > MOST_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(entry)
        size += length
    if batch:
        yield batch
