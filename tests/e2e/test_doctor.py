"""`trackback doctor` on the running stack: a good post is right, and each fault of a broken page is named."""

import json
import subprocess
from urllib.request import urlopen

import pytest

from tests.e2e.conftest import Running, Trackback, eventually, rows
from tests.support.websites import page, website
from trackback.protocols.trackback.rdf import block
from trackback.storage.keys import SETTINGS


@pytest.fixture
def doctor(stack: Running, trackback: Trackback) -> Trackback:
    """Run it without --api, as the service has noted its address by itself."""
    eventually(lambda: stack.item(SETTINGS).get("api"))
    return lambda *arguments: trackback("doctor", *arguments)


def test_the_demo_blog_s_post_is_right_and_nothing_is_left_of_the_test_ping(
    stack: Running, trackback: Trackback, doctor: Trackback
) -> None:
    before = {row["id"] for row in rows(trackback)}
    assert doctor(f"{stack.blog}/posts/hello-world/").splitlines()[-1] == "All is right."
    assert {row["id"] for row in rows(trackback)} == before
    with urlopen(f"{stack.blog}/mailbox/all/") as mailbox:
        assert b"trackback doctor" not in mailbox.read()


def test_each_fault_of_a_broken_page_is_named(stack: Running, doctor: Trackback) -> None:
    head = (
        f'<link rel="trackback" href="{stack.ping_url}">'
        f"{block(ping_url=stack.ping_url, post_url=f'{stack.blog}/', title='Home')}"
        '<meta http-equiv="Content-Security-Policy" content="default-src \'self\'">'
    )
    body = f'<script type="module" src="{stack.api}/embed.js"></script><trackback-list post="x/y">'
    with (
        website(page(f"<html><head>{head}</head><body>{body}")) as broken,
        pytest.raises(subprocess.CalledProcessError) as failed,
    ):
        doctor(f"{broken.url}/post/", "--json")
    found = {row["check"]: row for row in map(json.loads, failed.value.stdout.splitlines())}
    assert failed.value.returncode == 1
    expected = {
        "link": "it is that of another post, localhost",
        "rdf": f"the first identifies {stack.blog}/",
        "senders": f"would ping {stack.ping_url}",
        "list": "The list is that of x/y",
        "csp": "default-src 'self'",
        "api": "No blog with this host takes TrackBacks here.",
    }
    assert {name for name, row in found.items() if row["grade"] == "wrong"} == set(expected)
    for name, words in expected.items():
        assert words in found[name]["words"]
        assert found[name]["advice"]
