"""A stack with a mail domain, deployed beside an address that SES knows already, and deleted again."""

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.deploy import emulator
from tests.deploy.emulator import Stack
from tests.deploy.test_contract import FORM, TRACKBACK

AUTHOR, DOMAIN = "author@blog.example", "mail.blog.example"


@pytest.fixture(scope="module")
def stack(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """It, in an account whose SES knows the author's address."""
    with emulator.emulator(tmp_path_factory.mktemp("emulator")) as environment:
        emulator.client("sesv2", environment).create_email_identity(EmailIdentity=AUTHOR)
        yield emulator.deploy(built, environment, Sites="blog.example", AuthorEmail=AUTHOR, MailDomain=DOMAIN)


def identities(stack: Stack) -> set[Any]:
    found = emulator.client("sesv2", stack.environment).list_email_identities()["EmailIdentities"]
    return {it["IdentityName"] for it in found}


def trackback(stack: Stack, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run the command line with the owner's credentials."""
    command = [str(TRACKBACK), *arguments]
    return subprocess.run(command, env=stack.environment, capture_output=True, text=True, check=False)


def test_an_address_that_ses_knows_does_not_hinder_the_deployment(stack: Stack) -> None:
    assert identities(stack) == {AUTHOR, DOMAIN}


def test_the_printed_link_signs_in(stack: Stack) -> None:
    done = trackback(stack, "sign-in")
    assert done.returncode == 0, done.stderr
    path = done.stdout.strip().removeprefix(stack.outputs["ApiUrl"])
    answer = stack.request("POST", path, "", Content_Type=FORM)
    assert (answer.status, answer.headers["location"]) == (303, "/moderate")
    assert stack.request("POST", path, "", Content_Type=FORM).status == 410


def test_the_doctor_finds_the_stack_and_looks_at_all_that_mails_need(stack: Stack) -> None:
    printed = trackback(stack, "doctor", "--aws").stdout
    assert "The stack is deployed." in printed
    assert {
        line.split()[1] for line in printed.splitlines() if line[:5].strip() in {"right", "note", "wrong"}
    } >= {
        "stack",
        "author",
        "domain",
        "account",
        "quota",
        "alarms",
    }


def test_both_identities_stay_when_the_stack_is_deleted(stack: Stack) -> None:
    """The last test of this stack."""
    client = emulator.client("cloudformation", stack.environment)
    client.delete_stack(StackName="trackback")
    client.get_waiter("stack_delete_complete").wait(StackName="trackback", WaiterConfig={"Delay": 1})
    assert identities(stack) == {AUTHOR, DOMAIN}
