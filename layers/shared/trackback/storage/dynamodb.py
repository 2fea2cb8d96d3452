"""DynamoDB client: timeouts, retries, and the errors that callers see."""

import os
import random
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from trackback.errors import StatusChanged, TableBusy

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

BUSY = "Too much is going on just now. Try again in a minute."
TOO_LATE = "its status has changed meanwhile; look at it again"

_TRIES = 8
_THROTTLED = {"ProvisionedThroughputExceededException", "RequestLimitExceeded", "ThrottlingException"}
_PASSING = {"TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"}

# Senders wait 4 to 10 seconds, readers less: failing fast, so that they can retry, is better than hanging.
# Outside Lambda the author waits, and a stand-in on a busy machine answers slowly.
CONFIG = Config(
    connect_timeout=1,
    read_timeout=2 if "AWS_LAMBDA_FUNCTION_NAME" in os.environ else 30,
    retries={"mode": "standard", "total_max_attempts": 2},
    parameter_validation=False,  # takes a twentieth of a ping's time; tests on real engines find such errors
)
"""Timeouts and retries of AWS clients."""


def connect() -> "DynamoDBClient":
    """Return a client; region, credentials and a stand-in's endpoint come from the environment."""
    return boto3.client("dynamodb", config=CONFIG)


@contextmanager
def telling_when_busy() -> Iterator[None]:
    """Raise `TableBusy` if a throughput ceiling is reached, so that callers can ask for a later retry."""
    try:
        yield
    except ClientError as error:
        if error.response["Error"]["Code"] in _THROTTLED:
            raise TableBusy(BUSY) from error
        raise


def batch_get(
    client: "DynamoDBClient", table: str, ids: Iterable[str], *, consistent: bool = False, **options: Any
) -> Iterator[Mapping[str, Any]]:
    """Yield the records with at most 100 different ids, in no order and without missing ones.

    What DynamoDB leaves out for want of units is asked for again. `consistent` sees every write that has been
    answered, for twice the units; `options` are further ones of BatchGetItem, like a ProjectionExpression.

    Raises:
        TableBusy: the table's read ceiling is reached.
    """
    keys = [{"id": {"S": each}} for each in ids]
    left: Any = {table: {"Keys": keys, "ConsistentRead": consistent, **options}}
    for _ in tries() if keys else ():
        answer = client.batch_get_item(RequestItems=left)
        yield from answer["Responses"].get(table, [])
        left = answer["UnprocessedKeys"]
        if not left:
            return
    if keys:
        raise TableBusy(BUSY)


def transact(client: "DynamoDBClient", table: str, updates: Sequence[dict[str, Any]]) -> None:
    """Apply all updates or none; retry on conflicts with other writers, but not on a failed condition.

    Raises:
        StatusChanged: a condition does not hold.
    """
    writes: Any = [{"Update": {"TableName": table, **update}} for update in updates]
    for is_last in tries():
        try:
            client.transact_write_items(TransactItems=writes)
        except client.exceptions.TransactionCanceledException as error:
            reasons = {reason.get("Code") for reason in error.response["CancellationReasons"]}
            if "ConditionalCheckFailed" in reasons:
                raise StatusChanged(TOO_LATE) from None
            if is_last or not reasons & _PASSING:
                raise
        else:
            return


def tries() -> Iterator[bool]:
    """Yield `_TRIES` times, with growing pauses in between; the value tells whether this try is the last."""
    for attempt in range(_TRIES):
        if attempt:
            time.sleep(random.uniform(0, 0.025 * 2**attempt))  # noqa: S311 - only spreads the load
        yield attempt == _TRIES - 1
