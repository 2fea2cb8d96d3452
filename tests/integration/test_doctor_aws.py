"""`trackback doctor --aws`: what it finds in a deployed stack, in SES and in DNS, and what it advises."""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import boto3
import pytest
from dns.resolver import Resolver
from moto.backends import get_backend

from tests.dns_server import dns_server
from tests.ses import TOKENS, ZONE, Ses, account, address, identity, ses_server
from tests.stack.aws import ACCOUNT
from tests.stacks import deployed
from trackback.cli.doctor.aws import AwsDoctor, check_status
from trackback.cli.doctor.dns_records import Dns
from trackback.cli.doctor.finding import Finding, Severity
from trackback.cli.main import main
from trackback.cli.stack import Stack

Output = pytest.CaptureFixture[str]
Deploy = Callable[..., str]
AUTHOR, DOMAIN = "author@blog.example", "mail.example"
CNAMES = {(f"{token}._domainkey.{DOMAIN}", "CNAME"): f"{token}.{ZONE}." for token in TOKENS}
TEXTS = {(DOMAIN, "TXT"): '"v=spf1 " "-all"', (f"_dmarc.{DOMAIN}", "TXT"): '"v=DMARC1; p=none"'}


@pytest.fixture
def ses(monkeypatch: pytest.MonkeyPatch) -> Iterator[Ses]:
    """SES, which has confirmed the author's address and emails any other."""
    ses = Ses(account(production=True), {AUTHOR: address()})
    with ses_server(ses) as url:
        monkeypatch.setenv("AWS_ENDPOINT_URL_SESV2", url)
        monkeypatch.setenv("AWS_ENDPOINT_URL_SES", url)
        yield ses


@pytest.fixture
def deploy() -> Iterator[Deploy]:
    """Deploy a stack whose alarms reach the author; it goes when the test ends."""
    with ExitStack() as stacks:

        def deploy(status: str = "CREATE_COMPLETE", *, subscription: str = "confirmed", **more: str) -> str:
            name = stacks.enter_context(deployed({"AuthorEmail": AUTHOR, **more}, {}, status))
            subscribe(Stack(name).resource("Alarms"), subscription)
            return name

        yield deploy


def subscribe(topic: str, state: str) -> None:
    """Subscribe the author to the alarms; of an unconfirmed subscription SNS tells no ARN."""
    if state == "none":
        return
    sns = boto3.client("sns")
    made = sns.subscribe(TopicArn=topic, Protocol="email", Endpoint=AUTHOR, ReturnSubscriptionArn=True)
    if state != "confirmed":
        known = get_backend("sns")[ACCOUNT]["us-east-1"].subscriptions
        known[made["SubscriptionArn"]].arn = state


def examine(stack: str, resolver: Resolver | None = None, *, resend: bool = False) -> dict[str, Finding]:
    """Return the findings by check; of several of one check the worst."""
    grades = list(Severity)
    found = AwsDoctor(Stack(stack), Dns(resolver)).examine(resend=resend)
    return {it.check: it for it in sorted(found, key=lambda it: grades.index(it.grade))}


def wrongs(findings: dict[str, Finding]) -> set[str]:
    return {check for check, it in findings.items() if it.grade is Severity.WRONG}


@pytest.mark.parametrize(
    ("status", "grade", "advice"),
    [
        ("CREATE_COMPLETE", Severity.RIGHT, ""),
        ("UPDATE_COMPLETE", Severity.RIGHT, ""),
        ("UPDATE_IN_PROGRESS", Severity.NOTE, "when it is done"),
        ("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", Severity.NOTE, "when it is done"),
        ("UPDATE_ROLLBACK_COMPLETE", Severity.NOTE, "describe-stack-events --stack-name blog"),
        ("ROLLBACK_COMPLETE", Severity.WRONG, "delete-stack --stack-name blog"),
        ("ROLLBACK_FAILED", Severity.WRONG, "delete-stack --stack-name blog"),
        ("CREATE_FAILED", Severity.WRONG, "delete-stack --stack-name blog"),
        ("DELETE_FAILED", Severity.WRONG, "delete-stack --stack-name blog"),
        ("UPDATE_ROLLBACK_FAILED", Severity.WRONG, "continue-update-rollback --stack-name blog"),
        ("REVIEW_IN_PROGRESS", Severity.WRONG, "make deploy"),
        ("IMPORT_ROLLBACK_FAILED", Severity.WRONG, "describe-stack-events"),
    ],
)
def test_a_stacks_status_is_judged_and_its_remedy_is_named(status: str, grade: Severity, advice: str) -> None:
    finding = check_status("blog", status)
    assert (finding.grade, status in finding.words) == (grade, True)
    assert advice in finding.advice


@pytest.mark.usefixtures("ses")
def test_of_a_stack_that_never_ran_nothing_more_is_checked(deploy: Deploy) -> None:
    assert set(examine(deploy("ROLLBACK_COMPLETE"))) == {"stack"}


@pytest.mark.usefixtures("ses")
def test_a_stack_that_is_not_there_is_said_to_be_unknown(capsys: Output) -> None:
    assert main(["doctor", "--aws", "--stack", "elsewhere"]) == 1
    printed = " ".join(capsys.readouterr().out.split())
    assert "elsewhere does not exist" in printed
    assert "`make deploy` deploys it." in printed


@pytest.mark.usefixtures("ses")
def test_a_stack_of_another_kind_is_told(capsys: Output) -> None:
    with deployed({}, {}) as name:
        assert main(["doctor", "--aws", "--stack", name]) == 1
    assert "It is not a TrackBack stack." in capsys.readouterr().out


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
    assert (finding.grade is Severity.WRONG) == bool(words)
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


@pytest.mark.usefixtures("ses")
def test_without_a_mail_domain_it_says_what_that_means(deploy: Deploy) -> None:
    finding = examine(deploy())["domain"]
    assert finding.grade is Severity.NOTE
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
    assert finding.grade is (Severity.WRONG if advice else Severity.RIGHT)


def test_a_domain_with_all_its_records_is_right_and_each_is_printed(ses: Ses, deploy: Deploy) -> None:
    ses.identities[DOMAIN] = identity()
    with dns_server(CNAMES | TEXTS) as resolver:
        found = list(AwsDoctor(Stack(deploy(MailDomain=DOMAIN)), Dns(resolver)).examine())
    assert {it.grade for it in found} == {Severity.RIGHT}
    assert [it.words for it in found if it.check == "dkim"] == [
        f"{token}._domainkey.{DOMAIN} CNAME {token}.{ZONE}" for token in TOKENS
    ]


@pytest.mark.parametrize("value", ["", "elsewhere.example."])
@pytest.mark.parametrize(("status", "grade"), [("PENDING", Severity.WRONG), ("SUCCESS", Severity.NOTE)])
def test_a_record_that_is_missing_or_wrong_is_printed_to_be_copied(
    ses: Ses, deploy: Deploy, value: str, status: str, grade: Severity
) -> None:
    ses.identities[DOMAIN] = identity(status)
    name = f"{TOKENS[1]}._domainkey.{DOMAIN}"
    with dns_server(CNAMES | {(name, "CNAME"): value}) as resolver:
        finding = examine(deploy(MailDomain=DOMAIN), resolver)["dkim"]
    assert finding.grade is grade
    assert finding.words.startswith(f"{name} ")
    assert finding.advice == f"Add to your DNS: {name} CNAME {TOKENS[1]}.{ZONE}"


def test_spf_and_dmarc_are_worth_knowing_and_never_wrong(ses: Ses, deploy: Deploy) -> None:
    ses.identities[DOMAIN] = identity()
    with dns_server(CNAMES) as resolver:
        found = examine(deploy(MailDomain=DOMAIN), resolver)
    assert (found["spf"].grade, found["dmarc"].grade) == (Severity.NOTE, Severity.NOTE)
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
        assert (found[check].grade, "could not be looked up" in found[check].words) == (Severity.NOTE, True)


@pytest.mark.parametrize(
    ("known", "check", "grade", "words"),
    [
        (account(), "account", Severity.RIGHT, "sandbox"),
        (account(production=True), "account", Severity.RIGHT, "any address"),
        (account(SendingEnabled=False), "account", Severity.WRONG, "stopped"),
        (account(EnforcementStatus="SHUTDOWN"), "account", Severity.WRONG, "stopped"),
        (account(EnforcementStatus="PROBATION"), "account", Severity.NOTE, "under review"),
        (account(), "quota", Severity.RIGHT, "3 of 200"),
        (account(sent=200), "quota", Severity.WRONG, "200 of 200"),
    ],
)
def test_the_account_and_its_quota_are_told(
    ses: Ses, deploy: Deploy, known: dict[str, Any], check: str, grade: Severity, words: str
) -> None:
    ses.account = known
    finding = examine(deploy())[check]
    assert (finding.grade, words in finding.words) == (grade, True)


@pytest.mark.parametrize(("reason", "words"), [("BOUNCE", "came back"), ("COMPLAINT", "reported as spam")])
def test_an_address_that_ses_holds_mails_back_from_is_told_with_the_command(
    ses: Ses, deploy: Deploy, reason: str, words: str
) -> None:
    ses.suppressed[AUTHOR] = reason
    finding = examine(deploy())["held"]
    assert finding.grade is Severity.WRONG
    assert words in finding.words
    assert "2026-11-28" in finding.words
    assert finding.advice.endswith(f"aws sesv2 delete-suppressed-destination --email-address {AUTHOR}")


def test_in_the_sandbox_ses_does_not_answer_about_its_list(ses: Ses, deploy: Deploy) -> None:
    ses.account = account()
    finding = examine(deploy())["held"]
    assert (finding.grade, "sandbox" in finding.words) == (Severity.NOTE, True)


@pytest.mark.parametrize(
    ("subscription", "grade", "words"),
    [
        ("confirmed", Severity.RIGHT, "are emailed"),
        ("PendingConfirmation", Severity.WRONG, "not followed the link"),
        ("Deleted", Severity.WRONG, "no longer reach"),
        ("none", Severity.WRONG, "no longer reach"),
    ],
)
@pytest.mark.usefixtures("ses")
def test_alarms_must_reach_the_author(deploy: Deploy, subscription: str, grade: Severity, words: str) -> None:
    finding = examine(deploy(subscription=subscription))["alarms"]
    assert (finding.grade, words in finding.words) == (grade, True)
    assert ("aws sns subscribe --topic-arn arn:" in finding.advice) == (grade is Severity.WRONG)


@pytest.mark.parametrize(("denied", "said"), [("account", "GetAccount"), ("suppression", "GetSuppressed")])
def test_what_the_credentials_may_not_ask_is_told_and_the_rest_is_checked(
    ses: Ses, deploy: Deploy, denied: str, said: str
) -> None:
    ses.denied.add(denied)
    found = examine(deploy())
    assert (found["email"].grade, said in found["email"].words) == (Severity.WRONG, True)
    assert found["alarms"].grade is Severity.RIGHT


@pytest.mark.usefixtures("ses")
def test_the_command_prints_findings_and_its_status_says_whether_all_is_right(
    deploy: Deploy, capsys: Output
) -> None:
    assert main(["doctor", "--aws", "--stack", deploy()]) == 0
    printed = capsys.readouterr().out
    assert [line.split()[:2] for line in printed.splitlines() if line.startswith(("right", "note"))] == [
        ["right", "stack"],
        ["right", "author"],
        ["note", "domain"],
        ["right", "account"],
        ["right", "quota"],
        ["right", "held"],
        ["right", "alarms"],
    ]
    assert printed.endswith("\nAll is right.\n")


def test_programs_get_one_object_a_line(ses: Ses, deploy: Deploy, capsys: Output) -> None:
    ses.identities[AUTHOR] = address("PENDING")
    command = ["doctor", "--aws", "--json", "--resend-confirmation", "--stack", deploy()]
    assert main(command) == 1
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [row["check"] for row in rows][:3] == ["stack", "resend", "author"]
    assert all(set(row) == {"check", "grade", "words", "advice"} for row in rows)


@pytest.mark.parametrize(
    "arguments",
    [
        ["doctor"],
        ["doctor", "--aws", "https://blog.example/"],
        ["doctor", "--resend-confirmation", "https://b.example/"],
    ],
)
def test_a_doctor_of_nothing_or_of_two_things_is_wrong_usage(arguments: list[str], capsys: Output) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert stopped.value.code == 2
    assert "--aws" in capsys.readouterr().err
