"""The doctor examines the author's address and the account in SES."""

from typing import Any

import pytest

from tests.integration.doctor.conftest import AUTHOR, CNAMES, DOMAIN, Deploy, examine
from tests.support.dns_server import dns_server
from tests.support.ses import Ses, account, address, identity
from trackback.cli.doctor.finding import Severity


@pytest.mark.parametrize(
    ("identities", "domain", "production", "words"),
    [
        ({AUTHOR: address()}, "", False, ""),
        ({"blog.example": identity()}, "", False, ""),
        ({AUTHOR: address("FAILED"), "blog.example": identity()}, "", False, ""),
        ({}, DOMAIN, True, ""),
        ({}, DOMAIN, False, "unknown to SES"),
        ({}, "", True, "unknown to SES"),
        ({AUTHOR: address("PENDING")}, "", True, "waits for you to follow the link"),
        ({AUTHOR: address("FAILED")}, "", True, "works for 24 hours"),
        ({AUTHOR: address("TEMPORARY_FAILURE")}, "", True, "a reason at AWS"),
        ({AUTHOR: address("NOT_STARTED")}, "", True, "never confirmed"),
        ({AUTHOR: address("PENDING"), "blog.example": identity("PENDING")}, "", True, "waits for you"),
        ({AUTHOR: address("PENDING")}, DOMAIN, False, "waits for you to follow the link"),
    ],
)
def test_the_authors_address_must_be_confirmed_where_ses_needs_that(
    ses: Ses, deploy: Deploy, identities: dict[str, Any], domain: str, production: bool, words: str
) -> None:
    ses.account, ses.identities = account(production=production), identities | {DOMAIN: identity()}
    with dns_server(CNAMES) as resolver:
        finding = examine(deploy(MailDomain=domain), resolver)["author"]
    assert (finding.severity is Severity.ERROR) == bool(words)
    assert words in finding.words
    assert ("--resend-confirmation" in finding.advice) == bool(words)


@pytest.mark.parametrize("before", [None, "PENDING", "FAILED", "TEMPORARY_FAILURE"])
def test_a_confirmation_is_started_anew_when_asked_for(ses: Ses, deploy: Deploy, before: str | None) -> None:
    ses.identities = {AUTHOR: address(before)} if before else {}
    found = examine(deploy(), resend=True)
    assert ses.mailed == [AUTHOR]
    assert AUTHOR in found["resend"].words
    assert "24 hours" in found["resend"].advice
    assert "waits for you" in found["author"].words


def test_an_address_that_is_confirmed_is_left_alone(ses: Ses, deploy: Deploy) -> None:
    assert "confirmed already" in examine(deploy(), resend=True)["resend"].words
    assert (ses.mailed, ses.identities[AUTHOR]["VerificationStatus"]) == ([], "SUCCESS")


def test_nothing_is_started_anew_unless_asked_for(ses: Ses, deploy: Deploy) -> None:
    ses.identities[AUTHOR] = address("FAILED")
    examine(deploy())
    assert ses.mailed == []


@pytest.mark.parametrize(
    ("known", "check", "severity", "words"),
    [
        (account(), "account", Severity.OK, "sandbox"),
        (account(production=True), "account", Severity.OK, "any address"),
        (account(SendingEnabled=False), "account", Severity.ERROR, "stopped"),
        (account(EnforcementStatus="SHUTDOWN"), "account", Severity.ERROR, "stopped"),
        (account(EnforcementStatus="PROBATION"), "account", Severity.WARNING, "under review"),
        (account(), "quota", Severity.OK, "3 of 200"),
        (account(sent=200), "quota", Severity.ERROR, "200 of 200"),
    ],
)
def test_the_account_and_its_quota_are_told(
    ses: Ses, deploy: Deploy, known: dict[str, Any], check: str, severity: Severity, words: str
) -> None:
    ses.account = known
    finding = examine(deploy())[check]
    assert (finding.severity, words in finding.words) == (severity, True)


@pytest.mark.parametrize(("reason", "words"), [("BOUNCE", "came back"), ("COMPLAINT", "reported as spam")])
def test_an_address_that_ses_holds_mails_back_from_is_told_with_the_command(
    ses: Ses, deploy: Deploy, reason: str, words: str
) -> None:
    ses.suppressed[AUTHOR] = reason
    finding = examine(deploy())["held"]
    assert finding.severity is Severity.ERROR
    assert words in finding.words
    assert "2026-11-28" in finding.words
    assert finding.advice.endswith(f"aws sesv2 delete-suppressed-destination --email-address {AUTHOR}")


def test_in_the_sandbox_ses_does_not_answer_about_its_list(ses: Ses, deploy: Deploy) -> None:
    ses.account = account()
    finding = examine(deploy())["held"]
    assert (finding.severity, "sandbox" in finding.words) == (Severity.WARNING, True)
