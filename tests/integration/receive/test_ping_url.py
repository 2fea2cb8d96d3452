"""A ping URL in a browser, in its spellings, and with other methods."""

from datetime import UTC, datetime
from xml.etree import ElementTree as ET

import pytest

from tests.conftest import MakePing
from tests.integration.receive.conftest import FORM, POST, SUCCESS, call, ping
from trackback.model.ping import Status
from trackback.storage.pings import PingStore


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("query", ["", "url=https://other.example/&title=x", "__mode=view"])
def test_looking_at_a_ping_url_leads_to_the_post_and_stores_nothing(
    store: PingStore, method: str, query: str
) -> None:
    answer = call(method, POST, query=query)
    assert (answer["statusCode"], answer["headers"]["Location"]) == (303, "https://blog.example/2026/hello/")
    assert list(store.pings()) == []


LOCATIONS = [
    ("/trackback/www.blog.example/a", "https://blog.example/a"),
    ("/trackback/old.example/a", "http://old.example/a"),
    ("/trackback/blog.example//evil.example/", "https://blog.example/evil.example/"),
    ("/trackback/blog.example/a\r\nSet-Cookie: x=1", "https://blog.example/a%0D%0ASet-Cookie:%20x=1"),
    ("/trackback/blog.example/\\evil.example", "https://blog.example/%5Cevil.example"),
    ("/trackback/blog.example/日本", "https://blog.example/%E6%97%A5%E6%9C%AC"),
    ("/trackback/blog.example/a?x=https://evil.example", "https://blog.example/a"),
]


@pytest.mark.parametrize(("path", "location"), LOCATIONS, ids=[repr(row[0]) for row in LOCATIONS])
def test_no_path_leads_off_the_blog(path: str, location: str) -> None:
    assert call("GET", path)["headers"]["Location"] == location


@pytest.mark.parametrize(
    "path",
    ["/trackback/evil.example/", "/trackback/blog.example@evil.example/", "/trackback/blog.example.evil/"],
)
def test_a_ping_url_of_another_blog_leads_nowhere(path: str) -> None:
    answer = call("GET", path)
    assert "Location" not in answer["headers"]
    assert "<error>1</error>" in answer["body"]


def test_the_rss_mode_lists_approved_pings_only(store: PingStore, make_ping: MakePing) -> None:
    shown, held = make_ping(title="A & <B>", excerpt="words"), make_ping()
    for one in (shown, held):
        store.add(one)
    store.decide(shown.id, Status.APPROVED, datetime.now(UTC))
    answer = call("GET", POST, query="__mode=rss")
    assert (answer["statusCode"], answer["headers"]["Content-Type"]) == (200, "text/xml; charset=utf-8")
    response = ET.fromstring(answer["body"])
    assert response.findtext("error") == "0"
    assert response.findtext("rss/channel/link") == "https://blog.example/2026/hello/"
    assert [item.findtext("title") for item in response.iter("item")] == [shown.texts.title]
    assert [item.findtext("link") for item in response.iter("item")] == [shown.url]


def test_options_tells_the_methods() -> None:
    answer = call("OPTIONS", POST)
    assert (answer["statusCode"], answer["headers"]["Allow"]) == (204, "POST, GET, HEAD, OPTIONS")


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE", "PROPFIND"])
def test_another_method_is_refused_and_stores_nothing(store: PingStore, method: str) -> None:
    answer = call(method, POST, body=b"url=https://other.example/", headers=FORM)
    assert (answer["statusCode"], answer["headers"]["Allow"]) == (405, "POST, GET, HEAD, OPTIONS")
    assert "<error>1</error>\n<message>" in answer["body"]
    assert list(store.pings()) == []


@pytest.mark.parametrize(
    "path",
    ["/trackback/blog.example/2026/hello", "/trackback/www.blog.example/2026//hello/index.html",
     "/trackback/blog.example:443/2026/hello/?x=1", "/trackback/https://blog.example/2026/hello/",
     "/trackback/BLOG.example/2026/%68ello"],
)  # fmt: skip
def test_every_spelling_of_a_ping_url_is_the_same_post(store: PingStore, path: str) -> None:
    assert ping()["body"] == ping(path=path)["body"] == SUCCESS
    assert len(list(store.pings())) == 1
