"""A post's list as `serve` answers it to people: which form whom, what guards it, and what is cached."""

import json
import subprocess
import sys
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from functions.serve import app
from tests.conftest import MakePing
from tests.integration.test_serve import BUSY, PINGS, approve, get
from tests.support import aws_faults as faults
from tests.support.template import ROOT
from trackback.storage.pings import PingStore
from trackback.storage.table import Table

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
HTML, JSON = "text/html; charset=utf-8", "application/json"


def ask(path: str = PINGS, query: str = "", accept: str = BROWSER, **headers: str) -> dict[str, Any]:
    return get(path, query, accept=accept, **headers)


@pytest.mark.parametrize(
    ("path", "accept", "kind"),
    [
        (PINGS, BROWSER, HTML),
        (PINGS, "*/*", JSON),
        (PINGS, "application/json", JSON),
        (PINGS, "", JSON),
        (f"{PINGS}.html", "*/*", HTML),
        (f"{PINGS}.html", "application/json", HTML),
        ("/pings/blog.example/about.html", BROWSER, HTML),
        ("/pings/blog.example/about.html", "*/*", JSON),
        ("/pings/blog.example/about.html/.html", "*/*", HTML),
        ("/pings/evil.example/", BROWSER, HTML),
        ("/counts", BROWSER, JSON),
    ],
)
@pytest.mark.usefixtures("table")
def test_people_are_answered_in_html_and_programs_in_json(path: str, accept: str, kind: str) -> None:
    answer = ask(path, "post=blog.example/a" if path == "/counts" else "", accept)
    assert (answer["statusCode"], answer["headers"]["Content-Type"]) == (200, kind)


def test_the_page_shows_what_the_json_says(store: PingStore, make_ping: MakePing) -> None:
    approve(store, make_ping(title="Ein & alles", excerpt="Worte"))
    store.add(make_ping(title="Held"))
    for path in (PINGS, f"{PINGS}.html"):
        body = ask(path)["body"]
        assert "Ein &amp; alles" in body
        assert "Worte" in body
        assert "Held" not in body
        assert '<a href="https://blog.example/2026/hello/" dir="ltr">' in body


def test_a_post_whose_address_ends_in_html_keeps_its_own_list(store: PingStore, make_ping: MakePing) -> None:
    approve(store, make_ping(post="blog.example/about.html", title="About"))
    assert json.loads(get("/pings/blog.example/about.html")["body"])["count"] == 1
    body = ask("/pings/blog.example/about.html/.html")["body"]
    assert "About" in body
    assert '<a href="https://blog.example/about.html" dir="ltr">' in body
    assert json.loads(get("/pings/blog.example/about")["body"])["count"] == 0


def test_a_page_may_be_cached_as_the_json_is_and_by_what_was_asked_for(
    store: PingStore, make_ping: MakePing
) -> None:
    approve(store, make_ping())
    page, plain = ask()["headers"], ask(accept="*/*")["headers"]
    for name in ("Cache-Control", "Vary", "X-Content-Type-Options"):
        assert page[name] == plain[name]
    assert plain["Vary"] == "Accept"
    assert page["ETag"] != plain["ETag"]
    assert "Vary" not in ask(f"{PINGS}.html")["headers"]
    again = ask(if_none_match=page["ETag"])
    assert (again["statusCode"], again["headers"]["Vary"]) == (304, "Accept")
    assert ask(accept="*/*", if_none_match=page["ETag"])["statusCode"] == 200


def test_pages_lead_through_all_pings(store: PingStore, make_ping: MakePing) -> None:
    titles = [f"Number {number} of five" for number in range(5)]
    approve(store, *[make_ping(title=title) for title in titles])
    seen, query = [], "limit=2"
    while query:
        body = ask(query=query)["body"]
        seen.append([title for title in titles if title in body])
        query = body.partition('<a href="?')[2].partition('"')[0].replace("&amp;", "&")
    assert seen == [titles[3:], titles[1:3], titles[:1]]


@pytest.mark.parametrize("path", [PINGS, f"{PINGS}.html"])
@pytest.mark.parametrize(
    ("query", "words"),
    [("cursor=x", "Cursor must be"), ("limit=0", "Limit must be"), ("a&" * 101, "Send at most")],
)
@pytest.mark.usefixtures("table")
def test_a_bad_query_is_told_on_a_page_too(path: str, query: str, words: str) -> None:
    answer = ask(path, query)
    assert (answer["statusCode"], answer["headers"]["Content-Type"]) == (400, HTML)
    assert answer["headers"]["Cache-Control"] == "no-store"
    assert words in answer["body"]


def test_a_table_at_its_ceiling_asks_people_for_patience(
    table: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app, "ping_store", PingStore(table))
    faults.answer(table, "Query", 3, BUSY, 400)
    answer = ask()
    assert (answer["statusCode"], answer["headers"]["Retry-After"]) == (429, "60")
    assert "Try again" in answer["body"]


@pytest.mark.parametrize("query", ["", "cursor=x"])
@pytest.mark.usefixtures("table")
def test_every_page_is_guarded(query: str) -> None:
    headers = ask(query=query)["headers"]
    assert headers["Content-Security-Policy"].startswith("default-src 'none'; style-src 'sha256-")
    assert (headers["X-Robots-Tag"], headers["X-Content-Type-Options"]) == ("noindex", "nosniff")
    assert "Content-Security-Policy" not in ask(query=query, accept="*/*")["headers"]


accepts = st.text() | st.lists(st.sampled_from(["text/html", "*/*", ",", ";q=", "0.5", "1", " "])).map(
    "".join
)


@pytest.mark.usefixtures("table")
@settings(
    max_examples=100,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.sampled_from(["", "blog.example/"]), st.text(), st.sampled_from(["", "/.html"]), accepts, st.text())
def test_whatever_is_asked_for_is_a_list_or_a_message(
    host: str, path: str, end: str, accept: str, query: str
) -> None:
    assert ask(f"/pings/{host}{path}{end}", query, accept)["statusCode"] in {200, 304, 400, 404}
    assert get("/snippet", f"post={host}{path}&{query}")["statusCode"] in {200, 304, 400}


def test_programs_do_not_wait_for_what_makes_pages() -> None:
    script = (
        "import sys; from functions.serve import app; from tests.support.events import Context, http_event;"
        "app.handler(http_event('GET', '/pings/evil.example/'), Context());"
        "print(sorted({'jinja2', 'trackback.pages.templates'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, check=True, capture_output=True, text=True
    )
    assert done.stdout.splitlines()[-1] == "[]"
