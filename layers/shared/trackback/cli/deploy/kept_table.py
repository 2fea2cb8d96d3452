"""An existing table: kept when its stack was deleted, or restored from a point in time."""

from collections.abc import Mapping
from typing import Any

import boto3
from botocore.exceptions import ClientError, WaiterError

from trackback.cli.deploy.parameters import keys
from trackback.cli.deploy.settings_file import Deployment
from trackback.errors import TrackbackError


class TableUnfit(TrackbackError):
    """The table in the settings cannot be adopted; the message says why."""


def find_kept(region: str, stack: str) -> list[str]:
    """Return the tables that deleted stacks of this name have left, oldest first."""
    client = _dynamodb(region)
    pages = client.get_paginator("list_tables").paginate()
    names = [name for page in pages for name in page["TableNames"] if name.startswith(f"{stack}-Table-")]
    return sorted(names, key=lambda name: _described(client, name)["CreationDateTime"])


def adopt(deployment: Deployment, parameters: Mapping[str, str], keys_of: Mapping[str, Any]) -> str:
    """Prepare an existing table for the service, and return its stream's ARN.

    A restored table has its data and indexes, but no stream, expiry, backups or throughput limits (DynamoDB's
    point-in-time recovery). What the table has already stays unchanged.

    Raises:
        TableUnfit: There is no such table, or it is not a table of this service.
    """
    client, name = _dynamodb(deployment.region), parameters["ExistingTable"]
    table = _described(client, name)
    _check(table, name, keys_of)
    _wait(client, name, str(table["TableStatus"]))
    _bound(client, name, int(parameters["MaxWritesPerSecond"]), int(parameters["MaxReadsPerSecond"]))
    _keep_backups(client, name)
    _let_expire(client, name)
    return _stream(client, name)


def _wait(client: Any, name: str, status: str) -> None:
    """Wait some minutes for a table that is being created."""
    unready = TableUnfit(f"The table {name} is not ready ({status}). Deploy again when it is ACTIVE.")
    if status == "DELETING":
        raise unready
    try:
        client.get_waiter("table_exists").wait(TableName=name)
    except WaiterError:  # a restore may take hours
        raise unready from None


def _check(table: Any, name: str, keys_of: Mapping[str, Any]) -> None:
    found = {"": keys(table["KeySchema"])}
    found |= {
        index["IndexName"]: keys(index["KeySchema"]) for index in table.get("GlobalSecondaryIndexes", [])
    }
    if unlike := [part or "the table" for part, wanted in keys_of.items() if found.get(part) != wanted]:
        raise TableUnfit(
            f"ExistingTable {name} is no table of this service: {', '.join(unlike)} has other keys, or none."
        )


def _described(client: Any, name: str) -> Any:
    try:
        return client.describe_table(TableName=name)["Table"]
    except ClientError as error:
        if error.response["Error"]["Code"] == "ResourceNotFoundException":
            raise TableUnfit(f"There is no table {name!r} in this region. Check ExistingTable.") from None
        raise


def _bound(client: Any, name: str, writes: int, reads: int) -> None:
    """Set the throughput limits of the table and its indexes to those of the template's own table."""
    table = _described(client, name)
    ceiling = {"MaxWriteRequestUnits": writes, "MaxReadRequestUnits": reads}
    others = [part for part in table["GlobalSecondaryIndexes"] if part.get("OnDemandThroughput") != ceiling]
    changes: dict[str, Any] = {}
    if table.get("BillingModeSummary", {}).get("BillingMode") != "PAY_PER_REQUEST":
        changes["BillingMode"] = "PAY_PER_REQUEST"
    if table.get("OnDemandThroughput") != ceiling:
        changes["OnDemandThroughput"] = ceiling
    if others:
        changes["GlobalSecondaryIndexUpdates"] = [
            {"Update": {"IndexName": part["IndexName"], "OnDemandThroughput": ceiling}} for part in others
        ]
    if changes:
        client.update_table(TableName=name, **changes)
        client.get_waiter("table_exists").wait(TableName=name)


def _keep_backups(client: Any, name: str) -> None:
    client.update_continuous_backups(
        TableName=name, PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True}
    )


def _let_expire(client: Any, name: str) -> None:
    state = client.describe_time_to_live(TableName=name)["TimeToLiveDescription"]["TimeToLiveStatus"]
    if state == "DISABLED":
        client.update_time_to_live(
            TableName=name, TimeToLiveSpecification={"Enabled": True, "AttributeName": "expires_at"}
        )


def _stream(client: Any, name: str) -> str:
    table = _described(client, name)
    if not table.get("StreamSpecification", {}).get("StreamEnabled"):
        stream = {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"}
        table = client.update_table(TableName=name, StreamSpecification=stream)["TableDescription"]
        client.get_waiter("table_exists").wait(TableName=name)
    return str(table["LatestStreamArn"])


def _dynamodb(region: str) -> Any:
    return boto3.client("dynamodb", region_name=region)
