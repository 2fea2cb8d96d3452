"""A stack, SES and DNS for the doctor to examine."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import boto3
import pytest
from dns.resolver import Resolver
from moto.backends import get_backend

from tests.stack.aws import ACCOUNT
from tests.support.ses import TOKENS, ZONE, Ses, account, address, ses_server
from tests.support.stacks import deployed
from trackback.cli.doctor.aws import AwsDoctor
from trackback.cli.doctor.dns_records import Dns
from trackback.cli.doctor.finding import Finding, Severity
from trackback.cli.stack import Stack

Deploy = Callable[..., str]
AUTHOR, DOMAIN = "author@blog.example", "mail.example"
CNAMES = {(f"{token}._domainkey.{DOMAIN}", "CNAME"): f"{token}.{ZONE}." for token in TOKENS}


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
    severities = list(Severity)
    found = AwsDoctor(Stack(stack), Dns(resolver)).examine(resend=resend)
    return {it.check: it for it in sorted(found, key=lambda it: severities.index(it.severity))}
