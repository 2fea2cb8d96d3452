"""Retries of failures: changes of the table's stream, asynchronous invocations, messages of queues."""

import base64
import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any
from uuid import uuid4

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError, ParamValidationError

from trackback.cli.failure_queues import Failure
from trackback.cli.stack import Stack
from trackback.errors import TrackbackError
from trackback.model.ping import Ping, Status
from trackback.storage.check_queue import Message, Queue
from trackback.storage.pings import PingStore
from trackback.storage.table import Table
from trackback.web.sites import site_of

FORGOTTEN = (
    "the table's stream keeps changes for 24 hours and has forgotten these; "
    "`trackback failures retry --received` has every ping without a verdict checked instead"
)
_GONE = {"TrimmedDataAccessException", "ResourceNotFoundException"}
_MOST_RECORDS = 100  # for one invocation
_FUNCTION_SECONDS = 900  # Lambda's longest timeout
_CONFIG = Config(
    read_timeout=_FUNCTION_SECONDS, retries={"total_max_attempts": 1}
)  # no retries of an invocation
_STREAMS = Config(account_id_endpoint_mode="disabled")  # a local AWS has no host for each account


class NotRetried(TrackbackError):
    """The failure cannot be retried, or it failed again; the message says why."""


class ChangesForgotten(NotRetried):
    """The stream no longer holds the changes."""


class Retry:
    """Retries failures of one stack."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self._sqs = boto3.client("sqs")
        self._lambda = boto3.client("lambda", config=_CONFIG)
        self._streams = boto3.client("dynamodbstreams", config=_STREAMS)

    def again(self, failure: Failure) -> str:
        """Retry a failure. Returns a message about what was done.

        Raises:
            ChangesForgotten: The stream no longer holds the changes.
            NotRetried: The retry failed; the message says what to do instead.
        """
        if failure.stream_batch:
            return self._give_changes(failure)
        if failure.function_arn and failure.payload is not None:
            return self._invoke_later(failure)
        if failure.group:
            return self._send_back(failure)
        raise NotRetried("it says nothing that could be done again; drop it")

    def check_received(self) -> int:
        """Queue a check of every ping without a verdict. Returns their number.

        Other effects of the lost changes, such as mails about decisions, are not repeated.

        Raises:
            NotRetried: The queue did not take all pings.
        """
        pings = list(PingStore(Table(self._stack.outputs["TableName"])).pings(Status.RECEIVED))
        if failed := Queue(self._stack.resource("Checks")).send(map(_check, pings)):
            raise NotRetried(f"the queue did not take {len(failed)} pings; try again")
        return len(pings)

    def _give_changes(self, failure: Failure) -> str:
        number, changes = 0, self._changes(failure.stream_batch)
        while records := list(islice(changes, _MOST_RECORDS)):
            self._invoke_now(failure.function_arn, records)
            number += len(records)
        return f"gave {number} changes to {failure.failed} again"

    def _changes(self, batch: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
        """Yield a batch's changes as Lambda delivers them, but unfiltered: triage filters by itself."""
        try:
            iterator: str | None = self._streams.get_shard_iterator(
                StreamArn=batch["streamArn"],
                ShardId=batch["shardId"],
                ShardIteratorType="AT_SEQUENCE_NUMBER",
                SequenceNumber=batch["startSequenceNumber"],
            )["ShardIterator"]
            while iterator:
                found = self._streams.get_records(ShardIterator=iterator)
                for record in found["Records"]:
                    if int(record["dynamodb"]["SequenceNumber"]) > int(batch["endSequenceNumber"]):
                        return
                    yield {**record, "eventSourceARN": batch["streamArn"]}
                iterator = found.get("NextShardIterator") if found["Records"] else None
        except (KeyError, ParamValidationError) as error:
            raise NotRetried("it does not say where in the stream its changes are; drop it") from error
        except ClientError as error:
            if error.response["Error"]["Code"] not in _GONE:
                raise
            raise ChangesForgotten(FORGOTTEN) from error

    def _invoke_now(self, function: str, records: Sequence[Mapping[str, Any]]) -> None:
        event = json.dumps({"Records": records}, default=_as_lambda_writes)
        answer = self._call(function, "RequestResponse", event)
        said = json.loads(answer["Payload"].read() or "null") or {}
        if "FunctionError" in answer:
            raise NotRetried(f"it failed again: {said.get('errorMessage', answer['FunctionError'])}")
        if failed := said.get("batchItemFailures"):
            raise NotRetried(f"{len(failed)} of its changes failed again; the function's log says why")

    def _invoke_later(self, failure: Failure) -> str:
        self._call(failure.function_arn, "Event", json.dumps(failure.payload))
        return f"started {failure.failed} again"

    def _call(self, function: str, how: Any, event: str) -> Any:
        try:
            return self._lambda.invoke(FunctionName=function, InvocationType=how, Payload=event.encode())
        except ClientError as error:
            if error.response["Error"]["Code"] != "ResourceNotFoundException":
                raise
            raise NotRetried("its function is not there any more; drop it") from error

    def _send_back(self, failure: Failure) -> str:
        """Send a message back to its queue. SQS drops a repeat of it within five minutes."""
        self._sqs.send_message(
            QueueUrl=self._stack.resource("Checks"),
            MessageBody=failure.text,
            MessageGroupId=failure.group,
            MessageDeduplicationId=f"retry-{failure.id}",
        )
        return "sent back to the queue Checks"


def _check(ping: Ping) -> Message:
    """Return the check of a ping, with a new id so that SQS does not drop it as a repeat of triage's."""
    return Message(uuid4().hex, {"ping": ping.id}, group=site_of(ping.url))


def _as_lambda_writes(value: Any) -> Any:
    """Return bytes as base64, and times as seconds."""
    return base64.b64encode(value).decode() if isinstance(value, bytes) else value.timestamp()
