"""The author's command line, on a real table."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.conftest import MakePing
from trackback.cli import main
from trackback.errors import StatusChanged
from trackback.ping import Status
from trackback.table import Table

Output = pytest.CaptureFixture[str]
NOW = datetime(2026, 11, 24, tzinfo=UTC)


def said(output: Output, *arguments: str) -> str:
    """Return what a command that works prints."""
    assert main(arguments) == 0
    return output.readouterr().out


def rows(output: Output, *arguments: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in said(output, *arguments, "--json").splitlines()]


def test_json_lists_every_ping_one_a_line(table: Table, make_ping: MakePing, capsys: Output) -> None:
    ping = make_ping(title="Grüße", excerpt="Wörter", blog_name="Blog")
    table.add(ping)
    assert rows(capsys, "list") == [
        {
            "id": ping.id,
            "post": "https://blog.example/2026/hello/",
            "url": ping.url,
            "title": "Grüße",
            "excerpt": "Wörter",
            "blog_name": "Blog",
            "received_at": "2026-11-22T06:11:01Z",
            "status": "received",
            "charset": "utf-8",
            "verdict": None,
        }
    ]


def test_a_list_can_be_of_one_status_or_one_post(table: Table, make_ping: MakePing, capsys: Output) -> None:
    here, spam, there = make_ping(), make_ping(), make_ping(post="blog.example/other")
    for ping in (here, spam, there):
        table.add(ping)
    table.decide(spam.id, Status.SPAM, NOW)

    def ids(*options: str) -> list[str]:
        return [row["id"] for row in rows(capsys, "list", *options)]

    assert ids() == [there.id, spam.id, here.id]
    assert ids("--status", "spam") == [spam.id]
    assert ids("--status", "received") == [there.id, here.id]
    assert ids("--status", "approved") == []
    assert ids("--post", "http://www.blog.example/other/index.html") == [there.id]
    assert ids("--post", "blog.example/2026/hello", "--status", "received") == [here.id]


def test_a_list_is_a_table_that_fits_a_terminal(
    table: Table, make_ping: MakePing, capsys: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    ping = make_ping(title="日本語のとても長い題名" * 5, blog_name="[red]Other[/red]")
    table.add(ping)
    printed = said(capsys, "list")
    for words in (
        ping.id,
        "received",
        "2026-11-22 06:11",
        "日本語",
        "[red]Other[/red] → blog.example/2026/hello/",
    ):
        assert words in printed
    assert all(len(line) <= 80 for line in printed.splitlines())
    assert "\x1b" not in printed


@pytest.mark.usefixtures("table")
def test_an_empty_list_says_so(capsys: Output) -> None:
    assert said(capsys, "list") == "No pings here.\n"
    assert rows(capsys, "list") == []


def test_show_tells_all_of_one_ping(table: Table, make_ping: MakePing, capsys: Output) -> None:
    ping = make_ping(title="Grüße", excerpt="Some words")
    table.add(ping)
    printed = said(capsys, "show", ping.id)
    for words in (ping.id, ping.url, ping.post, "Grüße", "Some words", "received", "2026-11-22T06:11:01Z"):
        assert words in printed
    assert rows(capsys, "show", ping.id)[0]["id"] == ping.id


DECISIONS = [("approve", Status.APPROVED), ("reject", Status.REJECTED), ("spam", Status.SPAM)]


@pytest.mark.parametrize(("command", "status"), DECISIONS)
def test_a_decision_is_made_for_each_ping_named(
    table: Table, make_ping: MakePing, capsys: Output, command: str, status: Status
) -> None:
    pings = [make_ping(), make_ping()]
    for ping in pings:
        table.add(ping)
    printed = said(capsys, command, *[ping.id for ping in pings])
    assert [table.get(ping.id).status for ping in pings] == [status, status]
    assert printed.splitlines() == [f"{ping.id}  received → {status}  {ping.title}" for ping in pings]
    assert "already" in said(capsys, command, pings[0].id)


def test_what_can_be_done_is_done_and_the_rest_is_told(
    table: Table, make_ping: MakePing, capsys: Output
) -> None:
    ping = make_ping()
    table.add(ping)
    assert main(["approve", "nosuchping", ping.id]) == 1
    assert capsys.readouterr().err == "trackback: nosuchping: there is no such ping\n"
    assert table.get(ping.id).status is Status.APPROVED


def test_a_decision_that_came_too_late_is_told(
    table: Table, make_ping: MakePing, capsys: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    ping = make_ping()
    table.add(ping)

    def late(*_: object) -> None:
        raise StatusChanged("its status has changed meanwhile; look at it again")

    monkeypatch.setattr(Table, "decide", late)
    assert main(["reject", ping.id]) == 1
    assert "changed meanwhile" in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments",
    [["show", "nosuchping"], ["list", "--table", "nosuchtable"], ["approve", "x", "--table", "nosuchtable"]],
)
@pytest.mark.usefixtures("table")
def test_what_cannot_be_done_is_one_line_and_status_1(arguments: list[str], capsys: Output) -> None:
    assert main(arguments) == 1
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.startswith("trackback: ")
    assert shown.err.count("\n") == 1


@pytest.mark.parametrize(
    "arguments", [[], ["nonsense"], ["list", "--status", "nice"], ["approve"], ["show"], ["list", "--limit"]]
)
def test_wrong_usage_is_status_2(arguments: list[str], capsys: Output) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert stopped.value.code == 2
    assert "usage: trackback" in capsys.readouterr().err


def test_the_table_can_be_named_in_the_environment(
    make_ping: MakePing, capsys: Output, monkeypatch: pytest.MonkeyPatch, table: Table
) -> None:
    table.add(make_ping())
    monkeypatch.setenv("TRACKBACK_TABLE", "nosuchtable")
    assert main(["list"]) == 1
    assert len(rows(capsys, "list", "--table", "trackback")) == 1


def test_a_stand_in_on_this_machine_needs_no_credentials(
    table: Table, make_ping: MakePing, capsys: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    table.add(make_ping())
    for name in ("AWS_DEFAULT_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    assert len(rows(capsys, "list")) == 1
