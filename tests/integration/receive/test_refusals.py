"""A ping that cannot be taken is told why, and not stored."""

import pytest

from functions.receive import app
from tests.integration.receive.conftest import FORM, POST, SUCCESS, call, ping
from tests.support import aws_faults as faults
from tests.support.events import Context, http_event
from trackback.storage.closed_posts import Closed, close
from trackback.storage.pings import PingStore
from trackback.storage.table import Table

FAILURE = (
    '<?xml version="1.0" encoding="utf-8"?>\n<response>\n<error>1</error>\n'
    "<message>{}</message>\n</response>\n"
)

A_PING = b"url=https://other.example/re&title=Re"

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
