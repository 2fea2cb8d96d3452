"""Lambda's event sources in simulated time: the table's stream, and the queue of checks.

Their settings are the template's.
"""

import json
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import boto3

from tests.faults.clock import Clock
from tests.stack.aws import changes
from tests.stack.streams import as_event, fits, streams_client

Records = Sequence[Mapping[str, Any]]
Invoke = Callable[[Mapping[str, Any]], Any]
"""Invokes a function with an event, and returns its answer; a failure raises."""

_RECEIVED = {
    "messageId": "MessageId",
    "receiptHandle": "ReceiptHandle",
    "body": "Body",
    "attributes": "Attributes",
}


client: Any = cache(boto3.client)
_streams_client = cache(streams_client)


class InvocationFailed(Exception):
    """The handler raised, or its process ended."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Records to be delivered, how often that was tried, since when, and when the next attempt may be."""

    records: Records
    since: datetime
    attempts: int = 0
    next_at: datetime | None = None


class Stream:
    """A shard and its poller: batches in order, repeated, halved, and put aside as the template says."""

    def __init__(self, table: str, mapping: Mapping[str, Any], clock: Clock) -> None:
        """Begin with the next change."""
        self._clock, self._seen = clock, -1
        self._streams = _streams_client()
        self._arn = client("dynamodb").describe_table(TableName=table)["Table"]["LatestStreamArn"]
        (shard,) = self._streams.describe_stream(StreamArn=self._arn)["StreamDescription"]["Shards"]
        self._iterator = self._streams.get_shard_iterator(
            StreamArn=self._arn, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
        )["ShardIterator"]
        self._size = mapping.get("BatchSize", 100)
        self._retries = mapping.get("MaximumRetryAttempts", 10_000)
        self._oldest = timedelta(seconds=mapping.get("MaximumRecordAgeInSeconds", 86_400))
        self._halves = mapping.get("BisectBatchOnFunctionError", False)
        filters = mapping.get("FilterCriteria", {}).get("Filters", [])
        self._patterns = [json.loads(one["Pattern"]) for one in filters]
        self.waiting: deque[Batch] = deque()
        self.put_aside: list[Records] = []
        self.delivered: list[Mapping[str, Any]] = []

    def poll(self) -> None:
        """Read what is new, if anything is."""
        if self._seen == (noted := changes.noted()):
            return
        self._seen = noted
        found = self._streams.get_records(ShardIterator=self._iterator)
        self._iterator = found["NextShardIterator"]
        records = [as_event(record, self._arn) for record in found["Records"]]
        new = [one for one in records if any(fits(one, each) for each in self._patterns)]
        for start in range(0, len(new), self._size):
            self.waiting.append(Batch(new[start : start + self._size], self._clock.now))

    def put_first(self, record: Mapping[str, Any]) -> None:
        """Put a record before the others of the oldest batch."""
        batch = self.waiting.popleft()
        self.waiting.appendleft(Batch([record, *batch.records], batch.since))

    def deliver(self, invoke: Invoke) -> bool:
        """Make one attempt at the oldest batch, if it is time; return whether there was one."""
        if not self.waiting or (self.waiting[0].next_at or self._clock.now) > self._clock.now:
            return False
        batch = self.waiting.popleft()
        try:
            answer = invoke({"Records": batch.records}) or {}
        except InvocationFailed:
            self._failed(batch)
        else:
            self._answered(batch, [one["itemIdentifier"] for one in answer.get("batchItemFailures", [])])
        return True

    def _failed(self, batch: Batch) -> None:
        if self._halves and len(batch.records) > 1:
            half = len(batch.records) // 2
            for part in (batch.records[half:], batch.records[:half]):
                self.waiting.appendleft(Batch(part, batch.since))
        else:
            self._again(batch)

    def _answered(self, batch: Batch, failed: Sequence[str]) -> None:
        numbers = [one["dynamodb"]["SequenceNumber"] for one in batch.records]
        done = min((numbers.index(one) for one in failed), default=len(numbers))
        self.delivered += batch.records[:done]
        if rest := batch.records[done:]:
            self._again(Batch(rest, batch.since, 0 if done else batch.attempts))

    def _again(self, batch: Batch) -> None:
        attempts, now = batch.attempts + 1, self._clock.now
        if attempts > self._retries or now - batch.since > self._oldest:
            self.put_aside.append(batch.records)
        else:
            pause = timedelta(seconds=min(2**attempts, 60))
            self.waiting.appendleft(Batch(batch.records, batch.since, attempts, now + pause))


class Consumer:
    """The poller of a queue."""

    def __init__(self, sqs: Any, mapping: Mapping[str, Any]) -> None:
        self.url = mapping["QueueUrl"]
        self._size = mapping.get("BatchSize", 10)
        self._sqs = sqs

    def deliver(self, invoke: Invoke) -> bool:
        """Deliver one batch, if there is one; what was worked on is deleted, the rest comes again later."""
        records = self.receive()
        if not records:
            return False
        try:
            answer = invoke({"Records": records}) or {}
        except InvocationFailed:
            return True
        failed = {one["itemIdentifier"] for one in answer.get("batchItemFailures", [])}
        for record in records:
            if record["messageId"] not in failed:
                self._sqs.delete_message(QueueUrl=self.url, ReceiptHandle=record["receiptHandle"])
        return True

    def receive(self) -> Records:
        """Take a batch, and hide it from others for the queue's visibility timeout."""
        found = self._sqs.receive_message(
            QueueUrl=self.url, MaxNumberOfMessages=self._size, MessageSystemAttributeNames=["All"]
        )
        return [
            {name: message[theirs] for name, theirs in _RECEIVED.items()}
            for message in found.get("Messages", [])
        ]


def held(sqs: Any, url: str) -> int:
    """Return how many messages a queue holds, visible or not."""
    names: Any = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    answer = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=names)
    return sum(map(int, answer["Attributes"].values()))
