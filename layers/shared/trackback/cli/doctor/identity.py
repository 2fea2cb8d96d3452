"""Checks the author's address in SES: whether SES may email it, and whether it suppresses emails to it."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import boto3
from botocore.exceptions import ClientError

from trackback.cli.doctor.finding import Finding, note, right, wrong

if TYPE_CHECKING:
    from mypy_boto3_sesv2 import SESV2Client
    from mypy_boto3_sesv2.type_defs import GetEmailIdentityResponseTypeDef

RESEND = "trackback doctor --aws --resend-confirmation"

_UNCONFIRMED = {
    "PENDING": "waits for you to follow the link that AWS has emailed, which works for 24 hours",
    "FAILED": "was not confirmed: the link that AWS emailed works for 24 hours",
    "TEMPORARY_FAILURE": "could not be confirmed, for a reason at AWS that will pass",
    "NOT_STARTED": "was never confirmed",
}


def find_identity(ses: "SESV2Client", identity: str) -> "GetEmailIdentityResponseTypeDef | None":
    """Return SES's record of an address or a domain in this region, or None."""
    try:
        return ses.get_email_identity(EmailIdentity=identity)
    except ses.exceptions.NotFoundException:
        return None


def is_verified(ses: "SESV2Client", identity: str) -> bool:
    """Check whether SES may send from an address or a domain."""
    found = find_identity(ses, identity)
    return bool(found and found["VerifiedForSendingStatus"])


def signing_domain(ses: "SESV2Client", author: str) -> str:
    """Return the domain of the author's address if SES signs its emails with that domain's keys, else "".

    The identity of the address has priority over that of its domain.
    """
    domain = author.rpartition("@")[2]
    found = find_identity(ses, author) or find_identity(ses, domain)
    dkim = found.get("DkimAttributes", {}) if found else {}
    return domain if dkim.get("SigningEnabled") and dkim.get("Status") == "SUCCESS" else ""


def check_author(ses: "SESV2Client", author: str, *, must_be_verified: bool) -> Finding:
    """Check whether SES may email the author. `must_be_verified` holds for a sender, and in the sandbox."""
    found = find_identity(ses, author)
    if found and found["VerifiedForSendingStatus"]:
        return right("author", f"{author} is confirmed.")
    domain = author.rpartition("@")[2]
    if is_verified(ses, domain):
        return right("author", f"{author} needs no confirmation: SES has verified {domain}.")
    if not must_be_verified:
        return right("author", f"{author} needs no confirmation: SES may email any address.")
    if not found:
        words, advice = (
            "is unknown to SES in this region",
            "AWS then emails you a link, which works for 24 hours",
        )
        return wrong("author", f"{author} {words}.", f"Run `{RESEND}`. {advice}.")
    words = _UNCONFIRMED.get(found.get("VerificationStatus", "NOT_STARTED"), "is not confirmed")
    return wrong(
        "author", f"{author} {words}.", f"Follow that link (look in spam, too). For a new one: {RESEND}"
    )


def resend_confirmation(ses: "SESV2Client", author: str) -> Iterator[Finding]:
    """Make AWS email a new link to an unconfirmed address. A confirmed address is left alone.

    VerifyEmailIdentity of SES's API v1 does that, and adds an address that SES does not know:
    https://docs.aws.amazon.com/ses/latest/APIReference/API_VerifyEmailIdentity.html. API v2 would need the
    identity to be deleted first.
    """
    if is_verified(ses, author):
        yield right("resend", f"{author} is confirmed already. AWS was not asked for another link.")
        return
    boto3.client("ses").verify_email_identity(EmailAddress=author)
    yield note("resend", f"AWS emails a new link to {author}.", "Follow it within 24 hours.")


def check_suppression(ses: "SESV2Client", author: str, *, in_sandbox: bool) -> Iterator[Finding]:
    """Check whether SES suppresses the author's address: it accepts emails to such an address and drops them.

    In the sandbox, SES answers no requests about the list:
    https://docs.aws.amazon.com/ses/latest/dg/request-production-access.html.
    """
    try:
        found = ses.get_suppressed_destination(EmailAddress=author)["SuppressedDestination"]
    except ses.exceptions.NotFoundException:
        yield right("held", f"SES does not hold emails to {author} back.")
    except ClientError as error:
        if not in_sandbox:
            raise
        words = f"In the sandbox SES does not say whether it holds emails to {author} back"
        yield note("held", f"{words}: {error.response['Error']['Message']}")
    else:
        why = "came back" if found["Reason"] == "BOUNCE" else "was reported as spam"
        since = f"{found['LastUpdateTime']:%Y-%m-%d}"
        command = f"aws sesv2 delete-suppressed-destination --email-address {author}"
        words = f"SES drops every email to {author}, because one {why} ({since})."
        yield wrong("held", words, f"Find out why, then run: {command}")
