"""Checks of the AWS account and region, before anything is created."""

from collections.abc import Sequence
from typing import Any

import boto3
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionError,  # noqa: A004 - botocore's: no connection, or a timeout
    HTTPClientError,
    NoCredentialsError,
)

from trackback.errors import TrackbackError

SERVICES = ("lambda", "apigatewayv2", "dynamodb", "sesv2", "sqs", "sns", "ssm", "events", "cloudformation")
"""Services that the template uses, by boto3's names. A region must have all of them."""

RIGHTS = {
    "arn:{partition}:cloudformation:{region}:{account}:stack/{stack}/x": (
        "cloudformation:CreateChangeSet",
        "cloudformation:ExecuteChangeSet",
    ),
    "arn:{partition}:s3:::aws-sam-cli-managed-default-samclisourcebucket-x": ("s3:CreateBucket",),
    "arn:{partition}:s3:::aws-sam-cli-managed-default-samclisourcebucket-x/x": ("s3:PutObject",),
    "arn:{partition}:iam::{account}:role/{stack}-x": ("iam:CreateRole", "iam:PutRolePolicy", "iam:PassRole"),
    "arn:{partition}:lambda:{region}:{account}:function:{stack}-x": (
        "lambda:CreateFunction",
        "lambda:PublishVersion",
    ),
    "arn:{partition}:apigateway:{region}::/apis": ("apigateway:POST",),
    "arn:{partition}:dynamodb:{region}:{account}:table/{stack}-Table-x": ("dynamodb:CreateTable",),
    "arn:{partition}:sqs:{region}:{account}:{stack}-x": ("sqs:CreateQueue",),
    "arn:{partition}:sns:{region}:{account}:{stack}-x": ("sns:CreateTopic",),
    "arn:{partition}:events:{region}:{account}:rule/{stack}-x": ("events:PutRule",),
    "arn:{partition}:logs:{region}:{account}:log-group:{stack}-x": ("logs:CreateLogGroup",),
    "arn:{partition}:cloudwatch:{region}:{account}:alarm:{stack}-x": ("cloudwatch:PutMetricAlarm",),
}
"""What a first deployment does, by what it does it to: rights for the stack's own names suffice."""


class NotAllowed(TrackbackError):
    """The credentials or the region are unsuitable; the message says what to change."""


def configured_region() -> str | None:
    """Return the region of the environment or of `aws configure`."""
    return boto3.Session().region_name


def region_problem(region: str) -> str:
    """Return what is wrong with a region, from botocore's own list; empty if it is fine."""
    session = boto3.Session()
    missing = [name for name in SERVICES if region not in _regions(session, name)]
    if not missing:
        return ""
    if region not in _regions(session, "cloudformation"):
        return f"There is no region {region!r}. Use a region's name, like eu-central-1."
    if "sesv2" in missing:
        return f"Amazon SES, which sends your email, is not in {region}. Choose a region near it."
    return f"{', '.join(missing)} is not in {region}. Choose another region."


def _regions(session: boto3.Session, service: str) -> set[str]:
    """Return the regions of all partitions that have a service."""
    partitions = session.get_available_partitions()
    return {
        region
        for each in partitions
        for region in session.get_available_regions(service, partition_name=each)
    }


def caller(region: str) -> str:
    """Return the ARN of the credentials' owner.

    Raises:
        NotAllowed: There are no credentials, or AWS rejects them.
    """
    try:
        return str(boto3.client("sts", region_name=region).get_caller_identity()["Arn"])
    except NoCredentialsError:
        raise NotAllowed(
            "No AWS credentials found. Run `aws configure`, or use AWS CloudShell, which has yours already."
        ) from None
    except ClientError as error:
        words = error.response["Error"]["Message"]
        raise NotAllowed(
            f"AWS does not accept your credentials in {region}: {words} Are they right and not too old? Some "
            "regions have to be enabled first (in the console: Account, AWS Regions)."
        ) from error
    except (ConnectionError, HTTPClientError) as error:
        raise NotAllowed(f"AWS cannot be reached in {region}: {error}") from error
    except BotoCoreError as error:  # an incomplete key, an expired session of `aws sso login`, ...
        raise NotAllowed(f"Your AWS credentials cannot be used: {error}") from error


def check_rights(who: str, region: str, stack: str) -> None:
    """Ask IAM whether the credentials may do what a deployment of a stack does.

    IAM simulates a user's or a role's policies. The root user needs no check, because it may do everything.
    Credentials that may not simulate are not checked: the deployment will show.

    Raises:
        NotAllowed: Actions are denied; the message lists them.
    """
    principal = _principal(who)
    if not principal:
        return
    partition, account = who.split(":")[1], who.split(":")[4]
    iam: Any = boto3.client("iam", region_name=region)
    denied: list[str] = []
    for resource, actions in RIGHTS.items():
        arn = resource.format(partition=partition, region=region, account=account, stack=stack)
        try:
            answer = iam.simulate_principal_policy(
                PolicySourceArn=principal, ActionNames=list(actions), ResourceArns=[arn]
            )
        except ClientError:
            return
        denied += _denied(answer["EvaluationResults"])
    if denied:
        raise NotAllowed(
            f"Your credentials ({who}) may not do what a deployment does: {', '.join(denied)}. Ask for these "
            "rights, or use an administrator's credentials. Nothing has been created."
        )


def _principal(who: str) -> str:
    """Return the user or role whose policies apply. A role's session is named after the role."""
    prefix, _, name = who.rpartition(":")
    if name.startswith("user/"):
        return who
    if name.startswith("assumed-role/"):
        return f"{prefix.replace(':sts:', ':iam:')}:role/{name.split('/')[1]}"
    return ""


def _denied(results: Sequence[Any]) -> list[str]:
    return [result["EvalActionName"] for result in results if result["EvalDecision"] != "allowed"]
