"""What all of `moderate`'s pages have in common: who gets in, what goes out, and which forms are taken."""

import base64
import io
import json
import re
from pathlib import Path
from typing import Any

import pytest

from functions.moderate import app
from tests.support import aws_faults as faults
from tests.support.admin_client import (
    NO_PING,
    QUEUE,
    SESSION,
    SETTINGS,
    SIGN_IN,
    Visitor,
    Waiting,
    mailed,
    one,
)
from tests.support.events import FORM, Context, http_event
from trackback.storage.pings import PingStore

PAGES = [
    QUEUE,
    f"{QUEUE}/overview",
    f"{QUEUE}/rules",
    SETTINGS,
    SIGN_IN,
    f"{SIGN_IN}/x",
    f"{QUEUE}/link/x",
    f"{QUEUE}/ping/{NO_PING}",
    f"{QUEUE}/nothing",
]


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("who", ["author", "stranger"])
def test_no_page_is_cached_indexed_framed_or_runs_what_is_not_ours(
    path: str, who: str, request: pytest.FixtureRequest
) -> None:
    visitor: Visitor = request.getfixturevalue(who)
    headers = visitor.get(path)["headers"]
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Robots-Tag"].startswith("noindex")
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"


@pytest.mark.parametrize("path", PAGES)
def test_head_is_answered_as_get(author: Visitor, path: str) -> None:
    got, asked = author.get(path), author.get(path, method="HEAD")
    assert (asked["statusCode"], asked["headers"]) == (got["statusCode"], got["headers"])


@pytest.mark.parametrize(
    ("method", "path", "status", "allow"),
    [
        ("GET", "/moderate/nothing", 404, None),
        ("POST", "/moderate/nothing/at/all", 404, None),
        ("GET", "/moderate/ping/a/b", 404, None),
        ("GET", "/moderate/ping/rules#", 404, None),
        ("GET", "/moderate/../app.py", 404, None),
        ("GET", "/moderate/layout.html", 404, None),
        ("GET", "/moderate/\n\u202e<script>", 404, None),
        ("POST", "/moderate", 405, "GET, HEAD"),
        ("GET", "/moderate/decide", 405, "POST"),
        ("DELETE", "/moderate/rules", 405, "GET, HEAD, POST"),
        ("OPTIONS", "/moderate/link/x", 405, "GET, HEAD, POST"),
        ("PROPFIND", "/moderate/style.css", 405, "GET, HEAD"),
    ],
)
def test_what_is_not_there_has_a_page_that_says_so(
    stranger: Visitor, method: str, path: str, status: int, allow: str | None
) -> None:
    answer = stranger.get(path, method=method)
    assert answer["statusCode"] == status
    assert answer["headers"].get("Allow") == allow
    assert "<script>" not in answer["body"]


def test_every_address_in_the_templates_has_a_route() -> None:
    templates = [path.read_text() for path in Path(app.__file__).parent.glob("*.html")]
    addresses = {found for text in templates for found in re.findall(r'"(/moderate[^"?#]*)', text)}
    paths = {re.sub(r"{{.*?}}", "x", address.replace("{{ to }}", "")) for address in addresses}
    assert len(paths) > 15
    assert [path for path in paths if not any(router.methods(path) for router in app.routers)] == []


@pytest.mark.parametrize("path", [*PAGES[:4], f"{QUEUE}/ping/{NO_PING}"])
def test_whoever_is_not_signed_in_is_led_to_the_sign_in(stranger: Visitor, path: str) -> None:
    answer = stranger.get(path, sec_fetch_site="none")
    assert (answer["statusCode"], answer["body"]) == (303, "")
    assert answer["headers"]["Location"].startswith(SIGN_IN)


@pytest.mark.usefixtures("table")
@pytest.mark.parametrize("cookie", ["", "x", "a.b.c", "session.aaaaaa." + "A" * 43, "\u202e", "x" * 5000])
def test_a_cookie_that_is_not_ours_opens_nothing(cookie: str) -> None:
    assert Visitor({SESSION: cookie}).get(QUEUE)["statusCode"] == 303


def test_a_link_from_elsewhere_is_followed_once_more_so_that_the_cookie_comes_along(
    stranger: Visitor, author: Visitor
) -> None:
    answer = stranger.get(QUEUE, 'tab=spam&x=";url=//evil.example', sec_fetch_site="cross-site")
    assert answer["statusCode"] == 200
    assert 'content="0; url=/moderate?tab=spam&amp;x=%22%3Burl=%2F%2Fevil.example"' in answer["body"]
    assert "refresh" not in author.get(QUEUE, sec_fetch_site="cross-site")["body"]


@pytest.mark.parametrize("name", ["style.css", "moderate.js", "icon.svg"])
def test_files_are_kept_for_good_under_their_version(stranger: Visitor, name: str) -> None:
    (version,) = set(re.findall(rf"/moderate/{re.escape(name)}\?v=(\w+)", stranger.read(SIGN_IN)))
    named, unnamed = (stranger.get(f"{QUEUE}/{name}", query) for query in (f"v={version}", ""))
    assert "immutable" in named["headers"]["Cache-Control"]
    assert unnamed["headers"]["Cache-Control"] == "no-cache"
    again = stranger.get(f"{QUEUE}/{name}", if_none_match=unnamed["headers"]["ETag"])
    assert (again["statusCode"], again["body"]) == (304, "")


@pytest.mark.parametrize("name", ["style.css", "icon.svg"])
def test_a_line_end_after_a_files_name_names_no_file(stranger: Visitor, name: str) -> None:
    assert stranger.get(f"{QUEUE}/{name}\n")["statusCode"] == 404


def test_pages_go_out_compressed(author: Visitor) -> None:
    answer = author.get(QUEUE, accept_encoding="gzip, br")
    assert answer["isBase64Encoded"]
    assert answer["headers"]["Content-Encoding"] == "gzip"
    assert len(base64.b64decode(answer["body"])) < 2_000


@pytest.mark.parametrize(
    ("headers", "fields", "status"),
    [
        pytest.param({}, {"csrf": ""}, 403, id="no token"),
        pytest.param({}, {"csrf": "A" * 43}, 403, id="a wrong token"),
        pytest.param({}, {"csrf": "\u202eé"}, 403, id="no token at all"),
        pytest.param({"origin": "https://evil.example"}, {}, 403, id="another origin"),
        pytest.param({"origin": "null"}, {}, 403, id="a hidden origin"),
        pytest.param({"origin": "http://api.example"}, {}, 403, id="another scheme"),
        pytest.param({"sec_fetch_site": "cross-site"}, {}, 403, id="from another site"),
        pytest.param({"sec_fetch_site": "same-site"}, {}, 403, id="from a neighbour"),
        pytest.param({"cookie": ""}, {}, 403, id="no session"),
        pytest.param({"content_type": "text/plain"}, {}, 400, id="no form"),
        pytest.param({"content_type": ""}, {}, 400, id="no type"),
        pytest.param({}, {"x": "y" * 70_000}, 400, id="too large"),
        pytest.param({}, {"x": ["y"] * 300}, 400, id="too many fields"),
        pytest.param({}, {"one": ""}, 400, id="nothing to do"),
        pytest.param({}, {"one": "delete everything"}, 400, id="something else to do"),
        pytest.param({}, {"one": "", "act": "approve", "ping": "x"}, 400, id="no ping's id"),
        pytest.param(
            {}, {"one": "", "act": "approve", "ping": [f"{NO_PING}:pending:"] * 101}, 400, id="too much"
        ),
        pytest.param({}, {"one": f"approve {NO_PING}:gone:"}, 400, id="no status"),
        pytest.param({}, {"one": f"approve #rules{NO_PING}:pending:"}, 400, id="another record"),
    ],
)
def test_a_form_that_is_not_ours_does_nothing(
    author: Visitor,
    store: PingStore,
    waiting: Waiting,
    headers: dict[str, str],
    fields: dict[str, Any],
    status: int,
) -> None:
    ping = waiting()
    if headers.pop("cookie", None) is not None:
        author = Visitor()
    answer = author.post(f"{QUEUE}/decide", one("approve", ping) | fields, **headers)
    assert answer["statusCode"] == status
    assert "<h1>" in answer["body"]
    assert store.get(ping.id) == ping


def test_a_body_that_is_broken_does_nothing(author: Visitor) -> None:
    event = http_event("POST", f"{QUEUE}/decide", headers=author._sent({"content-type": FORM}), body=b"x")
    answer = app.handler({**event, "body": "%%%"}, Context())  # type: ignore[arg-type]
    assert answer["statusCode"] == 400


def test_a_flooded_table_asks_for_patience(author: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.sleep", lambda _: None)
    faults.answer(app.table, "Query", 20, faults.error("ProvisionedThroughputExceededException"))
    answer = author.get(QUEUE)
    assert (answer["statusCode"], "in a minute" in answer["body"]) == (429, True)


def test_a_flooded_record_asks_for_patience_too(author: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.sleep", lambda _: None)
    faults.answer(app.table, "GetItem", 20, faults.error("ThrottlingException"))
    answer = author.get(f"{QUEUE}/ping/{NO_PING}")
    assert (answer["statusCode"], answer["headers"]["Retry-After"]) == (429, "60")


@pytest.mark.parametrize(
    ("page", "most"),
    [(QUEUE, 13), (f"{QUEUE}/ping/", 13), (f"{QUEUE}/rules", 3), (SETTINGS, 5), (SIGN_IN, 0)],
)
def test_a_page_needs_few_calls(author: Visitor, waiting: Waiting, page: str, most: int) -> None:
    ping = waiting()
    author.read(SETTINGS)  # the keys are known from here on
    calls: list[str] = []
    on_the_wire: Any = app.table.client.meta.events
    on_the_wire.register("before-send.dynamodb", lambda **_: calls.append("call"), unique_id="count")
    author.read(page + ping.id if page.endswith("/") else page)
    on_the_wire.unregister("before-send.dynamodb", unique_id="count")
    assert len(calls) <= most


def test_what_the_author_asks_for_is_in_the_log_under_the_pings_id(
    author: Visitor, stranger: Visitor, waiting: Waiting, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = io.StringIO()
    monkeypatch.setattr(app.logger.registered_handler, "stream", log)
    first, second = waiting(), waiting()
    author.post(f"{QUEUE}/decide", one("approve", first))
    stranger.post(mailed(second))
    lines = [json.loads(line) for line in log.getvalue().splitlines()]
    assert [(line["act"], line["ping"]) for line in lines if "ping" in line] == [
        ("approve", first.id),
        ("approve", second.id),
    ]
