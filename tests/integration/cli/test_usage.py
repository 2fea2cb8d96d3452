"""The command line's exit statuses, and how it finds the table."""

import pytest

from tests.conftest import MakePing
from tests.integration.cli.conftest import Output, rows
from trackback.cli.main import main
from trackback.storage.pings import PingStore


@pytest.mark.parametrize(
    "arguments",
    [
        ["show", "nosuchping"],
        ["explain", "nosuchping"],
        ["verify", "nosuchping"],
        ["why", "blog.example/2026/hello"],
        ["list", "--table", "nosuchtable"],
        ["approve", "x", "--table", "nosuchtable"],
    ],
)
@pytest.mark.usefixtures("table")
def test_what_cannot_be_done_is_one_line_and_status_1(arguments: list[str], capsys: Output) -> None:
    assert main(arguments) == 1
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.startswith("trackback: ")
    assert shown.err.count("\n") == 1


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["nonsense"],
        ["list", "--status", "nice"],
        ["list", "--limit"],
        ["approve"],
        ["show"],
        ["explain"],
        ["undo"],
        ["keep"],
        ["verify"],
        ["why"],
        ["rules"],
        ["rules", "add", "allow"],
        ["rules", "add", "love", "host", "x.example"],
        ["rules", "remove", "smell", "x"],
    ],
)
def test_wrong_usage_is_status_2(arguments: list[str], capsys: Output) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert stopped.value.code == 2
    assert "usage: trackback" in capsys.readouterr().err


def test_the_table_can_be_named_in_the_environment(
    make_ping: MakePing, capsys: Output, monkeypatch: pytest.MonkeyPatch, store: PingStore
) -> None:
    store.add(make_ping())
    monkeypatch.setenv("TRACKBACK_TABLE", "nosuchtable")
    assert main(["list"]) == 1
    assert len(rows(capsys, "list", "--table", "trackback")) == 1


def test_a_stand_in_on_this_machine_needs_no_credentials(
    store: PingStore, make_ping: MakePing, capsys: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.add(make_ping())
    for name in ("AWS_DEFAULT_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    assert len(rows(capsys, "list")) == 1
