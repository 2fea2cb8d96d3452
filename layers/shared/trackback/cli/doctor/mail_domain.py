"""Checks the domain that emails come from: its state in SES, and its DNS records."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from trackback.cli.doctor.dns_records import Dns, NoDns
from trackback.cli.doctor.finding import Finding, Severity, note, right, wrong
from trackback.cli.doctor.identity import find_identity

if TYPE_CHECKING:
    from mypy_boto3_sesv2 import SESV2Client
    from mypy_boto3_sesv2.type_defs import DkimAttributesTypeDef

_HOURS = "SES looks for them for 72 hours after the domain was added."
"""https://docs.aws.amazon.com/ses/latest/dg/managing-identities.html"""

_DKIM = {
    "PENDING": f"SES has not found the three CNAME records yet. {_HOURS}",
    "FAILED": "SES did not find the three CNAME records within 72 hours.",
    "TEMPORARY_FAILURE": "SES no longer finds the three CNAME records.",
    "NOT_STARTED": "SES does not look for the three CNAME records.",
}


def no_domain(author: str) -> Finding:
    """Return the finding for a service that sends from a bare address, without a domain."""
    return note(
        "domain",
        f"There is no MailDomain. Emails come from {author}, without that domain's DKIM signature: they fail "
        "DMARC at Gmail, Yahoo, iCloud and every domain with a policy, and go to spam or are refused.",
        "Set MailDomain to a domain of yours and redeploy. Until then `trackback sign-in` always works.",
    )


def check_domain(ses: "SESV2Client", dns: Dns, domain: str) -> Iterator[Finding]:
    """Yield the domain's state in SES, then its records."""
    identity = find_identity(ses, domain)
    if identity is None:
        yield wrong(
            "domain",
            f"SES does not know {domain} in this region.",
            "Set MailDomainIdentity to create and redeploy.",
        )
        return
    dkim = identity["DkimAttributes"]
    is_verified = identity["VerifiedForSendingStatus"]
    yield _ses_says(domain, dkim, is_verified=is_verified)
    if dkim.get("SigningAttributesOrigin") != "EXTERNAL":  # otherwise the owner has own keys, in TXT records
        yield from _check_records(dns, domain, dkim, Severity.WARNING if is_verified else Severity.ERROR)
    yield _check_spf(dns, domain)
    yield _check_dmarc(dns, domain)


def _ses_says(domain: str, dkim: "DkimAttributesTypeDef", *, is_verified: bool) -> Finding:
    status = dkim.get("Status", "NOT_STARTED")
    if status != "SUCCESS":
        advice = "Add the records below to your DNS. Until SES finds them, use `trackback sign-in`."
        again = f" If 72 hours have passed: aws ses verify-domain-dkim --domain {domain}"
        until = "" if is_verified else f" It takes no emails from {domain} until then."
        return wrong("domain", _DKIM.get(status, status) + until, advice + again)
    if not dkim.get("SigningEnabled"):
        command = f"aws sesv2 put-email-identity-dkim-attributes --email-identity {domain} --signing-enabled"
        return wrong("domain", f"SES knows {domain}, but does not sign its mails.", command)
    if not is_verified:
        return wrong(
            "domain", f"SES does not let emails come from {domain}.", "Look at it in the SES console."
        )
    return right("domain", f"SES signs emails from {domain} (DKIM).")


def _check_records(
    dns: Dns, domain: str, dkim: "DkimAttributesTypeDef", severity: Severity
) -> Iterator[Finding]:
    """Yield a finding for each CNAME record of Easy DKIM. `severity` is the severity of a missing one.

    Once SES has found all records, a missing one is only a note: it may be a fault of the local resolver.
    """
    zone = dkim.get("SigningHostedZone", "dkim.amazonses.com")
    for token in dkim.get("Tokens", []):
        name, target = f"{token}._domainkey.{domain}", f"{token}.{zone}"
        try:
            found = dns.cname(name)
        except NoDns as failure:
            yield note("dkim", f"{name} could not be looked up: {failure}.")
            continue
        if found.lower() == target.lower():
            yield right("dkim", f"{name} CNAME {target}")
        else:
            words = f"points to {found}" if found else "is not in DNS"
            yield Finding("dkim", severity, f"{name} {words}.", f"Add to your DNS: {name} CNAME {target}")


def _check_spf(dns: Dns, domain: str) -> Finding:
    """Check for an SPF record. DMARC does not need it if DKIM passes."""
    try:
        found = [text for text in dns.texts(domain) if text.lower().startswith("v=spf1")]
    except NoDns as failure:
        return note("spf", f"{domain} could not be looked up: {failure}.")
    if found:
        return right("spf", f"{domain} has an SPF record.")
    return note("spf", f"{domain} has no SPF record. Emails pass DMARC by DKIM alone, so it is not needed.")


def _check_dmarc(dns: Dns, domain: str) -> Finding:
    """Check for a DMARC policy at the domain, then at its parent domains, whose policy it inherits."""
    labels = domain.split(".")
    try:
        for first in range(len(labels) - 1):
            name = "_dmarc." + ".".join(labels[first:])
            if any(text.startswith("v=DMARC1") for text in dns.texts(name)):
                return right("dmarc", f"There is a DMARC policy at {name}.")
    except NoDns as failure:
        return note("dmarc", f"{domain} could not be looked up: {failure}.")
    return note(
        "dmarc",
        f"{domain} has no DMARC policy. Some receivers trust emails more where there is one.",
        f'Add to your DNS: _dmarc.{domain} TXT "v=DMARC1; p=none"',
    )
