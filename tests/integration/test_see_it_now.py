"""After an approval, the author sees it at once: the service's list, at an address that no cache knows."""

import html
import re
from urllib.request import urlopen

import pytest

from tests.support.admin_client import QUEUE, Visitor, Waiting, mailed, now, one
from tests.support.embed_server import served
from trackback.model.ping import Status
from trackback.storage.pings import PingStore

POSTS = [
    "blog.example/2026/hello/",
    "blog.example/2026/hello",
    "blog.example/",
    "blog.example/gr%C3%BC%C3%9Fe/",
    "blog.example/what%3F",
    "blog.example/either%2For/",
    "blog.example/100%25",
    "blog.example/about.html",
    "blog.example/a&b='c'/",
    "old.example/hello/",
]


def link(page: str) -> str:
    """Return where "See it now" leads; empty where there is no such link."""
    found = re.search(r'href="([^"]+)"[^>]*>See it now</a>', page)
    return html.unescape(found[1]) if found else ""


@pytest.mark.parametrize("post", POSTS)
def test_see_it_now_leads_to_the_list_with_the_ping_whatever_the_posts_address_holds(
    author: Visitor, waiting: Waiting, post: str
) -> None:
    ping = waiting(post=post, title="Just approved")
    author.post(f"{QUEUE}/decide", one("approve", ping))
    address = link(author.read(QUEUE))
    assert re.fullmatch(r"/pings/[!-~]+/[.]html[?]at=[0-9]{10}", address)
    with served() as api, urlopen(api + address, timeout=10) as answer:
        assert "Just approved" in answer.read().decode()


def test_a_mails_link_leads_there_too(stranger: Visitor, waiting: Waiting) -> None:
    ping = waiting()
    path = mailed(ping)
    assert not link(stranger.read(path))  # nothing is approved yet
    page = stranger.post(path)["body"]
    assert link(page).startswith("/pings/blog.example/2026/hello/.html?at=")


def test_a_pings_page_leads_to_what_readers_see_once_it_is_approved(
    author: Visitor, store: PingStore, waiting: Waiting
) -> None:
    ping = waiting()
    page = f"{QUEUE}/ping/{ping.id}"
    assert "What readers see" not in author.read(page)
    store.decide(ping.id, Status.APPROVED, now())
    assert re.search(r'href="/pings/blog.example/2026/hello/.html[?]at=\d+"', author.read(page))


def test_several_posts_approved_at_once_have_no_one_list_to_see(author: Visitor, waiting: Waiting) -> None:
    here, there = waiting(), waiting(post="blog.example/other/")
    fields = {"act": "approve", "ping": [one("approve", each)["one"].split()[1] for each in (here, there)]}
    author.post(f"{QUEUE}/decide", fields)
    page = author.read(QUEUE)
    assert "2 pings approved" in page
    assert not link(page)


@pytest.mark.parametrize("act", ["reject", "spam"])
def test_what_readers_do_not_get_is_not_offered(author: Visitor, waiting: Waiting, act: str) -> None:
    author.post(f"{QUEUE}/decide", one(act, waiting()))
    assert not link(author.read(QUEUE))
