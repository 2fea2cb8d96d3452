"""A ping is stored and answered."""

import json
import os
from datetime import UTC, datetime
from io import StringIO
from urllib.parse import quote

import pytest
from botocore.exceptions import ClientError

from functions.receive import app
from tests.integration.receive.conftest import FORM, POST, SUCCESS, call, ping
from tests.support import aws_faults as faults
from tests.support.events import Context, http_event
from trackback.model.ping import Status
from trackback.storage.pings import PingStore
from trackback.storage.table import Table

OUTCOMES = {"PingReceived", "PingRepeated", "PingRevised", "PingRefused"}

WORDPRESS = (
    b"title=It%26%238217%3Bs+%26%238220%3Bx%26%238221%3B+%26%23038%3B+y&url=https%3A%2F%2Fwp.example%2F%3Fp%3D7"
    b"&blog_name=Tom+%26amp%3B+Jo%26%23039%3Bs+%26lt%3BBlog%26gt%3B&excerpt=Some+words+%26%238230%3B"
)


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


def test_fields_in_the_query_with_an_empty_body_are_a_ping(store: PingStore) -> None:
    assert call("POST", POST, query="url=https%3A%2F%2Froller.example%2Fx&title=T")["body"] == SUCCESS
    assert [stored.url for stored in store.pings()] == ["https://roller.example/x"]


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
