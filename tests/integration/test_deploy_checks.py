"""What `make deploy` looks at in the account before anything is created."""

import json
from collections.abc import Iterator, Sequence
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
import trustme

from tests.support.template import ROOT
from trackback.cli.deploy import account, certificate, kept_table
from trackback.cli.deploy.identities import identity_parameters
from trackback.cli.deploy.parameters import read_keys
from trackback.cli.deploy.settings_file import Deployment
from trackback.cli.deploy.stack_state import StackNotReady, StackState, first_failure, stack_state
from trackback.storage.table import Table

REGION = "us-east-1"
KEYS = read_keys(ROOT / "template.yaml")
CEILINGS = {"MaxWritesPerSecond": "30", "MaxReadsPerSecond": "300"}


def deployment(**parameters: str) -> Deployment:
    return Deployment(
        REGION, "trackback", {"Sites": "blog.example", "AuthorEmail": "a@b.example", **parameters}
    )


CREATE, EXISTING = "create", "existing"
MADE_HERE = {"AuthorIdentity": CREATE, "AuthorEmail": "a@b.example"}


@pytest.mark.parametrize(
    ("stack", "settings", "known", "author", "domain"),
    [
        ({}, {}, [], CREATE, None),
        ({}, {}, ["a@b.example"], EXISTING, None),
        (MADE_HERE, {}, ["a@b.example"], CREATE, None),
        (MADE_HERE | {"AuthorEmail": "old@b.example"}, {}, ["a@b.example"], EXISTING, None),
        (MADE_HERE | {"AuthorIdentity": EXISTING}, {}, ["a@b.example"], EXISTING, None),
        ({}, {"AuthorIdentity": EXISTING}, [], EXISTING, None),
        ({}, {"MailDomain": "mail.example"}, [], CREATE, CREATE),
        ({}, {"MailDomain": "mail.example"}, ["mail.example"], CREATE, EXISTING),
        ({}, {"MailDomain": "b.example"}, [], None, CREATE),
        (
            {"MailDomainIdentity": CREATE, "MailDomain": "b.example"},
            {"MailDomain": "b.example"},
            ["b.example"],
            None,
            CREATE,
        ),
    ],
)
def test_an_identity_is_made_unless_ses_knows_it_or_another_stack_made_it(
    ses: Any,
    stack: dict[str, str],
    settings: dict[str, str],
    known: Sequence[str],
    author: str | None,
    domain: str | None,
) -> None:
    for identity in known:
        ses.create_email_identity(EmailIdentity=identity)
    state = StackState("trackback", "CREATE_COMPLETE" if stack else "", stack)
    chosen = identity_parameters(deployment(**settings), state)
    assert (chosen.get("AuthorIdentity"), chosen.get("MailDomainIdentity")) == (author, domain)


@pytest.fixture
def ses() -> Iterator[Any]:
    """SES, which knows no identity of these tests before and after each."""
    client = boto3.client("sesv2", region_name=REGION)
    yield client
    known = {it["IdentityName"] for it in client.list_email_identities()["EmailIdentities"]}
    for identity in known & {"a@b.example", "mail.example", "b.example"}:
        client.delete_email_identity(EmailIdentity=identity)


def make_certificate(*names: str) -> str:
    """Import an issued certificate for these names."""
    issued = trustme.CA().issue_cert(*names)
    arn: str = boto3.client("acm", region_name=REGION).import_certificate(
        Certificate=issued.cert_chain_pems[0].bytes(), PrivateKey=issued.private_key_pem.bytes()
    )["CertificateArn"]
    return arn


@pytest.mark.parametrize(
    ("domain", "covered"),
    [
        ("one.cert.example", True),
        ("two.cert.example", True),
        ("any.wild.example", True),
        ("deep.any.wild.example", False),
        ("wild.example", False),
        ("three.cert.example", False),
    ],
)
def test_a_certificate_covers_its_names_and_a_star_one_label(domain: str, covered: bool) -> None:
    for names in (["one.cert.example", "two.cert.example"], ["*.wild.example"]):
        make_certificate(*names)
    if covered:
        certificate.check_certificate(certificate.find_certificate(domain), domain)
    else:
        with pytest.raises(certificate.NoCertificate, match=f"no certificate for {domain} in us-east-1"):
            certificate.find_certificate(domain)


def test_a_certificate_for_another_domain_or_none_at_all_is_refused() -> None:
    arn = make_certificate("mine.example")
    with pytest.raises(certificate.NoCertificate, match=r"is for mine\.example, not for other\.example"):
        certificate.check_certificate(arn, "other.example")
    unknown = arn.rpartition("/")[0] + "/00000000-0000-0000-0000-000000000000"
    with pytest.raises(certificate.NoCertificate, match="CertificateArn: "):
        certificate.check_certificate(unknown, "mine.example")


def test_an_adopted_table_gets_ceilings_on_itself_and_on_every_index(table: Table) -> None:
    """DynamoDB Local knows neither ceilings nor backups: the requests for them are caught."""
    asked: list[dict[str, Any]] = []

    def catch(params: dict[str, Any], **_: Any) -> Any:
        asked.append(json.loads(params["body"]))
        return SimpleNamespace(status_code=200), {}

    boto3.setup_default_session()
    assert boto3.DEFAULT_SESSION
    for operation in ("UpdateTable", "UpdateContinuousBackups"):
        boto3.DEFAULT_SESSION.events.register(f"before-call.dynamodb.{operation}", catch)
    stream = kept_table.adopt(deployment(), {"ExistingTable": table.name, **CEILINGS}, KEYS)
    assert stream == table.client.describe_table(TableName=table.name)["Table"]["LatestStreamArn"]
    ceiling = {"MaxWriteRequestUnits": 30, "MaxReadRequestUnits": 300}
    changes = {name: value for one in asked for name, value in one.items()}
    assert changes["OnDemandThroughput"] == ceiling
    assert [each["Update"] for each in changes["GlobalSecondaryIndexUpdates"]] == [
        {"IndexName": name, "OnDemandThroughput": ceiling} for name in KEYS if name
    ]
    assert changes["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
    boto3.setup_default_session()


@pytest.mark.parametrize(
    ("name", "words"),
    [("nowhere", "There is no table 'nowhere' in this region"), ("shop", "is no table of this service")],
)
def test_a_table_that_is_missing_or_anothers_is_refused(table: Table, name: str, words: str) -> None:
    attribute, key = {"AttributeName": "id", "AttributeType": "S"}, {"AttributeName": "id", "KeyType": "HASH"}
    dynamodb: Any = table.client
    dynamodb.create_table(
        TableName="shop", AttributeDefinitions=[attribute], KeySchema=[key], BillingMode="PAY_PER_REQUEST"
    )
    try:
        with pytest.raises(kept_table.TableUnfit, match=words):
            kept_table.adopt(deployment(), {"ExistingTable": name, **CEILINGS}, KEYS)
    finally:
        dynamodb.delete_table(TableName="shop")


def test_a_table_that_is_being_deleted_is_refused(table: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    found = table.client.describe_table(TableName=table.name)["Table"]
    going = {**found, "TableStatus": "DELETING"}
    monkeypatch.setattr(kept_table, "_described", lambda *_: going)
    with pytest.raises(kept_table.TableUnfit, match=r"is not ready \(DELETING\)"):
        kept_table.adopt(deployment(), {"ExistingTable": table.name, **CEILINGS}, KEYS)


def test_half_a_key_is_no_fault_of_the_network(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    boto3.setup_default_session()
    try:
        with pytest.raises(account.NotAllowed, match="Your AWS credentials cannot be used: Partial"):
            account.caller(REGION)
    finally:
        monkeypatch.undo()
        boto3.setup_default_session()


class Cloudformation:
    """CloudFormation's answers, where a stand-in for AWS brings no stack into such a state."""

    meta = SimpleNamespace(region_name=REGION)

    def __init__(self, status: str, parameters: Sequence[str] = ("Sites", "AuthorEmail")) -> None:
        self._parameters = [{"ParameterKey": name, "ParameterValue": "x"} for name in parameters]
        self._status = status

    def describe_stacks(self, **_: str) -> dict[str, Any]:
        return {"Stacks": [{"StackStatus": self._status, "Parameters": self._parameters}]}


@pytest.mark.parametrize(
    ("status", "has_failed"),
    [
        ("CREATE_COMPLETE", False),
        ("UPDATE_COMPLETE", False),
        ("UPDATE_ROLLBACK_COMPLETE", False),
        ("ROLLBACK_COMPLETE", True),
        ("ROLLBACK_FAILED", True),
        ("DELETE_FAILED", True),
    ],
)
def test_a_stack_that_was_never_whole_must_be_deleted_first(status: str, has_failed: bool) -> None:
    assert stack_state(Cloudformation(status), "trackback").has_failed is has_failed


def test_a_stack_that_could_not_be_deleted_is_not_called_empty() -> None:
    assert "holds nothing" not in stack_state(Cloudformation("DELETE_FAILED"), "trackback").history
    assert "holds nothing" in stack_state(Cloudformation("ROLLBACK_COMPLETE"), "trackback").history


def test_a_change_set_that_was_never_carried_out_is_no_stack() -> None:
    assert stack_state(Cloudformation("REVIEW_IN_PROGRESS"), "trackback") == StackState("trackback")


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ("UPDATE_IN_PROGRESS", "is being changed right now"),
        (
            "UPDATE_ROLLBACK_FAILED",
            "aws cloudformation continue-update-rollback --stack-name trackback --region us-east-1",
        ),
    ],
)
def test_a_stack_that_cannot_be_deployed_now_is_explained(status: str, words: str) -> None:
    with pytest.raises(StackNotReady, match=words):
        stack_state(Cloudformation(status), "trackback")


def test_the_first_resource_that_failed_in_the_last_deployment_is_named() -> None:
    class Events(Cloudformation):
        def get_paginator(self, _: str) -> "Events":
            return self

        def paginate(self, **_: str) -> list[dict[str, Any]]:
            rows = [
                ("2", "Stack", "ROLLBACK_COMPLETE", ""),
                ("2", "Other", "CREATE_FAILED", "Resource creation cancelled"),
                ("2", "Later", "CREATE_FAILED", "because of Broken"),
                ("2", "Broken", "CREATE_FAILED", "it is taken"),
                ("1", "Old", "UPDATE_FAILED", "of an earlier deployment"),
            ]
            names = ("ClientRequestToken", "LogicalResourceId", "ResourceStatus", "ResourceStatusReason")
            return [{"StackEvents": [dict(zip(names, row, strict=True)) for row in rows]}]

    assert first_failure(Events("ROLLBACK_COMPLETE"), "trackback") == "Broken: it is taken"


@pytest.mark.parametrize("region", ["eu-central-1", "us-east-1", "ap-southeast-2", "sa-east-1"])
def test_a_region_with_all_services_is_taken(region: str) -> None:
    assert account.region_problem(region) == ""


@pytest.mark.parametrize(
    ("region", "words"),
    [
        ("mars-1", "There is no region 'mars-1'"),
        ("eu-central", "There is no region"),
        ("", "There is no region"),
        ("ap-east-1", "Amazon SES, which sends your email, is not in ap-east-1"),
        ("cn-north-1", "Amazon SES"),
    ],
)
def test_a_region_without_a_service_is_refused_in_words(region: str, words: str) -> None:
    assert words in account.region_problem(region)


def test_credentials_are_named_and_their_lack_is_explained(monkeypatch: pytest.MonkeyPatch) -> None:
    assert account.caller(REGION).startswith("arn:aws:")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nowhere")
    boto3.setup_default_session()
    try:
        with pytest.raises(account.NotAllowed, match="Run `aws configure`, or use AWS CloudShell"):
            account.caller(REGION)
    finally:
        monkeypatch.undo()
        boto3.setup_default_session()
