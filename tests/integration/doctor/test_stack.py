"""The doctor examines a stack, its alarms and what the credentials may ask."""

import json

import pytest

from tests.integration.doctor.conftest import AUTHOR, Deploy, examine
from tests.support.ses import Ses, address
from tests.support.stacks import deployed
from trackback.cli.doctor.aws import check_status
from trackback.cli.doctor.finding import Severity
from trackback.cli.main import main

Output = pytest.CaptureFixture[str]


@pytest.mark.parametrize(
    ("status", "severity", "advice"),
    [
        ("CREATE_COMPLETE", Severity.OK, ""),
        ("UPDATE_COMPLETE", Severity.OK, ""),
        ("UPDATE_IN_PROGRESS", Severity.WARNING, "when it is done"),
        ("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", Severity.WARNING, "when it is done"),
        ("UPDATE_ROLLBACK_COMPLETE", Severity.WARNING, "describe-stack-events --stack-name blog"),
        ("ROLLBACK_COMPLETE", Severity.ERROR, "delete-stack --stack-name blog"),
        ("ROLLBACK_FAILED", Severity.ERROR, "delete-stack --stack-name blog"),
        ("CREATE_FAILED", Severity.ERROR, "delete-stack --stack-name blog"),
        ("DELETE_FAILED", Severity.ERROR, "delete-stack --stack-name blog"),
        ("UPDATE_ROLLBACK_FAILED", Severity.ERROR, "continue-update-rollback --stack-name blog"),
        ("REVIEW_IN_PROGRESS", Severity.ERROR, "make deploy"),
        ("IMPORT_ROLLBACK_FAILED", Severity.ERROR, "describe-stack-events"),
    ],
)
def test_a_stacks_status_is_judged_and_its_remedy_is_named(
    status: str, severity: Severity, advice: str
) -> None:
    finding = check_status("blog", status)
    assert (finding.severity, status in finding.words) == (severity, True)
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
    ("subscription", "severity", "words"),
    [
        ("confirmed", Severity.OK, "are emailed"),
        ("PendingConfirmation", Severity.ERROR, "not followed the link"),
        ("Deleted", Severity.ERROR, "no longer reach"),
        ("none", Severity.ERROR, "no longer reach"),
    ],
)
@pytest.mark.usefixtures("ses")
def test_alarms_must_reach_the_author(
    deploy: Deploy, subscription: str, severity: Severity, words: str
) -> None:
    finding = examine(deploy(subscription=subscription))["alarms"]
    assert (finding.severity, words in finding.words) == (severity, True)
    assert ("aws sns subscribe --topic-arn arn:" in finding.advice) == (severity is Severity.ERROR)


@pytest.mark.parametrize(("denied", "said"), [("account", "GetAccount"), ("suppression", "GetSuppressed")])
def test_what_the_credentials_may_not_ask_is_told_and_the_rest_is_checked(
    ses: Ses, deploy: Deploy, denied: str, said: str
) -> None:
    ses.denied.add(denied)
    found = examine(deploy())
    assert (found["email"].severity, said in found["email"].words) == (Severity.ERROR, True)
    assert found["alarms"].severity is Severity.OK


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
