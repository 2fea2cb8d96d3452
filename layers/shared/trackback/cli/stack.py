"""The deployed stack in CloudFormation: its resources, outputs and parameters."""

import os
import tomllib
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

import boto3
from botocore.exceptions import ClientError

from trackback.errors import TrackbackError

SETTINGS_FILE = "trackback.toml"
"""The file that `make deploy` writes beside template.yaml: the stack's name, its region and its settings."""

DEFAULT_NAME = "trackback"


class StackUnknown(TrackbackError):
    """There is no such stack in this account and region, or it has no such resource."""


def stack_name(named: str | None = None) -> str:
    """Return the stack's name: `named` (`--stack`), $TRACKBACK_STACK, or the settings file's."""
    return named or os.environ.get("TRACKBACK_STACK") or _written("StackName") or DEFAULT_NAME


def use_region() -> None:
    """Use the region of the settings file unless the environment names one."""
    if region := _written("Region"):
        os.environ.setdefault("AWS_DEFAULT_REGION", region)


def _written(setting: str) -> str:
    file = Path(SETTINGS_FILE)
    return str(tomllib.loads(file.read_text("utf-8")).get(setting, "")) if file.is_file() else ""


class Stack:
    """One deployed stack. It reads each fact once, on first use."""

    def __init__(self, name: str, region: str | None = None) -> None:
        """Use credentials from the environment, and its region unless one is given."""
        self.name = name
        self._client = boto3.client("cloudformation", region_name=region)

    def resource(self, logical_id: str) -> str:
        """Return the physical id of a resource: a queue's URL, a function's name.

        Raises:
            StackUnknown: There is no such stack, or it has no such resource.
        """
        try:
            found = self._client.describe_stack_resource(StackName=self.name, LogicalResourceId=logical_id)
        except ClientError as error:
            raise self._unknown(error) from error
        return str(found["StackResourceDetail"]["PhysicalResourceId"])

    def output(self, key: str) -> str:
        """Return one of the outputs.

        Raises:
            StackUnknown: There is no such stack, or it is not a TrackBack stack.
        """
        if key not in self.outputs:
            raise StackUnknown(
                f"{self.name} is not a TrackBack stack; --stack or TRACKBACK_STACK names another"
            )
        return self.outputs[key]

    @property
    def status(self) -> str:
        """The stack's status, as CloudFormation spells it: CREATE_COMPLETE."""
        return str(self._described["StackStatus"])

    @cached_property
    def outputs(self) -> Mapping[str, str]:
        """The stack's outputs, by key."""
        return {each["OutputKey"]: each["OutputValue"] for each in self._described.get("Outputs", [])}

    @cached_property
    def parameters(self) -> Mapping[str, str]:
        """The deployed values of the template's parameters, by key."""
        given = self._described.get("Parameters", [])
        return {each["ParameterKey"]: each["ParameterValue"] for each in given}

    @cached_property
    def _described(self) -> Any:
        try:
            (stack,) = self._client.describe_stacks(StackName=self.name)["Stacks"]
        except ClientError as error:
            raise self._unknown(error) from error
        return stack

    def _unknown(self, error: ClientError) -> Exception:
        if error.response["Error"]["Code"] != "ValidationError":
            return error
        words = error.response["Error"]["Message"]
        return StackUnknown(f"CloudFormation: {words}; --stack or TRACKBACK_STACK names another stack")
