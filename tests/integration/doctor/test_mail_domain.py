"""The doctor examines the mail domain and its DNS records."""

from typing import Any

import pytest
from dns.resolver import Resolver

from tests.integration.doctor.conftest import AUTHOR, CNAMES, DOMAIN, Deploy, examine
from tests.support.dns_server import dns_server
from tests.support.ses import TOKENS, ZONE, Ses, identity
from trackback.cli.doctor.aws import AwsDoctor
from trackback.cli.doctor.dns_records import Dns
from trackback.cli.doctor.finding import Severity
from trackback.cli.stack import Stack

TEXTS = {(DOMAIN, "TXT"): '"v=spf1 " "-all"', (f"_dmarc.{DOMAIN}", "TXT"): '"v=DMARC1; p=none"'}


@pytest.mark.usefixtures("ses")
def test_without_a_mail_domain_it_says_what_that_means(deploy: Deploy) -> None:
    finding = examine(deploy())["domain"]
    assert finding.severity is Severity.WARNING
    for word in ("DMARC", "Gmail", "Yahoo", "iCloud", "spam", "refused"):
        assert word in finding.words
    assert "MailDomain" in finding.advice
    assert "`trackback sign-in`" in finding.advice


@pytest.mark.parametrize("identities", [{}, {AUTHOR: identity()}])
def test_an_address_in_a_domain_that_ses_signs_for_has_that_domains_checks(
    ses: Ses, deploy: Deploy, identities: dict[str, Any]
) -> None:
    ses.identities = {"blog.example": identity()} | identities
    with dns_server(TEXTS) as resolver:
        found = examine(deploy(), resolver)
    assert found["domain"].words == "SES signs emails from blog.example (DKIM)."


def test_an_address_whose_own_identity_is_not_signed_for_is_as_without_a_domain(
    ses: Ses, deploy: Deploy
) -> None:
    ses.identities["blog.example"] = identity()
    assert "There is no MailDomain" in examine(deploy())["domain"].words


@pytest.mark.parametrize(
    ("known", "words", "advice"),
    [
        (None, "does not know", "MailDomainIdentity to create"),
        (identity("PENDING"), "72 hours", "records below"),
        (identity("FAILED"), "within 72 hours", f"aws ses verify-domain-dkim --domain {DOMAIN}"),
        (identity("TEMPORARY_FAILURE"), "no longer finds", "verify-domain-dkim"),
        (identity("NOT_STARTED"), "does not look", "`trackback sign-in`"),
        (identity("SUCCESS", SigningEnabled=False), "does not sign", "--signing-enabled"),
        (identity("FAILED", Status="SUCCESS"), "does not let", "console"),
        (identity(), f"signs emails from {DOMAIN}", ""),
    ],
)
def test_what_ses_thinks_of_the_mail_domain_is_told(
    ses: Ses, deploy: Deploy, known: dict[str, Any] | None, words: str, advice: str
) -> None:
    ses.identities |= {DOMAIN: known} if known else {}
    with dns_server(CNAMES | TEXTS) as resolver:
        finding = examine(deploy(MailDomain=DOMAIN), resolver)["domain"]
    assert words in finding.words
    assert advice in finding.advice
    assert finding.severity is (Severity.ERROR if advice else Severity.OK)


def test_a_domain_with_all_its_records_is_right_and_each_is_printed(ses: Ses, deploy: Deploy) -> None:
    ses.identities[DOMAIN] = identity()
    with dns_server(CNAMES | TEXTS) as resolver:
        found = list(AwsDoctor(Stack(deploy(MailDomain=DOMAIN)), Dns(resolver)).examine())
    assert {it.severity for it in found} == {Severity.OK}
    assert [it.words for it in found if it.check == "dkim"] == [
        f"{token}._domainkey.{DOMAIN} CNAME {token}.{ZONE}" for token in TOKENS
    ]


@pytest.mark.parametrize("value", ["", "elsewhere.example."])
@pytest.mark.parametrize(("status", "severity"), [("PENDING", Severity.ERROR), ("SUCCESS", Severity.WARNING)])
def test_a_record_that_is_missing_or_wrong_is_printed_to_be_copied(
    ses: Ses, deploy: Deploy, value: str, status: str, severity: Severity
) -> None:
    ses.identities[DOMAIN] = identity(status)
    name = f"{TOKENS[1]}._domainkey.{DOMAIN}"
    with dns_server(CNAMES | {(name, "CNAME"): value}) as resolver:
        finding = examine(deploy(MailDomain=DOMAIN), resolver)["dkim"]
    assert finding.severity is severity
    assert finding.words.startswith(f"{name} ")
    assert finding.advice == f"Add to your DNS: {name} CNAME {TOKENS[1]}.{ZONE}"


def test_spf_and_dmarc_are_worth_knowing_and_never_wrong(ses: Ses, deploy: Deploy) -> None:
    ses.identities[DOMAIN] = identity()
    with dns_server(CNAMES) as resolver:
        found = examine(deploy(MailDomain=DOMAIN), resolver)
    assert (found["spf"].severity, found["dmarc"].severity) == (Severity.WARNING, Severity.WARNING)
    assert f"_dmarc.{DOMAIN} TXT" in found["dmarc"].advice


def test_a_policy_of_the_domain_above_counts(ses: Ses, deploy: Deploy) -> None:
    domain = f"news.{DOMAIN}"
    ses.identities[domain] = identity()
    with dns_server(TEXTS) as resolver:
        found = examine(deploy(MailDomain=domain), resolver)
    assert found["dmarc"].words == f"There is a DMARC policy at _dmarc.{DOMAIN}."


def test_keys_of_the_owners_own_have_no_records_to_look_for(ses: Ses, deploy: Deploy) -> None:
    ses.identities[DOMAIN] = identity(SigningAttributesOrigin="EXTERNAL")
    with dns_server(TEXTS) as resolver:
        assert "dkim" not in examine(deploy(MailDomain=DOMAIN), resolver)


def test_dns_that_does_not_answer_is_no_fault_of_the_domain(ses: Ses, deploy: Deploy) -> None:
    ses.identities[DOMAIN] = identity("PENDING")
    nowhere = Resolver(configure=False)  # it has no server to ask
    found = examine(deploy(MailDomain=DOMAIN), nowhere)
    for check in ("dkim", "spf", "dmarc"):
        assert (found[check].severity, "could not be looked up" in found[check].words) == (
            Severity.WARNING,
            True,
        )
