"""Queues, delivered to the functions that they invoke, as Lambda's pollers would."""

import threading
import time
from collections import deque
from collections.abc import Mapping
from typing import Any

import boto3

from tests.stack.aws import changes
from tests.stack.environment import Environments, FunctionFailedError

_RECEIVED = {"messageId": "MessageId", "receiptHandle": "ReceiptHandle", "body": "Body"}


class Consumer:
    """Brings the messages of one queue to one function, by as many pollers as the mapping allows at once.

    What the function has done is deleted; what it has not comes again after the queue's visibility timeout,
    and goes to the dead-letter queue after its last attempt.
    """

    def __init__(self, function: Environments, mapping: Mapping[str, Any]) -> None:
        """Begin at once."""
        self._function = function
        self._url = mapping["QueueUrl"]
        self._batch = mapping.get("BatchSize", 10)
        self._sqs = boto3.client("sqs")
        told = self._sqs.get_queue_attributes(QueueUrl=self._url, AttributeNames=["VisibilityTimeout"])
        self._hidden_for = int(told["Attributes"]["VisibilityTimeout"])
        self._stopped = threading.Event()
        most = mapping.get("ScalingConfig", {}).get("MaximumConcurrency", 5)
        name = f"queue to {function.function.name}"
        self._threads = [threading.Thread(target=self._run, name=name) for _ in range(most)]
        for thread in self._threads:
            thread.start()

    def close(self) -> None:
        """Deliver no more."""
        self._stopped.set()
        changes.note()
        for thread in self._threads:
            thread.join()

    def _run(self) -> None:
        """Deliver what is there, then wait for a change, or until what has failed can be seen again."""
        visible_again: deque[float] = deque()
        known = 0
        while not self._stopped.is_set():
            left = max(0, visible_again[0] - time.monotonic()) if visible_again else None
            known = changes.wait(known, left)
            while visible_again and visible_again[0] <= time.monotonic():
                visible_again.popleft()
            while not self._stopped.is_set() and (records := self._receive()):
                if self._deliver(records):
                    visible_again.append(time.monotonic() + self._hidden_for)

    def _receive(self) -> list[dict[str, Any]]:
        found = self._sqs.receive_message(QueueUrl=self._url, MaxNumberOfMessages=self._batch)
        return [
            {name: message[theirs] for name, theirs in _RECEIVED.items()}
            for message in found.get("Messages", [])
        ]

    def _deliver(self, records: list[dict[str, Any]]) -> set[str]:
        """Invoke the function, delete what it has done, and return the rest's receipt handles."""
        left = {record["receiptHandle"] for record in records}
        try:
            answer = self._function.invoke({"Records": records}) or {}
        except FunctionFailedError as error:
            print(f"  {self._function.function.name}: {error}", flush=True)
            return left
        failed = {one["itemIdentifier"] for one in answer.get("batchItemFailures", [])}
        done = [record["receiptHandle"] for record in records if record["messageId"] not in failed]
        if done:
            entries: Any = [{"Id": str(n), "ReceiptHandle": handle} for n, handle in enumerate(done)]
            self._sqs.delete_message_batch(QueueUrl=self._url, Entries=entries)
        return left - set(done)
