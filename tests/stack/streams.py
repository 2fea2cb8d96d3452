"""DynamoDB event source mappings: delivers a table's stream to functions, as Lambda's poller does."""

import json
import threading
import time
from collections.abc import Iterator
from typing import Any

import boto3
from botocore.config import Config

from tests.stack.aws import changes
from tests.stack.environment import Environments, FunctionFailedError, report, report_rest


class Delivery:
    """Delivers a table's changes to one function, in order, each at least once."""

    def __init__(self, table: str, function: Environments, subscription: Any) -> None:
        """Start with the next change."""
        self._streams = streams_client()
        self._arn = boto3.client("dynamodb").describe_table(TableName=table)["Table"]["LatestStreamArn"]
        self._function = function
        self._retries = subscription.get("MaximumRetryAttempts", 2)
        self._batch = subscription.get("BatchSize", 100)
        self._window = subscription.get("MaximumBatchingWindowInSeconds", 0)
        filters = subscription.get("FilterCriteria", {}).get("Filters", [])
        self._patterns = [json.loads(one["Pattern"]) for one in filters]
        on_failure = subscription.get("DestinationConfig", {}).get("OnFailure", {})
        self._failures = str(on_failure.get("Destination", "")).rpartition(":")[2]
        shard = self._streams.describe_stream(StreamArn=self._arn)["StreamDescription"]["Shards"][0]
        self._shard = shard["ShardId"]
        self._iterator: str | None = self._streams.get_shard_iterator(
            StreamArn=self._arn, ShardId=shard["ShardId"], ShardIteratorType="LATEST"
        )["ShardIterator"]
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"stream to {function.function.name}")
        self._thread.start()

    def close(self) -> None:
        """Stop delivering."""
        self._stopped.set()
        changes.note()
        self._thread.join()

    def _run(self) -> None:
        for batch in self._batches():
            self._deliver(batch)

    def _batches(self) -> Iterator[list[dict[str, Any]]]:
        """Yield a batch of matching records when it is full, or when its window ends."""
        gathered: list[dict[str, Any]] = []
        records: list[dict[str, Any]] = []
        due, known = 0.0, 0
        while self._iterator and not self._stopped.is_set():
            if not records:
                known = changes.wait(known, max(0, due - time.monotonic()) if gathered else None)
            found = self._streams.get_records(ShardIterator=self._iterator, Limit=self._batch)
            records = [as_event(record, self._arn) for record in found["Records"]]
            wanted = [record for record in records if self._is_wanted(record)]
            due = due if gathered else time.monotonic() + self._window
            gathered += wanted
            if gathered and (len(gathered) >= self._batch or time.monotonic() >= due):
                yield gathered[: self._batch]
                gathered = gathered[self._batch :]
            self._iterator = found.get("NextShardIterator")

    def _is_wanted(self, record: dict[str, Any]) -> bool:
        return not self._patterns or any(fits(record, pattern) for pattern in self._patterns)

    def _deliver(self, records: list[dict[str, Any]]) -> None:
        """Invoke the function until it has processed all records or the attempts are used up."""
        for _ in range(self._retries + 1):
            try:
                failed = (self._function.invoke({"Records": records}) or {}).get("batchItemFailures", [])
            except FunctionFailedError as error:
                report(self._function.function, error)
                continue
            if not failed:
                return
            report_rest(self._function.function, len(failed), len(records))
            first = failed[0]["itemIdentifier"]
            numbers = [record["dynamodb"]["SequenceNumber"] for record in records]
            records = records[numbers.index(first) :] if first in numbers else records
        self._give_up(records)

    def _give_up(self, records: list[dict[str, Any]]) -> None:
        """Send Lambda's failure record: the records' position in the stream, without their content."""
        if not self._failures:
            return
        first, last = records[0]["dynamodb"], records[-1]["dynamodb"]
        where = {
            "shardId": self._shard,
            "startSequenceNumber": first["SequenceNumber"],
            "endSequenceNumber": last["SequenceNumber"],
            "batchSize": len(records),
            "streamArn": self._arn,
        }
        context = {"condition": "RetryAttemptsExhausted", "approximateInvokeCount": self._retries + 1}
        body = json.dumps({"requestContext": context, "version": "1.0", "DDBStreamBatchInfo": where})
        boto3.client("sqs").send_message(QueueUrl=self._failures, MessageBody=body)


def records_of(table: str) -> Iterator[dict[str, Any]]:
    """Yield all records of a table's stream, in Lambda's format."""
    streams = streams_client()
    arn = boto3.client("dynamodb").describe_table(TableName=table)["Table"]["LatestStreamArn"]
    for shard in streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]:
        begin = streams.get_shard_iterator(
            StreamArn=arn, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
        )
        records = streams.get_records(ShardIterator=begin["ShardIterator"])["Records"]
        yield from (as_event(record, arn) for record in records)


def streams_client() -> Any:
    """Return a client of streams that finds the stand-in."""
    # Otherwise botocore uses a host per account, which the stand-in does not answer.
    return boto3.client("dynamodbstreams", config=Config(account_id_endpoint_mode="disabled"))


def as_event(record: Any, arn: str) -> dict[str, Any]:
    """Return a record of a stream as Lambda gives it to a function."""
    change = record["dynamodb"]
    when = change["ApproximateCreationDateTime"].timestamp()
    change = {**change, "ApproximateCreationDateTime": when}
    return {**record, "dynamodb": change, "eventSourceARN": arn}


def fits(value: Any, pattern: Any) -> bool:
    """Check whether a record matches an event filter's pattern.

    A pattern's leaf lists allowed values: exact values, `exists`, `prefix` and `anything-but`. Only `exists`
    can match a missing value, also if its parent is missing.
    """
    if isinstance(pattern, dict):
        here = value if isinstance(value, dict) else {}
        return all(fits(here.get(name), inner) for name, inner in pattern.items())
    return any(_fits_one(value, one) for one in pattern)


def _fits_one(value: Any, one: Any) -> bool:
    match one:
        case {"exists": exists}:
            return (value is not None) is bool(exists)
        case {"prefix": prefix}:
            return isinstance(value, str) and value.startswith(prefix)
        case {"anything-but": unwanted}:
            return value is not None and value not in (unwanted if isinstance(unwanted, list) else [unwanted])
        case dict():
            raise ValueError(f"an operator that this stand-in does not know: {one}")
    return bool(value == one)
