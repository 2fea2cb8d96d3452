"""The two failure queues of a stack, and the content of their messages.

`Failures` holds Lambda's records of events that it gave up (Lambda Developer Guide, "Capturing records of
Lambda asynchronous invocations" and "Configure error handling controls for DynamoDB event sources").
`FailedMessages` is the dead-letter queue of `Checks`; it holds that queue's messages unchanged.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

import boto3
from botocore.exceptions import ClientError

from trackback.cli.stack import Stack
from trackback.timestamps import stamp

QUEUES = ("Failures", "FailedMessages")
"""Their logical ids in template.yaml."""

WAIT = 1
"""Seconds of long polling. It asks all of SQS's servers, so an empty answer means an empty queue."""

_MOST = 10  # limit of one ReceiveMessage call


@dataclass(frozen=True, slots=True)
class Failure:
    """One message of a failure queue.

    Attributes:
        id: SQS's id of the message.
        queue: URL of the failure queue.
        receipt: Receipt handle to delete or release it, valid until the visibility timeout ends.
        text: The unchanged body.
        attributes: SQS's system attributes.
        body: The body as a JSON object; empty if it is none.
    """

    id: str
    queue: str
    receipt: str
    text: str
    attributes: Mapping[str, str]
    body: Mapping[str, Any] = field(default_factory=dict)

    @property
    def stream_batch(self) -> Mapping[str, Any]:
        """Position of the failed changes in the table's stream; empty for other failures."""
        return _object(self.body.get("DDBStreamBatchInfo"))

    @property
    def payload(self) -> Any:
        """Event of the failed asynchronous invocation; None for other failures."""
        return self.body.get("requestPayload")

    @property
    def group(self) -> str:
        """Message group of a FIFO message; empty for others."""
        return self.attributes.get("MessageGroupId", "")

    @property
    def function_arn(self) -> str:
        """ARN of the failed function, as Lambda writes it; empty for a FIFO message."""
        return str(_object(self.body.get("requestContext")).get("functionArn", ""))

    @property
    def failed(self) -> str:
        """Name of the failed function, or of the queue."""
        if self.function_arn:
            return self.function_arn.partition(":function:")[2].partition(":")[0]
        return "Checks" if self.group else "?"

    @property
    def ping(self) -> str:
        """Id of the ping, if the message names one."""
        return str(_object(self.payload).get("ping") or self.body.get("ping") or "")

    @property
    def at(self) -> str:
        """Time in UTC at which the message entered the failure queue."""
        sent = int(self.attributes.get("SentTimestamp", "0"))
        return stamp(datetime.fromtimestamp(sent / 1_000, UTC))

    @property
    def what(self) -> str:
        """The work that failed, in words."""
        if batch := self.stream_batch:
            return f"{batch.get('batchSize', 'some')} changes of the table"
        if self.ping:
            return f"ping {self.ping}"
        if self.payload is not None:
            order = _object(self.payload).get("order")
            return f"sending order {order}" if order else "a scheduled run"
        return "a message" if self.body else "a message that is no JSON object"

    @property
    def why(self) -> str:
        """Lambda's condition and the function's error, as far as they are known."""
        condition = str(_object(self.body.get("requestContext")).get("condition", ""))
        answer = _object(self.body.get("responsePayload"))
        error = ": ".join(str(answer[key]) for key in ("errorType", "errorMessage") if answer.get(key))
        known = ", ".join(filter(None, [condition, error]))
        return known or ("every attempt failed; the log says why" if self.group else "unknown")


def _object(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


class FailureQueues:
    """The failure queues of one stack. A message that one run takes is hidden from other runs for a while."""

    def __init__(self, stack: Stack) -> None:
        self._client = boto3.client("sqs")
        self._stack = stack

    def take(self, seconds: int, *, at_once: int = _MOST) -> Iterator[Failure]:
        """Yield every message once, and hide it for `seconds`.

        A FIFO queue delivers at most ten messages of a group until they are deleted or visible again.

        Raises:
            StackUnknown: There is no such stack, or it lacks a failure queue.
        """
        for queue in self._urls:
            seen: set[str] = set()
            while received := self._receive(queue, seconds, at_once):
                fresh = [failure for failure in received if failure.id not in seen]
                if not fresh:  # the first ones are visible again: this run takes longer than `seconds`
                    break
                seen.update(failure.id for failure in fresh)
                yield from fresh

    @cached_property
    def _urls(self) -> Sequence[str]:
        return [self._stack.resource(name) for name in QUEUES]

    def _receive(self, queue: str, seconds: int, at_once: int) -> Sequence[Failure]:
        found = self._client.receive_message(
            QueueUrl=queue,
            MaxNumberOfMessages=at_once,
            VisibilityTimeout=seconds,
            WaitTimeSeconds=WAIT,
            MessageSystemAttributeNames=["All"],
        )
        return [_failure(queue, message) for message in found.get("Messages", [])]

    def count(self) -> int:
        """Return the number of messages, including hidden ones. SQS counts approximately."""
        names = ("ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible")
        return sum(
            int(number)
            for queue in self._urls
            for number in self._client.get_queue_attributes(QueueUrl=queue, AttributeNames=names)[
                "Attributes"
            ].values()
        )

    def release(self, failure: Failure) -> None:
        """Make a hidden message visible again."""
        with suppress(ClientError):
            self._client.change_message_visibility(
                QueueUrl=failure.queue, ReceiptHandle=failure.receipt, VisibilityTimeout=0
            )

    def delete(self, failure: Failure) -> None:
        """Delete a message."""
        self._client.delete_message(QueueUrl=failure.queue, ReceiptHandle=failure.receipt)


def _failure(queue: str, message: Mapping[str, Any]) -> Failure:
    try:
        body = _object(json.loads(message["Body"]))
    except (ValueError, RecursionError):
        body = {}
    attributes = message.get("Attributes", {})
    return Failure(message["MessageId"], queue, message["ReceiptHandle"], message["Body"], attributes, body)
