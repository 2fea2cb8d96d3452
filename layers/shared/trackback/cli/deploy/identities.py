"""SES identities: one per account and region, so the stack must not create an existing one."""

from typing import Any

import boto3
from botocore.exceptions import ClientError

from trackback.cli.deploy.settings_file import Deployment
from trackback.cli.deploy.stack_state import StackState

CREATE, EXISTING = "create", "existing"
FOUND_OUT = ("AuthorIdentity", "MailDomainIdentity")
"""The parameters that each deployment detects, unless the author has set them."""


def identity_parameters(deployment: Deployment, stack: StackState) -> dict[str, str]:
    """Return for each SES identity of the mails whether the stack creates it or it exists already.

    The settings file has priority. An identity that this stack created stays its own.
    """
    ses = boto3.client("sesv2", region_name=deployment.region)
    author, domain = deployment["AuthorEmail"], deployment["MailDomain"]
    chosen = {}
    if not _is_in(author, domain):  # an address in a verified domain is verified with it
        chosen["AuthorIdentity"] = _origin(ses, author, stack, "AuthorIdentity", "AuthorEmail")
    if domain:
        chosen["MailDomainIdentity"] = _origin(ses, domain, stack, "MailDomainIdentity", "MailDomain")
    return {name: deployment[name] or value for name, value in chosen.items()}


def _origin(ses: Any, identity: str, stack: StackState, parameter: str, names: str) -> str:
    made_here = stack.parameters.get(parameter) == CREATE and stack.parameters.get(names) == identity
    return CREATE if made_here or not _is_known(ses, identity) else EXISTING


def _is_known(ses: Any, identity: str) -> bool:
    try:
        ses.get_email_identity(EmailIdentity=identity)
    except ClientError as error:
        if error.response["Error"]["Code"] == "NotFoundException":
            return False
        raise
    return True


def _is_in(address: str, domain: str) -> bool:
    return bool(domain) and address.lower().endswith((f"@{domain}", f".{domain}"))
