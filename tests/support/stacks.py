"""A deployed stack in moto's CloudFormation: parameters, outputs, a status and the alarms' topic."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import boto3
from moto.backends import get_backend

from tests.stack.aws import ACCOUNT, ENVIRONMENT

_STACK = "trackback-test"


@contextmanager
def deployed(
    parameters: Mapping[str, str], outputs: Mapping[str, str], status: str = "CREATE_COMPLETE"
) -> Iterator[str]:
    """Deploy a stack with these parameters, outputs and status. Yields its name, then deletes it."""
    client = boto3.client("cloudformation")
    body: dict[str, Any] = {
        "Parameters": {name: {"Type": "String"} for name in parameters},
        "Resources": {"Alarms": {"Type": "AWS::SNS::Topic"}},
        "Outputs": {name: {"Value": value} for name, value in outputs.items()},
    }
    given = [{"ParameterKey": name, "ParameterValue": value} for name, value in parameters.items()]
    client.create_stack(StackName=_STACK, TemplateBody=json.dumps(body), Parameters=given)
    (made,) = client.describe_stacks(StackName=_STACK)["Stacks"]
    get_backend("cloudformation")[ACCOUNT][ENVIRONMENT["AWS_DEFAULT_REGION"]].stacks[
        made["StackId"]
    ].status = status
    yield _STACK
    client.delete_stack(StackName=_STACK)
