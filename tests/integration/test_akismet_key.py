"""Akismet's key in SSM: set by the page or the command, read seldom by `verify`, shown to nobody."""

import io
import json
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from functions.verify import app
from tests.support.admin_client import SETTINGS, Visitor
from trackback.cli.main import main
from trackback.errors import BadSettings
from trackback.storage.akismet_key import FRESH, AkismetKey

if TYPE_CHECKING:
    from mypy_boto3_ssm import SSMClient

NAME = "/trackback/trackback/akismet-key"
KEY = "0123456789ab"
NOW = datetime(2026, 11, 24, tzinfo=UTC)
Output = pytest.CaptureFixture[str]


@pytest.fixture
def ssm() -> Iterator["SSMClient"]:
    """SSM without a key, before and after."""
    client = boto3.client("ssm")
    client.delete_parameters(Names=[NAME])
    yield client
    client.delete_parameters(Names=[NAME])


def stored(ssm: "SSMClient") -> str:
    found = ssm.get_parameter(Name=NAME, WithDecryption=True)["Parameter"]
    assert found["Type"] == "SecureString"
    return found["Value"]


class Counted:
    """SSM's answers, counted; a fault in place of each, if one is set."""

    def __init__(self, client: "SSMClient") -> None:
        self.exceptions = client.exceptions
        self.calls = 0
        self.fault: Exception | None = None
        self._client = client

    def get_parameter(self, **asked: Any) -> Any:
        self.calls += 1
        if self.fault:
            raise self.fault
        return self._client.get_parameter(**asked)


@pytest.fixture
def counted(ssm: "SSMClient") -> Counted:
    return Counted(ssm)


@pytest.fixture
def key(counted: Counted) -> AkismetKey:
    key = AkismetKey(NAME)
    vars(key)["client"] = counted
    return key


@pytest.mark.parametrize("value", [KEY, ""], ids=["set", "missing"])
def test_it_is_read_once_in_five_minutes(
    ssm: "SSMClient", key: AkismetKey, counted: Counted, value: str
) -> None:
    if value:
        AkismetKey(NAME).save(value)
    minute = timedelta(minutes=1)
    assert [key.load(NOW + minute * passed) for passed in range(5)] == [value] * 5
    assert counted.calls == 1
    ssm.delete_parameters(Names=[NAME])
    assert key.load(NOW + FRESH) == ""
    assert counted.calls == 2


@pytest.mark.usefixtures("ssm")
@pytest.mark.parametrize(
    "fault",
    [
        ClientError({"Error": {"Code": "AccessDeniedException", "Message": ""}}, "GetParameter"),
        EndpointConnectionError(endpoint_url="https://ssm.example"),
    ],
    ids=["refused", "unreachable"],
)
def test_while_ssm_fails_the_last_known_key_counts_and_ssm_is_left_alone(
    key: AkismetKey, counted: Counted, fault: Exception
) -> None:
    counted.fault = fault
    assert key.load(NOW) == ""
    counted.fault = None
    AkismetKey(NAME).save(KEY)
    assert key.load(NOW + FRESH) == KEY
    counted.fault = fault
    assert [key.load(NOW + FRESH * 2 + timedelta(seconds=n)) for n in range(3)] == [KEY] * 3
    assert counted.calls == 3


@pytest.mark.usefixtures("ssm")
def test_verify_takes_a_new_key_without_a_deployment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app, "akismet_key", AkismetKey(NAME))
    assert app.akismet._key() == ""
    AkismetKey(NAME).save(KEY)
    monkeypatch.setattr(app, "akismet_key", AkismetKey(NAME))  # as after five minutes
    assert app.akismet._key() == KEY


@pytest.mark.parametrize("text", ["", "short", "0123456789abc", "0123456789a!", "0123 56789ab"])
def test_what_is_no_key_is_not_saved(ssm: "SSMClient", text: str) -> None:
    with pytest.raises(BadSettings, match="12 letters and digits"):
        AkismetKey(NAME).save(text)
    assert ssm.get_parameters(Names=[NAME])["Parameters"] == []


def test_the_page_saves_replaces_and_removes_the_key_and_shows_its_end_alone(
    ssm: "SSMClient", author: Visitor
) -> None:
    assert "Remove key" not in author.read(SETTINGS)
    answer = author.post(f"{SETTINGS}/akismet-key", {"do": "save", "akismet_key": f" {KEY} "})
    assert answer["headers"]["Location"] == f"{SETTINGS}#akismet"
    assert "saved" in author.notice()
    assert stored(ssm) == KEY
    page = author.read(SETTINGS)
    assert "ends in <code>89ab</code>" in page
    assert KEY not in page
    author.post(f"{SETTINGS}/akismet-key", {"do": "save", "akismet_key": "ffffffffffff"})
    assert stored(ssm) == "ffffffffffff"
    for _ in range(2):  # the second time, there is none
        author.post(f"{SETTINGS}/akismet-key", {"do": "remove"})
        assert "removed" in author.notice()
    assert ssm.get_parameters(Names=[NAME])["Parameters"] == []


def test_a_key_that_is_none_stays_out_of_the_page(ssm: "SSMClient", author: Visitor) -> None:
    answer = author.post(f"{SETTINGS}/akismet-key", {"do": "save", "akismet_key": "secret, but wrong"})
    assert answer["statusCode"] == 400
    assert "12 letters and digits" in answer["body"]
    assert "secret, but wrong" not in answer["body"]
    assert ssm.get_parameters(Names=[NAME])["Parameters"] == []


def test_nobody_but_the_author_changes_the_key(ssm: "SSMClient", stranger: Visitor) -> None:
    answer = stranger.post(f"{SETTINGS}/akismet-key", {"do": "save", "akismet_key": KEY})
    assert answer["statusCode"] == 403
    assert ssm.get_parameters(Names=[NAME])["Parameters"] == []


@pytest.mark.usefixtures("table")
def test_the_command_reads_the_key_from_stdin_and_prints_its_end_alone(
    ssm: "SSMClient", monkeypatch: pytest.MonkeyPatch, capsys: Output
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"{KEY}\n"))
    assert main(["settings", "akismet-key"]) == 0
    assert stored(ssm) == KEY
    assert main(["settings"]) == 0
    printed = capsys.readouterr().out
    assert "ends in 89ab" in printed
    assert KEY not in printed
    assert main(["settings", "akismet-key", "--remove"]) == 0
    assert main(["settings", "akismet-key", "--remove"]) == 1
    assert "no key to remove" in capsys.readouterr().err


@pytest.mark.usefixtures("table")
def test_the_command_asks_at_a_terminal_without_showing_what_is_typed(
    ssm: "SSMClient", monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    monkeypatch.setattr("getpass.getpass", lambda _: KEY)
    assert main(["settings", "akismet-key"]) == 0
    assert stored(ssm) == KEY


def test_the_command_takes_no_key_as_an_argument(ssm: "SSMClient") -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["settings", "akismet-key", KEY])
    assert ssm.get_parameters(Names=[NAME])["Parameters"] == []


@pytest.mark.usefixtures("ssm", "table")
def test_settings_are_printed_for_programs_too(capsys: Output) -> None:
    assert main(["settings", "--json"]) == 0
    settings = json.loads(capsys.readouterr().out)
    assert (settings["notify"], settings["keep_days"], settings["akismet_key"]) == ("each", 30, False)


@pytest.mark.usefixtures("ssm", "table")
def test_another_stack_has_another_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(KEY))
    assert main(["settings", "akismet-key", "--stack", "other"]) == 0
    assert AkismetKey(NAME).read() == ""
    assert AkismetKey("/trackback/other/akismet-key").remove()
