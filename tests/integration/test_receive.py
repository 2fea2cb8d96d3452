"""`receive`, called as API Gateway calls it, with a real table behind it."""

import json
import os
from datetime import UTC, datetime
from io import StringIO
from typing import Any
from urllib.parse import quote
from xml.etree import ElementTree as ET

import pytest
from botocore.exceptions import ClientError

from functions.receive import app
from tests import aws_faults as faults
from tests.conftest import MakePing
from tests.events import Context, http_event
from trackback.model.ping import Status
from trackback.storage.closed_posts import Closed, close
from trackback.storage.pings import PingStore
from trackback.storage.table import Table

SUCCESS = '<?xml version="1.0" encoding="utf-8"?>\n<response>\n<error>0</error>\n</response>\n'
FAILURE = (
    '<?xml version="1.0" encoding="utf-8"?>\n<response>\n<error>1</error>\n'
    "<message>{}</message>\n</response>\n"
)
FORM = {"content-type": "application/x-www-form-urlencoded"}
POST = "/trackback/blog.example/2026/hello/"
A_PING = b"url=https://other.example/re&title=Re"
OUTCOMES = {"PingReceived", "PingRepeated", "PingRevised", "PingRefused"}
MISSING = "The field url is missing: send the permalink of the page that links to this post."

WORDPRESS = (
    b"title=It%26%238217%3Bs+%26%238220%3Bx%26%238221%3B+%26%23038%3B+y&url=https%3A%2F%2Fwp.example%2F%3Fp%3D7"
    b"&blog_name=Tom+%26amp%3B+Jo%26%23039%3Bs+%26lt%3BBlog%26gt%3B&excerpt=Some+words+%26%238230%3B"
)


def call(method: str, path: str, **request: Any) -> dict[str, Any]:
    """Return what the handler answers to one request."""
    return app.handler(http_event(method, path, **request), Context())  # type: ignore[arg-type]


def ping(
    body: bytes = b"url=https://other.example/re&title=Re", path: str = POST, **more: Any
) -> dict[str, Any]:
    return call("POST", path, body=body, **({"headers": FORM} | more))


def test_a_ping_is_answered_byte_for_byte_and_stored(store: PingStore) -> None:
    answer = ping()
    assert (answer["statusCode"], answer["body"]) == (200, SUCCESS)
    assert answer["headers"]["Content-Type"] == "text/xml; charset=utf-8"
    (stored,) = store.pings()
    assert (stored.url, stored.texts.title, stored.status) == (
        "https://other.example/re",
        "Re",
        Status.RECEIVED,
    )
    assert stored.post == "https://blog.example/2026/hello/"


def test_a_wordpress_ping_is_stored_as_its_author_wrote_it(store: PingStore) -> None:
    assert ping(WORDPRESS)["body"] == SUCCESS
    (stored,) = store.pings()
    assert (stored.texts.title, stored.texts.blog_name) == ("It’s “x” & y", "Tom & Jo's")
    assert (stored.texts.excerpt, stored.url) == ("Some words …", "https://wp.example/?p=7")


def test_a_repeat_is_a_success_and_changes_nothing(store: PingStore) -> None:
    assert ping()["body"] == SUCCESS
    (before,) = store.pings()
    assert ping(b"url=http://other.example/re/&title=Re")["body"] == SUCCESS
    assert list(store.pings()) == [before]


@pytest.mark.parametrize("status", list(Status))
def test_other_words_for_a_known_ping_are_a_success_and_change_nothing_that_readers_see(
    store: PingStore, status: Status
) -> None:
    ping()
    (before,) = store.pings()
    if status is not Status.RECEIVED:
        store.decide(before.id, status, datetime.now(UTC))
    shown = store.approved("blog.example/2026/hello", 50).pings
    assert ping(b"url=http://other.example/re/&title=Other")["body"] == SUCCESS
    (after,) = store.pings()
    assert (after.texts.title, after.status) == ("Re", status)
    assert store.approved("blog.example/2026/hello", 50).pings == shown


def test_a_sender_is_kept_as_a_keyed_hash_only(store: PingStore, monkeypatch: pytest.MonkeyPatch) -> None:
    def sender(key: str, address: str, number: int) -> str:
        monkeypatch.setattr(app, "sender_key", key)
        event = http_event("POST", POST, headers=FORM, body=b"url=https://other.example/%d" % number)
        event["requestContext"]["http"]["sourceIp"] = address
        app.handler(event, Context())  # type: ignore[arg-type]
        (stored,) = (one for one in store.pings() if one.url.endswith(f"/{number}"))
        assert address not in str(stored)
        return stored.client_hash

    hashes = [
        sender("key", "192.0.2.1", 1),
        sender("key", "192.0.2.1", 2),
        sender("key", "192.0.2.2", 3),
        sender("another", "192.0.2.1", 4),
        sender("key", "2001:db8::1", 5),
    ]
    assert hashes[0] == hashes[1] != ""
    assert len(set(hashes)) == 4


def test_behind_the_cdn_the_sender_is_its_viewer_and_elsewhere_whoever_connects(store: PingStore) -> None:
    def sender(number: int, **told: str) -> str:
        headers = FORM | {name.replace("_", "-"): value for name, value in told.items()}
        event = http_event("POST", POST, headers=headers, body=b"url=https://other.example/%d" % number)
        app.handler(event, Context())  # type: ignore[arg-type]
        (stored,) = (one for one in store.pings() if one.url.endswith(f"/{number}"))
        return stored.client_hash

    direct = sender(1)
    key = os.environ["CDN_KEY"]
    first, second = (sender(n, x_cdn_key=key, x_viewer_address=f"198.51.100.{n}") for n in (2, 3))
    assert len({direct, first, second}) == 3
    assert sender(4, x_viewer_address="198.51.100.2") == direct
    assert sender(5, x_cdn_key="guessed", x_viewer_address="198.51.100.2") == direct


def test_links_in_fields_are_noted_for_the_policy(store: PingStore) -> None:
    ping(b"url=https://other.example/1&excerpt=" + quote("<a href='https://x.example/'>x</a>").encode())
    ping(b"url=https://other.example/2&excerpt=" + quote("[url=https://x.example/]x[/url]").encode())
    ping(b"url=https://other.example/3&excerpt=" + quote("<b>plain</b> text").encode())
    assert {stored.url[-1]: stored.has_markup for stored in store.pings()} == {
        "1": True,
        "2": True,
        "3": False,
    }


REFUSED = [
    (
        "no url",
        b"title=x",
        POST,
        "The field url is missing: send the permalink of the page that links to this post.",
    ),
    (
        "an empty body",
        b"",
        POST,
        "The field url is missing: send the permalink of the page that links to this post.",
    ),
    (
        "another blog",
        b"url=https://other.example/",
        "/trackback/evil.example/",
        "No blog with this host takes TrackBacks here. Check the ping URL.",
    ),
    (
        "markup in the url",
        b"url=%3Cscript%3Ealert(1)%3C/script%3E",
        POST,
        "The url must be absolute and begin with http:// or https://.",
    ),
    ("too much", b"url=x&excerpt=" + b"a" * 65_536, POST, "The ping is too large: at most 64 KB, please."),
]


@pytest.mark.parametrize(
    ("body", "path", "words"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED]
)
def test_a_bad_ping_is_told_what_to_change_and_not_stored(
    store: PingStore, body: bytes, path: str, words: str
) -> None:
    answer = ping(body, path)
    assert (answer["statusCode"], answer["body"]) == (200, FAILURE.format(words))
    assert answer["headers"]["Content-Type"] == "text/xml; charset=utf-8"
    assert list(store.pings()) == []


CLOSED = [
    ("a post", "https://blog.example/2026/hello/", POST, "This post takes no TrackBacks."),
    ("another spelling", "blog.example/2026/hello", POST + "index.html", "This post takes no TrackBacks."),
    ("a whole blog", "blog.example", POST, "This blog takes no TrackBacks."),
]


@pytest.mark.parametrize(
    ("pasted", "path", "words"), [row[1:] for row in CLOSED], ids=[row[0] for row in CLOSED]
)
def test_a_closed_post_refuses_new_pings_and_known_ones(
    table: Table, store: PingStore, monkeypatch: pytest.MonkeyPatch, pasted: str, path: str, words: str
) -> None:
    ping()
    before = list(store.pings())
    close(table, app.sites, pasted)
    monkeypatch.setattr(app, "closed", Closed(table))
    for body in (A_PING, A_PING + b"+more", b"url=https://another.example/", b"title=without+a+url"):
        answer = ping(body, path)
        assert (answer["statusCode"], answer["body"]) == (200, FAILURE.format(words))
    assert list(store.pings()) == before
    assert call("GET", path)["statusCode"] == 303
    assert "<error>0</error>" in call("GET", path, query="__mode=rss")["body"]


def test_a_post_beside_a_closed_one_takes_pings(table: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    close(table, app.sites, "blog.example/2026")
    monkeypatch.setattr(app, "closed", Closed(table))
    assert ping()["body"] == SUCCESS


def test_what_is_closed_costs_one_read_a_minute_and_a_ping_one_write(
    table: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[str] = []
    table.client.meta.events.register("before-call.dynamodb", lambda model, **_: calls.append(model.name))
    monkeypatch.setattr(app, "pings", PingStore(table))
    monkeypatch.setattr(app, "closed", Closed(table))
    for n in range(3):
        ping(b"url=https://other.example/%d" % n)
    assert calls == ["GetItem", "PutItem", "PutItem", "PutItem"]


def test_a_ping_is_taken_although_what_is_closed_cannot_be_read(
    table: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app, "closed", Closed(table))
    faults.answer(table, "GetItem", 1, faults.error("AccessDeniedException"))
    assert ping()["body"] == SUCCESS


def test_a_body_that_is_not_base64_although_flagged_is_refused(store: PingStore) -> None:
    event = http_event("POST", POST, headers=FORM) | {"body": "%%%", "isBase64Encoded": True}
    answer = app.handler(event, Context())  # type: ignore[arg-type]
    assert (answer["statusCode"], "<error>1</error>" in answer["body"]) == (200, True)
    assert list(store.pings()) == []


def test_fields_in_the_query_with_an_empty_body_are_a_ping(store: PingStore) -> None:
    assert call("POST", POST, query="url=https%3A%2F%2Froller.example%2Fx&title=T")["body"] == SUCCESS
    assert [stored.url for stored in store.pings()] == ["https://roller.example/x"]


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


def test_a_table_at_its_ceiling_asks_for_patience(
    table: Table, store: PingStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = StringIO()
    monkeypatch.setattr(app.logger.registered_handler, "stream", log)
    monkeypatch.setattr(app, "pings", PingStore(table))
    faults.answer(table, "PutItem", 3, faults.error("ProvisionedThroughputExceededException"))
    answer = ping()
    assert answer["statusCode"] == 200
    assert "<error>1</error>\n<message>Too much is going on just now." in answer["body"]
    assert list(store.pings()) == []
    assert "ceiling" in log.getvalue()


def test_another_fault_of_ours_is_one(table: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app, "pings", PingStore(table))
    faults.answer(table, "PutItem", 1, faults.error("AccessDeniedException"))
    with pytest.raises(ClientError, match="AccessDenied"):
        ping()


def test_each_outcome_is_one_line_of_the_log_without_a_word_of_the_sender(
    capsys: pytest.CaptureFixture[str], store: PingStore
) -> None:
    body = b"url=https://secret.example/&title=" + quote("Very private").encode()
    for sent in (body, body, body + b"ly", b"url=nonsense-secret"):
        ping(sent)
    logged = capsys.readouterr().out
    lines = [json.loads(line) for line in logged.splitlines()]
    outcomes = [set(line) & OUTCOMES for line in lines]
    assert outcomes == [{"PingReceived"}, {"PingRepeated"}, {"PingRevised"}, {"PingRefused"}]
    (stored,) = store.pings()
    assert [line.get("ping") for line in lines] == [stored.id, stored.id, stored.id, None]
    assert lines[3]["reason"] == "The url must be absolute and begin with http:// or https://."
    assert "secret" not in logged
    assert "private" not in logged
