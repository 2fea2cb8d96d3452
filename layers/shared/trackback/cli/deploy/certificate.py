"""The certificate of the service's own domain. CloudFront takes it from us-east-1 alone."""

from collections.abc import Sequence
from typing import Any

import boto3
from botocore.exceptions import ClientError

from trackback.errors import TrackbackError

REGION = "us-east-1"


class NoCertificate(TrackbackError):
    """There is no certificate that CloudFront could use; the message says what to do."""


def find_certificate(domain: str) -> str:
    """Return the ARN of an issued certificate for a domain.

    Raises:
        NoCertificate: there is none, or it is not issued yet.
    """
    pending = False
    for summary in _certificates():
        if _covers(summary, domain):
            if summary["Status"] == "ISSUED":
                return str(summary["CertificateArn"])
            pending = pending or summary["Status"] == "PENDING_VALIDATION"
    if pending:
        raise NoCertificate(
            f"The certificate for {domain} is not issued yet. Add the CNAME record that AWS Certificate "
            f"Manager ({REGION}) shows for it; it is issued some minutes later."
        )
    raise NoCertificate(
        f"There is no certificate for {domain} in {REGION}. Request one in AWS Certificate Manager, in the "
        f"region {REGION} and with DNS validation, wait until it is issued, and deploy again."
    )


def check_certificate(arn: str, domain: str) -> None:
    """Check a certificate that the author names.

    Raises:
        NoCertificate: it does not exist, is not issued, or is for another domain.
    """
    acm: Any = boto3.client("acm", region_name=REGION)
    try:
        found = acm.describe_certificate(CertificateArn=arn)["Certificate"]
    except ClientError as error:
        words = error.response["Error"]["Message"]
        raise NoCertificate(
            f"CertificateArn: {words} Look for it in AWS Certificate Manager, {REGION}."
        ) from error
    names = [found["DomainName"], *found.get("SubjectAlternativeNames", [])]
    if found["Status"] != "ISSUED":
        raise NoCertificate(f"The certificate {arn} is not issued ({found['Status']}).")
    if not any(_matches(name, domain) for name in names):
        raise NoCertificate(f"The certificate {arn} is for {', '.join(names)}, not for {domain}.")


def _certificates() -> Sequence[Any]:
    acm: Any = boto3.client("acm", region_name=REGION)
    pages = acm.get_paginator("list_certificates").paginate(
        CertificateStatuses=["ISSUED", "PENDING_VALIDATION"]
    )
    return [summary for page in pages for summary in page["CertificateSummaryList"]]


def _covers(summary: Any, domain: str) -> bool:
    names = [summary["DomainName"], *summary.get("SubjectAlternativeNameSummaries", [])]
    return any(_matches(name, domain) for name in names)


def _matches(name: str, domain: str) -> bool:
    """Tell whether a certificate's name covers a domain; `*.` stands for one label (RFC 6125)."""
    return name == domain or (name.startswith("*.") and name[1:] == domain[domain.find(".") :])
