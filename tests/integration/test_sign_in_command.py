"""`trackback sign-in`: a way in without mail, for the owner of the AWS account."""

import os
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import uuid4

import boto3
import pytest

from functions.moderate import app
from tests.support.admin_client import QUEUE, SIGN_IN, Visitor
from tests.support.stacks import deployed
from trackback.cli.main import main
from trackback.signing import SIGN_IN_LASTS
from trackback.storage.api_address import note_api
from trackback.storage.sign_ins import SignIns
from trackback.storage.signing_keys import Keys
from trackback.storage.table import Table

Output = pytest.CaptureFixture[str]
API = "https://api.example"


@pytest.fixture(autouse=True)
def no_names(monkeypatch: pytest.MonkeyPatch) -> None:
    """Name nothing in the environment."""
    for name in ("TRACKBACK_API", "TRACKBACK_STACK", "TRACKBACK_TABLE"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def noted(table: Table) -> Table:
    """A table in which the service has noted its address, as on the local stack."""
    note_api(table, {}, API)
    return table


@pytest.fixture
def stack(table: Table) -> Iterator[str]:
    """A deployed stack that names this table and another address."""
    with deployed({}, {"TableName": table.name, "ApiUrl": "https://own.example"}) as name:
        yield name
        boto3.client("ssm").delete_parameters(Names=[f"/trackback/{name}/signing-key"])


def printed_path(output: Output, *arguments: str) -> str:
    """Return the path of the printed link."""
    assert main(["sign-in", *arguments]) == 0
    return output.readouterr().out.strip().removeprefix(API)


@pytest.mark.usefixtures("noted")
def test_the_printed_link_signs_in_once_by_a_button(stranger: Visitor, capsys: Output) -> None:
    path = printed_path(capsys)
    assert "<form" in stranger.read(path)
    assert stranger.post(path)["headers"]["Location"] == QUEUE
    assert Visitor().post(path)["statusCode"] == 410


@pytest.mark.usefixtures("noted")
def test_the_link_alone_is_on_stdout_so_that_it_can_be_piped(capsys: Output) -> None:
    assert main(["sign-in"]) == 0
    said = capsys.readouterr()
    assert re.fullmatch(rf"{API}{SIGN_IN}/[\w.-]+\n", said.out)
    assert "once, for 15 minutes" in said.err
    assert "emailed before no longer works" in said.err


@pytest.mark.usefixtures("noted")
def test_a_link_is_printed_while_a_mailed_one_is_outstanding_and_replaces_it(
    stranger: Visitor, capsys: Output
) -> None:
    mailed = app.services.sign_ins.ask(datetime.now(UTC))
    path = printed_path(capsys)
    assert Visitor().post(f"{SIGN_IN}/{mailed}")["statusCode"] == 410
    assert stranger.post(path)["statusCode"] == 303


@pytest.mark.usefixtures("noted")
def test_no_request_for_a_mail_replaces_the_printed_link(stranger: Visitor, capsys: Output) -> None:
    path = printed_path(capsys)
    assert app.services.sign_ins.ask(datetime.now(UTC)) is None
    assert stranger.post(path)["statusCode"] == 303


def test_an_old_link_is_refused(noted: Table, stranger: Visitor) -> None:
    then = datetime.now(UTC) - SIGN_IN_LASTS * 1.1
    token = SignIns(noted, Keys("/trackback/trackback/signing-key")).issue(then)
    assert stranger.post(f"{SIGN_IN}/{token}")["statusCode"] == 410


def test_in_aws_table_and_address_are_the_stacks_own_and_the_key_has_its_name(
    stack: str, table: Table, capsys: Output
) -> None:
    assert main(["sign-in", "--stack", stack]) == 0
    link = capsys.readouterr().out.strip()
    assert link.startswith(f"https://own.example{SIGN_IN}/")
    owner = SignIns(table, Keys(f"/trackback/{stack}/signing-key"))
    assert owner.enter(link.rpartition("/")[2], datetime.now(UTC))


def test_another_address_can_be_named(stack: str, capsys: Output) -> None:
    assert main(["sign-in", "--stack", stack, "--api", "https://new.example/x"]) == 0
    assert capsys.readouterr().out.startswith("https://new.example/moderate/sign-in/")


def test_a_stack_that_is_not_there_is_named_and_no_key_is_made(
    capsys: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    endpoint = os.environ["AWS_ENDPOINT_URL"].replace("localhost", "127.1")  # as if it were not here
    monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
    name = f"none-{uuid4()}"
    assert main(["sign-in", "--stack", name]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert name in said.err
    assert "--stack or TRACKBACK_STACK" in said.err
    found = boto3.client("ssm").get_parameters(Names=[f"/trackback/{name}/signing-key"])
    assert found["Parameters"] == []


def test_a_stack_of_another_kind_is_refused(capsys: Output, monkeypatch: pytest.MonkeyPatch) -> None:
    endpoint = os.environ["AWS_ENDPOINT_URL"].replace("localhost", "127.1")
    monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
    with deployed({}, {}) as name:
        assert main(["sign-in", "--stack", name]) == 1
    assert "is not a TrackBack stack" in capsys.readouterr().err


@pytest.mark.usefixtures("noted")
def test_a_broken_key_is_one_line_that_says_what_to_do(capsys: Output) -> None:
    ssm, name = boto3.client("ssm"), "/trackback/trackback/signing-key"
    ssm.put_parameter(Name=name, Value="nonsense", Type="SecureString", Overwrite=True)
    try:
        assert main(["sign-in"]) == 1
    finally:
        ssm.delete_parameters(Names=[name])
    assert "does not hold signing keys" in capsys.readouterr().err
