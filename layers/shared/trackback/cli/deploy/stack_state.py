"""State of the stack before a deployment, and the remedy for a failed stack."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import boto3
from botocore.exceptions import ClientError, WaiterError

from trackback.errors import TrackbackError

OUR_PARAMETERS = {"Sites", "AuthorEmail"}
"""Parameters of every stack of this service. A stack of the same name without them is another service's."""

FAILED = {"ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "DELETE_FAILED", "CREATE_FAILED"}
"""States of a failed or half-deleted stack; CloudFormation cannot update it."""

_STUCK = {"UPDATE_ROLLBACK_FAILED"}


class StackNotReady(TrackbackError):
    """The stack cannot be deployed in its state; the message says what to do."""


@dataclass(frozen=True, slots=True)
class StackState:
    """A stack before a deployment: its status, empty if there is none, and its parameters."""

    name: str
    status: str = ""
    parameters: Mapping[str, str] = field(default_factory=dict)

    @property
    def has_failed(self) -> bool:
        """Whether its creation or deletion failed, so that it must be deleted first."""
        return self.status in FAILED

    @property
    def history(self) -> str:
        """One sentence about the failure."""
        if self.status == "DELETE_FAILED":
            return (
                f"The stack {self.name} was not deleted whole ({self.status}). Its table stays in any case."
            )
        words = f"The stack {self.name} is left of a deployment that failed ({self.status})"
        return f"{words}, and holds nothing."

    @property
    def remedy(self) -> str:
        """The command that deletes the stack."""
        return f"aws cloudformation delete-stack --stack-name {self.name}"


def stack_state(client: Any, name: str) -> StackState:
    """Return the state of a stack.

    Raises:
        StackNotReady: It is another service's, is being changed, or is stuck in a failed rollback.
    """
    try:
        (found,) = client.describe_stacks(StackName=name)["Stacks"]
    except ClientError as error:
        if error.response["Error"]["Code"] == "ValidationError":  # CloudFormation's code for "does not exist"
            return StackState(name)
        raise
    status = str(found["StackStatus"])
    if status in {"REVIEW_IN_PROGRESS", "DELETE_COMPLETE"}:  # a change set that was never executed
        return StackState(name)
    given = {each["ParameterKey"]: each["ParameterValue"] for each in found.get("Parameters", [])}
    if not given.keys() >= OUR_PARAMETERS:
        raise StackNotReady(
            f"The stack {name!r} in this region is not this service. Set StackName to another name."
        )
    if status.endswith("_IN_PROGRESS"):
        raise StackNotReady(
            f"The stack {name} is being changed right now ({status}). Try again when that is over."
        )
    if status in _STUCK:
        raise StackNotReady(
            f"The stack {name} hangs in {status}. Run `aws cloudformation continue-update-rollback "
            f"--stack-name {name} --region {client.meta.region_name}`, wait for "
            "UPDATE_ROLLBACK_COMPLETE, and deploy again."
        )
    return StackState(name, status, given)


def delete_failed(client: Any, name: str) -> None:
    """Delete what a failed creation left, and wait until it is gone.

    Raises:
        StackNotReady: The stack could not be deleted.
    """
    client.delete_stack(StackName=name)
    try:
        client.get_waiter("stack_delete_complete").wait(
            StackName=name, WaiterConfig={"Delay": 5, "MaxAttempts": 120}
        )
    except WaiterError as error:
        raise StackNotReady(
            f"The failed stack {name} could not be deleted. Its events in the CloudFormation console say why."
        ) from error


def first_failure(client: Any, name: str) -> str:
    """Return why the last deployment failed: the first failed resource, and AWS's reason."""
    if not stack_state(client, name).status:
        return ""  # the change set itself failed
    failed = [
        event
        for page in client.get_paginator("describe_stack_events").paginate(StackName=name)
        for event in page["StackEvents"]
        if event["ResourceStatus"].endswith("_FAILED")
        and "cancelled" not in event.get("ResourceStatusReason", "")
    ]
    if not failed:
        return ""
    newest = failed[0].get("ClientRequestToken")
    of_last = [event for event in failed if event.get("ClientRequestToken") == newest]
    first = of_last[-1]
    return f"{first['LogicalResourceId']}: {first.get('ResourceStatusReason', first['ResourceStatus'])}"


def cloudformation(region: str) -> Any:
    return boto3.client("cloudformation", region_name=region)
