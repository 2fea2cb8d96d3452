"""The certificate of the service's own domain. CloudFront accepts only certificates in us-east-1."""

from collections.abc import Iterator
from typing import Any

import boto3
from botocore.exceptions import ClientError

from trackback.errors import TrackbackError

REGION = "us-east-1"
_KEY_TYPES = ["RSA_2048", "RSA_3072", "RSA_4096", "EC_prime256v1", "EC_secp384r1"]


class NoCertificate(TrackbackError):
    """There is no certificate that CloudFront could use; the message says what to do."""


def find_certificate(domain: str) -> str:
    """Return the ARN of an issued certificate for a domain.

    Raises:
        NoCertificate: There is none, or it is not issued yet.
    """
    found = [each for each in _certificates() if _covers(each, domain)]
    if issued := [each for each in found if each["Status"] == "ISSUED"]:
        return str(issued[0]["CertificateArn"])
    if found:
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
        NoCertificate: It does not exist, is not issued, or is for another domain.
    """
    try:
        found = _acm().describe_certificate(CertificateArn=arn)["Certificate"]
    except ClientError as error:
        words = error.response["Error"]["Message"]
        raise NoCertificate(
            f"CertificateArn: {words} Look for it in AWS Certificate Manager, in the region {REGION}."
        ) from error
    if not _covers(found, domain):
        raise NoCertificate(f"The certificate {arn} is for {', '.join(_names(found))}, not for {domain}.")
    if found["Status"] != "ISSUED":
        raise NoCertificate(f"The certificate {arn} is not issued ({found['Status']}).")


def _acm() -> Any:
    return boto3.client("acm", region_name=REGION)


def _certificates() -> Iterator[Any]:
    """Yield every certificate that CloudFront may use. Without key types, ACM lists only RSA 2048."""
    client = _acm()
    pages = client.get_paginator("list_certificates").paginate(
        CertificateStatuses=["ISSUED", "PENDING_VALIDATION"], Includes={"keyTypes": _KEY_TYPES}
    )
    for page in pages:
        for summary in page["CertificateSummaryList"]:
            yield client.describe_certificate(CertificateArn=summary["CertificateArn"])["Certificate"]


def _names(certificate: Any) -> list[str]:
    return list(dict.fromkeys([certificate["DomainName"], *certificate.get("SubjectAlternativeNames", [])]))


def _covers(certificate: Any, domain: str) -> bool:
    return any(_matches(name, domain) for name in _names(certificate))


def _matches(name: str, domain: str) -> bool:
    """Check whether a certificate's name covers a domain; `*.` stands for one label (RFC 6125)."""
    return name == domain or (name.startswith("*.") and name[1:] == domain[domain.find(".") :])
