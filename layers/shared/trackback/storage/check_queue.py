"""Messages of FIFO queues: how functions hand work on, and how they read a batch of it."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import boto3

from trackback.storage.dynamodb import CONFIG

MOST_ENTRIES = 10
MOST_BYTES = 256_000
"""What one call of SendMessageBatch takes; where SQS takes 1 MB by now, it does no harm."""

_LONGEST_GROUP = 128

Entry = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Message:
    """A message.

    Attributes:
        id: What names it. To the queue, two with the same id within five minutes are one. In a batch that a
            function receives, it is the queue's own id.
        body: What it says.
        group: Messages of one group arrive in their order, and never side by side.
    """

    id: str
    body: Mapping[str, Any]
    group: str = ""


class Queue:
    """A FIFO queue to send to."""

    def __init__(self, url: str) -> None:
        """Connect; region, credentials and a stand-in's endpoint come from the environment."""
        self._url = url
        self.client = boto3.client("sqs", config=CONFIG)

    def send(self, messages: Iterable[Message]) -> set[str]:
        """Send messages in their order; return the ids of those that the queue did not take.

        Once the queue has not taken one, later batches are not sent, since they would overtake it.

        Raises:
            ClientError: the queue takes nothing at all.
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
    """Return the messages with which a queue invokes a function."""
    return [Message(record["messageId"], json.loads(record["body"])) for record in event["Records"]]


def failures(ids: Iterable[str]) -> dict[str, Any]:
    """Return the answer that has Lambda bring these messages or records again, and no others."""
    return {"batchItemFailures": [{"itemIdentifier": one} for one in ids]}


def _entry(message: Message) -> Entry:
    # In ASCII, since SQS refuses some characters that a sender may send.
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
