"""The deployed service, asked over HTTP as senders, readers and its owner ask it."""

import json
import re
import subprocess
from itertools import count
from typing import Any, Protocol
from urllib.parse import urlencode

import pytest
from rjsmin import jsmin

from tests.deploy.emulator import PATIENCE, Response, Stack
from tests.support.template import ROOT

TRACKBACK = ROOT / ".venv" / "bin" / "trackback"
FORM = "application/x-www-form-urlencoded"

ACCEPTED = b"""<?xml version="1.0" encoding="utf-8"?>
<response>
<error>0</error>
</response>
"""
REFUSED = b"""<?xml version="1.0" encoding="utf-8"?>
<response>
<error>1</error>
<message>%s</message>
</response>
"""


class Ping(Protocol):
    """Sends a ping to a post, from a page."""

    def __call__(self, post: str, url: str = "") -> Response: ...


@pytest.fixture(scope="session")
def numbers() -> "count[int]":
    """Numbers that no other test of this run has."""
    return count(1)


@pytest.fixture
def post(numbers: "count[int]") -> str:
    """A post that nobody has pinged yet."""
    return f"blog.example/2026/post-{next(numbers)}/"


def source(post: str) -> str:
    """Return the page that pings a post, on a host of its own, since one host is not asked at any pace."""
    return f"https://{post.split('/')[2]}.other.example/re"


@pytest.fixture
def ping(stack: Stack) -> Ping:
    """Send a ping to a post, always from the same page."""

    def send(post: str, url: str = "") -> Response:
        fields = {"url": url or source(post), "title": "Re: Héllo", "blog_name": "Other"}
        return stack.request(
            "POST", f"/trackback/{post}", urlencode(fields), Content_Type=f"{FORM}; charset=utf-8"
        )

    return send


def trackback(stack: Stack, *arguments: str) -> list[str]:
    """Run the owner's command line and return what it printed."""
    environment = {**stack.environment, "TRACKBACK_TABLE": stack.outputs["TableName"]}
    done = subprocess.run(
        [TRACKBACK, *arguments], env=environment, capture_output=True, text=True, check=True
    )
    return done.stdout.splitlines()


def verified(stack: Stack, post: str) -> dict[str, Any]:
    """Return a post's only ping as the owner sees it, once the stream has brought it to verify."""
    for _ in range(PATIENCE):  # the command itself takes its time
        (line,) = trackback(stack, "list", "--post", post, "--json")
        found: dict[str, Any] = json.loads(line)
        if found["verdict"]:
            return found
    raise AssertionError("the ping was not verified")


def approve(stack: Stack, post: str) -> None:
    """Approve a post's only ping."""
    trackback(stack, "approve", verified(stack, post)["id"])


def assert_xml(response: Response, body: bytes) -> None:
    assert (response.status, response.body) == (200, body)
    assert response.headers["content-type"] == "text/xml; charset=utf-8"


def test_the_stack_tells_what_its_owner_needs(stack: Stack) -> None:
    api = stack.outputs["ApiUrl"]
    assert stack.outputs == {
        "ApiUrl": api,
        "PingUrl": f"{api}/trackback/{{host}}/{{path}}",
        "Moderate": f"{api}/moderate",
        "Snippet": f'<script type="module" src="{api}/embed.js"></script>',
        "TableName": stack.outputs["TableName"],
    }
    assert re.fullmatch(r"https://[a-z0-9]+\.execute-api\.us-east-1\.amazonaws\.com", api)


def test_a_ping_and_its_repeat_are_answered_with_success(ping: Ping, post: str) -> None:
    assert_xml(ping(post), ACCEPTED)
    assert_xml(ping(post), ACCEPTED)


def test_a_ping_for_another_blog_is_refused(ping: Ping) -> None:
    words = b"No blog with this host takes TrackBacks here. Check the ping URL."
    assert_xml(ping("elsewhere.example/2026/hello/"), REFUSED % words)


def test_a_ping_without_a_url_is_refused_in_words_for_its_sender(stack: Stack, post: str) -> None:
    response = stack.request("POST", f"/trackback/{post}", "title=Hello", Content_Type=FORM)
    message = response.body.partition(b"<message>")[2].partition(b"</message>")[0]
    assert b"url" in message.lower()
    assert_xml(response, REFUSED % message)


def test_a_person_who_follows_a_ping_url_comes_to_the_post(stack: Stack, post: str) -> None:
    response = stack.request("GET", f"/trackback/{post}")
    assert (response.status, response.headers["location"]) == (303, f"https://{post}")


def test_another_method_is_not_allowed(stack: Stack, post: str) -> None:
    response = stack.request("PUT", f"/trackback/{post}", "title=Hello", Content_Type=FORM)
    assert (response.status, response.headers["allow"]) == (405, "POST, GET, HEAD, OPTIONS")


def test_a_post_that_nobody_pinged_has_an_empty_list(stack: Stack, post: str) -> None:
    response = stack.request("GET", f"/pings/{post}")
    assert response.status == 200
    assert response.json == {"post": f"https://{post}", "count": 0, "pings": [], "next": None}


def test_a_ping_is_invisible_until_it_is_approved(stack: Stack, ping: Ping, post: str) -> None:
    ping(post)
    assert stack.request("GET", f"/pings/{post}").json["pings"] == []
    assert stack.request("GET", f"/counts?post={post}").json == {"counts": {post: 0}}

    approve(stack, post)
    listed = stack.request("GET", f"/pings/{post}")
    assert listed.headers["content-type"] == "application/json"
    assert listed.headers["cache-control"] == "public, max-age=60, stale-while-revalidate=600"
    (shown,) = listed.json["pings"]
    assert listed.json["count"] == 1
    assert (shown["url"], shown["title"]) == (source(post), "Re: Héllo")
    assert (shown["blog_name"], shown["verified"]) == ("Other", False)
    assert stack.request("GET", f"/counts?post={post}").json == {"counts": {post: 1}}


def test_the_stream_brings_a_ping_to_verify_which_does_not_look_at_private_addresses(
    stack: Stack, ping: Ping, post: str
) -> None:
    ping(post, "http://127.0.0.1/re")
    found = verified(stack, post)
    assert (found["status"], found["verdict"]["link"]) == ("pending", "unreachable")
    assert found["verdict"]["why"] == "its server is not on the public internet"


def test_approved_pings_are_listed_as_rss_too(stack: Stack, ping: Ping, post: str) -> None:
    ping(post)
    approve(stack, post)
    response = stack.request("GET", f"/trackback/{post}?__mode=rss")
    assert response.headers["content-type"] == "text/xml; charset=utf-8"
    assert "<title>Re: Héllo</title>" in response.body.decode()


@pytest.mark.parametrize(
    "path",
    [
        "/pings/blog.example/etag/",
        "/pings/blog.example/etag/.html",
        "/counts?post=blog.example/",
        "/embed.js",
        "/snippet?post=blog.example/etag/",
    ],
)
def test_a_reader_who_has_the_answer_already_gets_304(stack: Stack, path: str) -> None:
    first = stack.request("GET", path)
    again = stack.request("GET", path, If_None_Match=first.headers["etag"])
    assert (first.status, again.status, again.body) == (200, 304, b"")


@pytest.mark.parametrize("query", ["limit=0", "limit=101", "limit=ten", "cursor=forged"])
def test_a_bad_query_is_explained(stack: Stack, post: str, query: str) -> None:
    response = stack.request("GET", f"/pings/{post}?{query}")
    assert response.status == 400
    assert response.json["message"].startswith(query.partition("=")[0])


def test_the_embed_is_the_file_in_the_repository_made_small(stack: Stack) -> None:
    response = stack.request("GET", "/embed.js")
    assert response.headers["content-type"] == "text/javascript; charset=utf-8"
    assert response.body == jsmin((ROOT / "functions" / "serve" / "embed.js").read_bytes())


def test_the_authors_pages_lead_to_the_sign_in_and_answer_whoever_asks_alike(stack: Stack) -> None:
    """The emulator cannot send the mail: it asks for leave to send from any address."""
    assert stack.request("GET", "/moderate").headers["location"] == "/moderate/sign-in"
    assert "Mail me a link" in stack.request("GET", "/moderate/sign-in").body.decode()
    for _ in range(2):
        answer = stack.request("POST", "/moderate/sign-in", "", Content_Type=FORM)
        assert (answer.status, answer.headers["location"]) == (303, "/moderate/sign-in?sent=1")
