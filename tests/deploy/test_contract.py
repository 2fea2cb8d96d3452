"""The deployed service, asked over HTTP as senders, readers and its owner ask it."""

import json
import subprocess
from collections.abc import Callable
from itertools import count
from urllib.parse import urlencode

import pytest

from tests.deploy.emulator import Response, Stack
from tests.template import ROOT

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

Ping = Callable[[str], Response]


@pytest.fixture(scope="session")
def numbers() -> "count[int]":
    """Numbers that no other test of this run has."""
    return count(1)


@pytest.fixture
def post(numbers: "count[int]") -> str:
    """A post that nobody has pinged yet."""
    return f"blog.example/2026/post-{next(numbers)}/"


@pytest.fixture
def ping(stack: Stack) -> Ping:
    """Send a ping to a post, from one and the same page."""

    def send(post: str) -> Response:
        fields = {"url": "https://other.example/re", "title": "Re: Héllo", "blog_name": "Other"}
        return stack.request(
            "POST", f"/trackback/{post}", urlencode(fields), Content_Type=f"{FORM}; charset=utf-8"
        )

    return send


def approve_all(stack: Stack, post: str) -> None:
    """Approve a post's pings, as the owner does it on the command line."""
    environment = {**stack.environment, "TRACKBACK_TABLE": stack.outputs["TableName"]}

    def trackback(*arguments: str) -> str:
        return subprocess.run(
            [TRACKBACK, *arguments], env=environment, capture_output=True, text=True, check=True
        ).stdout

    listed = trackback("list", "--post", post, "--json").splitlines()
    trackback("approve", *(json.loads(line)["id"] for line in listed))


def assert_xml(response: Response, body: bytes) -> None:
    assert (response.status, response.body) == (200, body)
    assert response.headers["content-type"] == "text/xml; charset=utf-8"


def test_the_stack_tells_what_its_owner_needs(stack: Stack) -> None:
    api = stack.outputs["ApiUrl"]
    assert stack.outputs == {
        "ApiUrl": api,
        "PingUrl": f"{api}/trackback/{{host}}/{{path}}",
        "Snippet": f'<script type="module" src="{api}/embed.js"></script>',
        "TableName": stack.outputs["TableName"],
    }
    assert api.startswith(f"https://{stack.api}.")


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

    approve_all(stack, post)
    listed = stack.request("GET", f"/pings/{post}")
    assert listed.headers["content-type"] == "application/json"
    assert listed.headers["cache-control"] == "public, max-age=60, stale-while-revalidate=600"
    (shown,) = listed.json["pings"]
    assert listed.json["count"] == 1
    assert (shown["url"], shown["title"]) == ("https://other.example/re", "Re: Héllo")
    assert (shown["blog_name"], shown["verified"]) == ("Other", False)
    assert stack.request("GET", f"/counts?post={post}").json == {"counts": {post: 1}}


def test_approved_pings_are_listed_as_rss_too(stack: Stack, ping: Ping, post: str) -> None:
    ping(post)
    approve_all(stack, post)
    response = stack.request("GET", f"/trackback/{post}?__mode=rss")
    assert response.headers["content-type"] == "text/xml; charset=utf-8"
    assert "<title>Re: Héllo</title>" in response.body.decode()


@pytest.mark.parametrize("path", ["/pings/blog.example/etag/", "/counts?post=blog.example/", "/embed.js"])
def test_a_reader_who_has_the_answer_already_gets_304(stack: Stack, path: str) -> None:
    first = stack.request("GET", path)
    again = stack.request("GET", path, If_None_Match=first.headers["etag"])
    assert (first.status, again.status, again.body) == (200, 304, b"")


@pytest.mark.parametrize("query", ["limit=0", "limit=101", "limit=ten", "cursor=forged"])
def test_a_bad_query_is_explained(stack: Stack, post: str, query: str) -> None:
    response = stack.request("GET", f"/pings/{post}?{query}")
    assert response.status == 400
    assert response.json["message"].startswith(query.partition("=")[0])


def test_the_embed_is_the_file_in_the_repository(stack: Stack) -> None:
    response = stack.request("GET", "/embed.js")
    assert response.headers["content-type"] == "text/javascript; charset=utf-8"
    assert response.body == (ROOT / "functions" / "serve" / "embed.js").read_bytes()
