"""Capacity units, as DynamoDB reports them for every call that a client makes.

DynamoDB Local counts as AWS does, but for transactions: it multiplies all that they write by the same factor,
where AWS doubles the table's part and leaves the indexes' as it is. The factor is measured, and taken out.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import boto3

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_WRITES = {"PutItem", "UpdateItem", "TransactWriteItems"}
_READS = {"GetItem", "Query", "BatchGetItem"}


class Meter:
    """Counts the units of calls by clients that are made from boto3's default session after this."""

    def __init__(self, table: str) -> None:
        """Listen; `table` is where the factor of transactions is measured."""
        boto3.setup_default_session()
        assert boto3.DEFAULT_SESSION
        events = boto3.DEFAULT_SESSION.events
        for operation in _WRITES | _READS:
            events.register(f"before-parameter-build.dynamodb.{operation}", _ask)
            events.register(f"after-call.dynamodb.{operation}", self._count)
        self.reads = self.writes = self.reported = 0.0
        self._factor = 1.0
        self._factor = self._measure_factor(boto3.client("dynamodb"), table)

    def reset(self) -> None:
        """Begin again at nought."""
        self.reads = self.writes = self.reported = 0.0

    def reads_of(self, action: Callable[[], object]) -> float:
        """Return the read units of what an action does."""
        self.reset()
        action()
        return self.reads

    def writes_of(self, action: Callable[[], object]) -> float:
        """Return the write units of what an action does, as AWS counts them."""
        self.reset()
        action()
        return self.writes

    def _count(self, model: Any, parsed: dict[str, Any], **_: object) -> None:
        consumed = parsed.get("ConsumedCapacity", [])
        for each in consumed if isinstance(consumed, list) else [consumed]:
            table = each["Table"]["CapacityUnits"]
            indexes = sum(index["CapacityUnits"] for index in each.get("GlobalSecondaryIndexes", {}).values())
            if model.name in _READS:
                self.reads += table + indexes
            else:
                self.reported += table + indexes
                twice = model.name == "TransactWriteItems"
                self.writes += (2 * table + indexes) / self._factor if twice else table + indexes

    def _measure_factor(self, client: "DynamoDBClient", table: str) -> float:
        put: Any = {"TableName": table, "Item": {"id": {"S": "probe"}}}
        self.writes_of(lambda: client.put_item(**put))
        alone = self.reported
        self.writes_of(lambda: client.transact_write_items(TransactItems=[{"Put": put}]))
        client.delete_item(TableName=table, Key=put["Item"])
        return self.reported / alone


def _ask(params: dict[str, Any], **_: object) -> None:
    params["ReturnConsumedCapacity"] = "INDEXES"
