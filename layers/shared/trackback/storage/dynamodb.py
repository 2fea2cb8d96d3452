"""DynamoDB: the client, its form of values and expressions, and the errors that callers see."""

import os
import random
import re
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import boto3
from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from botocore.config import Config
from botocore.exceptions import ClientError

from trackback.errors import TableBusy

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

BUSY = "Too much is going on just now. Try again in a minute."
TOO_LATE = "its status has changed meanwhile; look at it again"

Item = Mapping[str, Any]
"""A record's attributes by name."""

_TRIES = 8
_PATIENT_TRIES = 20
_THROTTLED = {"ProvisionedThroughputExceededException", "RequestLimitExceeded", "ThrottlingException"}

# Senders wait 4 to 10 seconds, readers less: failing fast, so that they can retry, is better than hanging.
# Outside Lambda the author waits, and a stand-in on a busy machine answers slowly.
CONFIG = Config(
    connect_timeout=1,
    read_timeout=2 if "AWS_LAMBDA_FUNCTION_NAME" in os.environ else 30,
    retries={"mode": "standard", "total_max_attempts": 2},
    parameter_validation=False,  # takes a twentieth of a ping's time; tests on real engines find such errors
)
"""Timeouts and retries of AWS clients."""


class _Deserializer(TypeDeserializer):
    def _deserialize_n(self, value: str) -> int:
        """Every number in the table is whole; boto3 makes decimals of them."""
        return int(value)


_to_dynamodb = TypeSerializer().serialize
_from_dynamodb = _Deserializer().deserialize


def connect() -> "DynamoDBClient":
    """Return a client; region, credentials and a stand-in's endpoint come from the environment."""
    return boto3.client("dynamodb", config=CONFIG)


def be_patient(client: "DynamoDBClient") -> None:
    """Have a client wait out a throughput ceiling: it repeats what is refused, for up to nine seconds.

    For the author, whose decisions must pass while strangers use up the table's units and are refused.
    """
    pause: Any = _pause_before_retry
    client.meta.events.register_first("needs-retry.dynamodb", pause)


def _pause_before_retry(
    response: tuple[object, Mapping[str, Any]] | None, attempts: int, **_: object
) -> float | None:
    """Return how long botocore pauses before it tries again; None leaves the decision to its own rules."""
    code = response[1].get("Error", {}).get("Code") if response else None
    if code not in _THROTTLED or attempts >= _PATIENT_TRIES:
        return None
    return random.uniform(0, min(0.5, 0.05 * 2**attempts))  # noqa: S311 - only spreads the load


@contextmanager
def raising_table_busy() -> Iterator[None]:
    """Raise `TableBusy` if a throughput ceiling is reached, so that callers can ask for a later retry."""
    try:
        yield
    except ClientError as error:
        if error.response["Error"]["Code"] in _THROTTLED:
            raise TableBusy(BUSY) from error
        raise


def tries() -> Iterator[bool]:
    """Yield `_TRIES` times, with growing pauses in between; the value tells whether this try is the last."""
    for attempt in range(_TRIES):
        if attempt:
            time.sleep(random.uniform(0, 0.025 * 2**attempt))  # noqa: S311 - only spreads the load
        yield attempt == _TRIES - 1


def to_plain(item: Item) -> dict[str, Any]:
    """Return a record with plain Python values, from DynamoDB's form."""
    return {name: value["S"] if "S" in value else _from_dynamodb(value) for name, value in item.items()}


def to_item(record: Item) -> dict[str, Any]:
    """Return a record in DynamoDB's form; boto3's serialiser does not accept a StrEnum."""
    return {
        name: {"S": str(value)} if isinstance(value, str) else _to_dynamodb(value)
        for name, value in record.items()
    }


def expressions(values: Mapping[str, Any], **texts: str) -> dict[str, Any]:
    """Return the expressions of a request that are not empty, with the names and values that they use."""
    text = " ".join(texts.values())
    request: dict[str, Any] = {name: expression for name, expression in texts.items() if expression}
    if names := {f"#{name}": name for name in re.findall(r"#(\w+)", text)}:
        request["ExpressionAttributeNames"] = names
    if used := {f":{name}": values[name] for name in re.findall(r":(\w+)", text)}:
        request["ExpressionAttributeValues"] = to_item(used)
    return request
