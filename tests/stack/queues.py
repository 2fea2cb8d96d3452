"""SQS event source mappings: delivers messages to functions, as Lambda's pollers do."""

import threading
import time
from collections import deque
from collections.abc import Mapping
from typing import Any

import boto3

from tests.stack.aws import changes
from tests.stack.environment import Environments, FunctionFailedError, report, report_rest

_RECEIVED = {
    "messageId": "MessageId",
    "receiptHandle": "ReceiptHandle",
    "body": "Body",
    "attributes": "Attributes",
}


class Consumer:
    """Delivers the messages of one queue to one function, with as many pollers as the mapping allows.

    Processed messages are deleted. Failed ones return after the queue's visibility timeout, and go to the
    dead-letter queue after the last attempt.
    """

    def __init__(self, function: Environments, mapping: Mapping[str, Any]) -> None:
        """Start the pollers."""
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
        """Stop the pollers."""
        self._stopped.set()
        changes.note()
        for thread in self._threads:
            thread.join()

    def _run(self) -> None:
        """Deliver the available messages, then wait for a change or for the end of a visibility timeout."""
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
        found = self._sqs.receive_message(
            QueueUrl=self._url, MaxNumberOfMessages=self._batch, MessageSystemAttributeNames=["All"]
        )
        return [
            {name: message[theirs] for name, theirs in _RECEIVED.items()}
            for message in found.get("Messages", [])
        ]

    def _deliver(self, records: list[dict[str, Any]]) -> set[str]:
        """Invoke the function and delete what it processed. Returns the receipt handles of the rest."""
        left = {record["receiptHandle"] for record in records}
        try:
            answer = self._function.invoke({"Records": records}) or {}
        except FunctionFailedError as error:
            report(self._function.function, error)
            return left
        failed = {one["itemIdentifier"] for one in answer.get("batchItemFailures", [])}
        if failed:
            report_rest(self._function.function, len(failed), len(records))
        done = [record["receiptHandle"] for record in records if record["messageId"] not in failed]
        if done:
            entries: Any = [{"Id": str(n), "ReceiptHandle": handle} for n, handle in enumerate(done)]
            self._sqs.delete_message_batch(QueueUrl=self._url, Entries=entries)
        return left - set(done)
