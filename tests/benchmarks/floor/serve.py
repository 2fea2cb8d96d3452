"""The floor under `serve`: one bare query of the same pings, and nothing else."""

import os
from typing import Any

import boto3

client = boto3.client("dynamodb")
values = {":key": {"S": os.environ["POST_KEY"]}}


def handler(_event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Read a page of pings."""
    client.query(
        TableName="trackback",
        IndexName="by_post",
        KeyConditionExpression="shown_on = :key",
        ExpressionAttributeValues=values,
        Limit=52,
    )
    return {"statusCode": 200}
