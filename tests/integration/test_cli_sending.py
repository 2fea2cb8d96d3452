"""The commands that send, with a ledger in a file and in the table."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from werkzeug.wrappers import Response

from tests.support.receivers import Web, post, refused
from tests.support.template import ROOT
from trackback.cli.main import main
from trackback.model.sent_ping import SentPing
from trackback.model.settings import Settings
from trackback.storage.sent_pings_file import SentPingsFile
from trackback.storage.settings import save_settings
from trackback.storage.table import Table

Output = pytest.CaptureFixture[str]


@pytest.fixture(params=["file", "table"])
def ledger(request: pytest.FixtureRequest, tmp_path: Path) -> list[str]:
    """Name an empty ledger, as the command line does."""
    if request.param == "file":
        return ["--ledger", str(tmp_path / "sent.json")]
    request.getfixturevalue("table")
    return []


def said(output: Output, *arguments: str, status: int = 0) -> str:
    """Return what a command prints, in one line."""
    assert main(arguments) == status
    return " ".join(output.readouterr().out.split())


def feed(blog: Web, *paths: str) -> None:
    """Have the blog's feed list some posts, the newest first."""
    items = "".join(f"<item><title>{path}</title><link>{blog.url}{path}</link></item>" for path in paths)
    rss = f"<rss version='2.0'><channel>{items}</channel></rss>"
    blog.pages["/feed"] = Response(rss, content_type="application/rss+xml")


def test_a_post_is_sent_once_and_the_ledger_tells_of_it(
    blog: Web, other: Web, ledger: list[str], capsys: Output
) -> None:
    blog.pages["/post"] = post(f"{other.url}/p/a", f"{other.url}/p/b")
    other.pages["/tb/b"] = refused("Closed.")
    first = said(capsys, "send", *ledger, f"{blog.url}/post")
    assert f"accepted {other.url}/p/a" in first
    assert f"refused {other.url}/p/b" in first
    assert "Nothing was sent again" not in first
    again = said(capsys, "send", *ledger, f"{blog.url}/post")
    assert "Nothing was sent again; --again retries what did not arrive." in again
    assert other.pinged() == ["a", "b"]
    story = said(capsys, "sent", *ledger)
    assert all(words in story for words in ("accepted", "refused", "Closed.", f"by {other.url}/tb/a"))
    said(capsys, "send", *ledger, "--again", f"{blog.url}/post")
    assert other.pinged() == ["a", "b", "b"]


def test_programs_read_the_ledger_one_record_a_line(
    blog: Web, other: Web, ledger: list[str], capsys: Output
) -> None:
    for path in ("/post", "/more"):
        blog.pages[path] = post(f"{other.url}/p{path}")
        said(capsys, "send", *ledger, f"{blog.url}{path}")
    lines = said(capsys, "sent", *ledger, "--json", "--post", f"{blog.url}/post").splitlines()
    (record,) = map(json.loads, lines)
    assert (record["target"], record["stage"]) == (f"{other.url}/p/post", "accepted")
    assert (record["ping_url"], record["attempts"]) == (f"{other.url}/tb/post", 1)
    assert said(capsys, "sent", *ledger, "--post", "blog.example/none") == "Nothing was sent."


def test_a_dry_run_tells_what_would_be_sent_and_sends_nothing(
    blog: Web, other: Web, ledger: list[str], capsys: Output
) -> None:
    blog.pages["/post"] = post(f"{other.url}/p/a", title="Mine")
    told = said(capsys, "send", *ledger, "--dry-run", f"{blog.url}/post")
    assert f"would send {other.url}/tb/a Mine" in told
    assert "I have read what they say of it." in told
    assert not other.pings
    assert said(capsys, "sent", *ledger) == "Nothing was sent."


def test_a_dry_run_tells_which_links_get_no_ping(blog: Web, ledger: list[str], capsys: Output) -> None:
    blog.pages["/post"] = (
        "<article>I read <a rel=nofollow href=https://other.example/>x</a>.</article>"
        "<div id=comments><a href=https://a.example/>a</a><a href=https://b.example/>b</a></div>"
    )
    told = said(capsys, "send", *ledger, "--dry-run", f"{blog.url}/post")
    assert told.endswith(
        "Nothing to send. Left out: 1 link marked nofollow, ugc or sponsored; 2 links in comments."
    )
    assert "Left out" not in said(capsys, "send", *ledger, f"{blog.url}/post")


def test_a_ping_url_may_be_given_by_hand(blog: Web, other: Web, ledger: list[str], capsys: Output) -> None:
    blog.pages["/post"] = post(f"{other.url}/p/a")
    told = said(capsys, "send", *ledger, "--to", f"{other.url}/tb/by-hand", f"{blog.url}/post")
    assert "accepted" in told
    assert other.pinged() == ["by-hand"]


def test_a_feed_sends_what_is_new_since_it_was_read_last(
    blog: Web, other: Web, ledger: list[str], capsys: Output
) -> None:
    for name in ("old", "new"):
        blog.pages[f"/{name}"] = post(f"{other.url}/p/{name}")
    feed(blog, "/old")
    run = ["send", *ledger, "--feed", f"{blog.url}/feed", "--since-last"]
    assert said(capsys, *run) == "1 old posts send nothing."
    feed(blog, "/new", "/old")
    assert f"accepted {other.url}/p/new" in said(capsys, *run)
    assert said(capsys, *run) == "Nothing new."
    assert other.pinged() == ["new"]
    said(capsys, *run[:-1], "--all")
    assert other.pinged() == ["new", "old"]


def test_posts_on_another_host_than_the_feed_are_told_of(
    blog: Web, other: Web, ledger: list[str], capsys: Output
) -> None:
    feed(other, "/posts/1", "/posts/2")
    blog.pages["/feed"] = other.pages["/feed"]
    told = said(capsys, "send", *ledger, "--feed", f"{blog.url}/feed")
    assert told == "2 posts are on another host than the feed, and send nothing."


def test_what_is_due_is_tried_again_with_the_feed(
    blog: Web, other: Web, tmp_path: Path, capsys: Output
) -> None:
    path = tmp_path / "sent.json"
    blog.pages["/post"] = post(f"{other.url}/p/a")
    feed(blog)
    other.pages["/tb/a"] = Response("busy", 503)
    assert "later" in said(capsys, "send", "--ledger", str(path), f"{blog.url}/post")
    del other.pages["/tb/a"]
    kept = json.loads(path.read_text("utf-8"))
    for record in kept["sent"].values():
        record["next_at"] = record["first_at"]
    path.write_text(json.dumps(kept), "utf-8")
    told = said(capsys, "send", "--ledger", str(path), "--feed", f"{blog.url}/feed")
    assert "accepted" in told


def test_hosts_that_are_never_pinged_are_left_alone(
    blog: Web, other: Web, ledger: list[str], capsys: Output
) -> None:
    blog.pages["/post"] = post(f"{other.url}/p/a")
    assert "Nothing to send." in said(capsys, "send", *ledger, "--never", "127.0.0.1", f"{blog.url}/post")
    assert not other.requests


def test_the_authors_settings_count(blog: Web, other: Web, table: Table, capsys: Output) -> None:
    save_settings(table, Settings(never=("127.0.0.1",)), Settings())
    blog.pages["/post"] = post(f"{other.url}/p/a")
    assert "Nothing to send." in said(capsys, "send", f"{blog.url}/post")


def test_a_post_or_feed_that_cannot_be_had_is_told(blog: Web, ledger: list[str], capsys: Output) -> None:
    assert main(["send", *ledger, f"{blog.url}/none"]) == 1
    assert "its server answers 404" in capsys.readouterr().err
    assert main(["send", *ledger, "--feed", f"{blog.url}/none"]) == 1
    assert "the server answers 404" in capsys.readouterr().err
    feed(blog, "/none")
    assert main(["send", *ledger, "--feed", f"{blog.url}/feed", "--all"]) == 1
    assert "404" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "name one post, or a feed"),
        (["https://blog.example/", "--feed", "https://blog.example/feed"], "name one post, or a feed"),
        (["--feed", "https://blog.example/feed", "--to", "https://o.example/tb"], "for one post"),
        (["--feed", "https://blog.example/feed", "--again"], "for one post"),
        (["--feed", "https://blog.example/feed", "--all", "--since-last"], "not allowed with"),
        (["https://blog.example/", "--all"], "are for a feed"),
        (["blog.example/post"], "URL"),
        (["https://blog.example/", "--never", "https://o.example/"], "it must be a host"),
        (["https://blog.example/", "--never", "o.example:8080"], "it must be a host"),
    ],
)
def test_wrong_usage_is_told(arguments: list[str], words: str, capsys: Output) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["send", *arguments])
    assert words in capsys.readouterr().err


def test_with_a_file_nothing_of_aws_is_needed(blog: Web, other: Web, tmp_path: Path) -> None:
    blog.pages["/post"] = post(f"{other.url}/p/a")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    environment |= {"PYTHONPATH": str(ROOT / "layers" / "shared"), "HOME": str(tmp_path)}
    code = (
        "import boto3, sys; boto3.client = boto3.Session.client = None; "
        "from trackback.cli.main import main; sys.exit(main(sys.argv[1:]))"
    )
    for command in (["send", f"{blog.url}/post"], ["sent"]):
        done = subprocess.run(
            [sys.executable, "-c", code, *command, "--ledger", "sent.json"],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        assert (done.returncode, done.stderr) == (0, "")
        assert "accepted" in done.stdout
    assert other.pinged() == ["a"]


def test_a_reader_that_has_seen_enough_gets_no_traceback(tmp_path: Path) -> None:
    records = SentPingsFile(tmp_path / "sent.json")
    for name in "ab":
        records.put(SentPing("https://blog.example/post", f"https://other.example/{name}", version=1))
    reading, writing = os.pipe()
    os.close(reading)
    code = "import sys; from trackback.cli.main import main; sys.exit(main(sys.argv[1:]))"
    done = subprocess.run(
        [sys.executable, "-c", code, "sent", "--json", "--ledger", "sent.json"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT / "layers" / "shared")},
        stdout=writing,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
        timeout=120,
    )
    os.close(writing)
    assert (done.returncode, done.stderr) == (1, "")


def test_nothing_that_strangers_say_steers_the_terminal(
    blog: Web, other: Web, ledger: list[str], capsys: Output
) -> None:
    blog.pages["/post"] = post(f"{other.url}/p/a", title="[bold]T\x1b[31m")
    other.pages["/tb/a"] = refused("\x9b31m[red]no[/red]\u202e")
    told = said(capsys, "send", *ledger, f"{blog.url}/post") + said(capsys, "sent", *ledger)
    assert "[red]no[/red]" in told
    assert not {"\x1b", "\x9b", "\u202e"} & set(told)
