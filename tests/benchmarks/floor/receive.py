"""The floor under `receive`: one bare write of the same ping, and nothing else."""

import json
import os
from typing import Any

import boto3

client = boto3.client("dynamodb")
item = json.loads(os.environ["ITEM"])


def handler(_event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Store the ping."""
    client.put_item(TableName="trackback", Item=item)
    return {"statusCode": 200}
