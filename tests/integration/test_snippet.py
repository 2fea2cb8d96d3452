"""`GET /snippet` and `trackback snippet`, which say the same."""

import json
import socket
from collections.abc import Iterator

import pytest

from functions.serve import app
from tests.integration.cli.conftest import Output, said
from tests.integration.test_serve import BUSY, get
from tests.support import aws_faults as faults
from tests.support.embed_server import served
from tests.support.websites import page, website
from trackback.cli.main import main
from trackback.storage.api_address import note_api
from trackback.storage.table import Table

POST = "blog.example/2026/hello/"
SPELLINGS = [POST, f"https://{POST}", f"http://www.{POST}?a=1#comments"]


@pytest.fixture(autouse=True)
def nothing_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TRACKBACK_API", raising=False)


@pytest.fixture
def api(table: Table) -> Iterator[str]:
    """The deployed handler behind HTTP, its address noted in the table."""
    with served() as address:
        note_api(table, {}, address)
        yield address


@pytest.mark.parametrize("post", SPELLINGS)
@pytest.mark.usefixtures("table")
def test_a_post_is_named_by_its_permalink(post: str) -> None:
    answer = get("/snippet", f"post={post.replace('#', '%23')}")
    assert answer["statusCode"] == 200
    assert f'<trackback-list post="{POST}" ping-url>' in answer["body"]
    assert f'<link rel="trackback" href="https://api.example/trackback/{POST}">' in answer["body"]


@pytest.mark.usefixtures("table")
def test_the_snippet_is_text_that_may_be_cached() -> None:
    headers = get("/snippet", f"post={POST}")["headers"]
    assert headers["Content-Type"] == "text/plain; charset=utf-8"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"].startswith("public, max-age=60")
    assert get("/snippet", f"post={POST}", if_none_match=headers["ETag"])["statusCode"] == 304


def test_the_title_is_the_one_that_verification_has_seen(table: Table) -> None:
    table.write("post#blog.example/2026/hello", "facts", {"title": "Hello & welcome"})
    assert 'dc:title="Hello &amp; welcome"' in get("/snippet", f"post={POST}")["body"]


def test_the_address_is_the_one_that_was_asked(table: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("API_URL")
    assert table
    assert "https://cdn.example/embed.js" in get("/snippet", f"post={POST}", host="cdn.example")["body"]


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("", "send post=host/path"),
        (f"post={POST}&post={POST}", "send post=host/path"),
        ("post=", "one of the blogs served here"),
        ("post=evil.example/", "one of the blogs served here"),
        ("post=%00%ff%22%3E", "one of the blogs served here"),
        (f"post=blog.example/{'a' * 2_000}", "one of the blogs served here"),
    ],
)
@pytest.mark.usefixtures("table")
def test_what_is_no_post_of_ours_is_told_what_to_send(query: str, words: str) -> None:
    answer = get("/snippet", query)
    assert answer["statusCode"] == 400
    assert words in json.loads(answer["body"])["message"]


def test_a_table_at_its_ceiling_asks_for_patience(table: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app, "table", table)
    faults.answer(table, "BatchGetItem", 3, BUSY, 400)
    assert get("/snippet", f"post={POST}")["statusCode"] == 429


@pytest.mark.usefixtures("api")
@pytest.mark.parametrize("post", SPELLINGS)
def test_the_command_line_prints_what_the_service_says(post: str, capsys: Output) -> None:
    assert said(capsys, "snippet", post) == get("/snippet", f"post={POST}")["body"]


def test_the_api_may_be_named(table: Table, api: str, capsys: Output) -> None:
    note_api(table, {}, "http://127.0.0.1:1")
    assert "<trackback-list" in said(capsys, "snippet", POST, "--api", api)


@pytest.mark.usefixtures("api")
def test_a_host_that_is_not_served_is_told_in_one_line(capsys: Output) -> None:
    assert main(["snippet", "https://evil.example/"]) == 1
    shown = capsys.readouterr()
    assert (shown.out, shown.err.count("\n")) == ("", 1)
    assert "add its host to the setting Sites" in shown.err


@pytest.mark.usefixtures("table")
@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (page("<title>Another</title>"), "is not this service"),
        (page("Not here", "404 Not Found"), "is not this service"),
        (page("{}", "429 Too Many Requests"), "Try again"),
    ],
    ids=["a page", "nothing", "a busy one"],
)
def test_another_answer_is_told_in_one_line(answer: bytes, reason: str, capsys: Output) -> None:
    with website(answer) as other:
        assert main(["snippet", POST, "--api", other.url]) == 1
    shown = capsys.readouterr()
    assert (shown.out, shown.err.count("\n")) == ("", 1)
    assert reason in shown.err


@pytest.mark.usefixtures("table")
def test_an_api_that_is_not_there_is_told_in_one_line(capsys: Output) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))  # and does not listen
        address = f"http://127.0.0.1:{nobody.getsockname()[1]}"
        assert main(["snippet", POST, "--api", address]) == 1
    assert f"the API at {address} cannot be asked" in capsys.readouterr().err


@pytest.mark.usefixtures("table")
def test_an_address_that_nobody_has_told_is_asked_for(capsys: Output) -> None:
    assert main(["snippet", POST]) == 1
    assert "give --api, or set TRACKBACK_API" in capsys.readouterr().err
