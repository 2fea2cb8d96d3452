"""`serve`, called as API Gateway calls it, with a real table behind it."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from functions.serve import app
from tests.conftest import MakePing
from tests.support import aws_faults as faults
from tests.support.events import Context, http_event
from trackback.model.ping import Ping, Status
from trackback.storage.pings import PingStore
from trackback.storage.table import Table

PINGS = "/pings/blog.example/2026/hello/"


def get(path: str, query: str = "", method: str = "GET", **headers: str) -> dict[str, Any]:
    """Return what the handler answers to one request."""
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    return app.handler(http_event(method, path, query=query, headers=sent), Context())  # type: ignore[arg-type]


def read(path: str, query: str = "") -> Any:
    return json.loads(get(path, query)["body"])


def approve(store: PingStore, *pings: Ping) -> None:
    for ping in pings:
        store.add(ping)
        store.decide(ping.id, Status.APPROVED, datetime.now(UTC))


def test_approved_pings_are_listed_as_the_contract_says(store: PingStore, make_ping: MakePing) -> None:
    first = make_ping(url="https://other.example/re", title="Re: “x” <y>", excerpt="words", blog_name="Other")
    second, held = make_ping(), make_ping()
    approve(store, first, second)
    store.add(held)
    newest, oldest = read(PINGS).pop("pings")
    assert read(PINGS) == {
        "post": "https://blog.example/2026/hello/",
        "count": 2,
        "pings": [newest, oldest],
        "next": None,
    }
    assert newest["id"] == second.id
    assert oldest == {
        "id": first.id,
        "url": "https://other.example/re",
        "title": "Re: “x”",
        "excerpt": "words",
        "blog_name": "Other",
        "received_at": "2026-11-22T06:11:01Z",
        "verified": False,
    }


def test_a_list_may_be_cached_and_is_typed(store: PingStore, make_ping: MakePing) -> None:
    approve(store, make_ping())
    headers = get(PINGS)["headers"]
    assert headers["Content-Type"] == "application/json"
    assert headers["Cache-Control"] == "public, max-age=60, stale-while-revalidate=600"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["ETag"].startswith('"')


@pytest.mark.parametrize("path", ["/pings/blog.example/quiet", "/pings/evil.example/", "/pings/a b/<x>"])
@pytest.mark.usefixtures("table")
def test_an_unknown_post_is_an_empty_list(path: str) -> None:
    answer = get(path)
    body = json.loads(answer["body"])
    assert answer["statusCode"] == 200
    assert (body["count"], body["pings"], body["next"]) == (0, [], None)


@pytest.mark.parametrize(
    ("known", "status"),
    [("{}", 304), ("W/{}", 304), ('"other", {}', 304), ("*", 304), ('"other"', 200), ("", 200)],
    ids=["the same", "a weak one", "one of a list", "any", "another", "none"],
)
@pytest.mark.usefixtures("table")
def test_a_reader_who_has_the_list_already_is_told_so(known: str, status: int) -> None:
    etag = get(PINGS)["headers"]["ETag"]
    answer = get(PINGS, if_none_match=known.format(etag))
    assert (answer["statusCode"], answer["headers"]["ETag"]) == (status, etag)
    assert bool(answer.get("body")) == (status == 200)


def test_a_new_ping_makes_a_new_etag(store: PingStore, make_ping: MakePing) -> None:
    before = get(PINGS)["headers"]["ETag"]
    approve(store, make_ping())
    assert get(PINGS, if_none_match=before)["statusCode"] == 200


def test_pages_lead_through_all_pings(store: PingStore, make_ping: MakePing) -> None:
    pings = [make_ping() for _ in range(5)]
    approve(store, *pings)
    ids, query = [], "limit=2"
    while query:
        page = read(PINGS, query)
        ids += [ping["id"] for ping in page["pings"]]
        assert page["count"] == 5
        query = f"limit=2&cursor={page['next']}" if page["next"] else ""
    assert ids == [ping.id for ping in reversed(pings)]


BAD_QUERIES = [
    *[(f"limit={limit}", "limit") for limit in ("0", "101", "-1", "x", "", "1e1", "1.5", "٣", "9" * 5000)],
    *[(f"cursor={cursor}", "cursor") for cursor in ("", "x", "%00", "e30", "é", "A" * 5000, "W10=")],
    ("&".join(["limit=1"] * 101), "parameters"),
]


@pytest.mark.parametrize(("query", "names"), BAD_QUERIES, ids=[row[0][:20] for row in BAD_QUERIES])
def test_a_bad_query_is_told_what_to_send(query: str, names: str) -> None:
    answer = get(PINGS, query)
    assert answer["statusCode"] == 400
    assert names in json.loads(answer["body"])["message"]


@pytest.mark.parametrize(("limit", "found"), [("1", 1), ("100", 3)])
def test_the_limits_ends_are_limits(store: PingStore, make_ping: MakePing, limit: str, found: int) -> None:
    approve(store, *[make_ping() for _ in range(3)])
    assert len(read(PINGS, f"limit={limit}")["pings"]) == found


def test_counts_come_under_the_names_asked_for(store: PingStore, make_ping: MakePing) -> None:
    approve(store, make_ping(), make_ping(), make_ping(post="old.example/a"))
    names = [
        "blog.example/2026/hello/",
        "http://old.example/a/index.html",
        "blog.example/b,c",
        "evil.example/",
    ]
    query = "&".join(f"post={name}" for name in names)
    assert read("/counts", query) == {"counts": dict(zip(names, [2, 1, 0, 0], strict=True))}


@pytest.mark.usefixtures("table")
def test_fifty_counts_are_answered_and_one_more_is_too_many() -> None:
    fifty = "&".join(f"post=blog.example/{number}" for number in range(50))
    assert len(read("/counts", fifty)["counts"]) == 50
    for query in (f"{fifty}&post=blog.example/x", "", "other=1"):
        assert get("/counts", query)["statusCode"] == 400


UNPROCESSED = {
    "Responses": {"trackback": []},
    "UnprocessedKeys": {"trackback": {"Keys": [{"id": {"S": "x"}}]}},
}
BUSY = faults.error("ProvisionedThroughputExceededException")


@pytest.mark.parametrize(
    ("path", "query", "operation", "body", "status"),
    [
        (PINGS, "", "Query", BUSY, 400),
        ("/counts", "post=blog.example/a", "BatchGetItem", BUSY, 400),
        ("/counts", "post=blog.example/a", "BatchGetItem", UNPROCESSED, 200),
    ],
    ids=["a list", "counts", "some counts"],
)
def test_a_table_at_its_ceiling_asks_readers_for_patience(
    table: Table,
    monkeypatch: pytest.MonkeyPatch,
    path: str,
    query: str,
    operation: str,
    body: Any,
    status: int,
) -> None:
    monkeypatch.setattr(app, "ping_store", PingStore(table))
    faults.answer(table, operation, 3, body, status)
    answer = get(path, query)
    assert (answer["statusCode"], answer["headers"]["Retry-After"]) == (429, "60")
    assert "Try again" in json.loads(answer["body"])["message"]


@pytest.mark.usefixtures("table")
def test_a_post_with_too_long_an_address_has_no_pings() -> None:
    name = "blog.example/" + "a" * 2_100
    assert read("/counts", f"post={name}") == {"counts": {name: 0}}
    assert read(f"/pings/{name}")["count"] == 0


@pytest.mark.parametrize("path", [PINGS, "/embed.js"])
@pytest.mark.usefixtures("table")
def test_head_is_answered_like_get(path: str) -> None:
    assert get(path, method="HEAD")["headers"] == get(path)["headers"]


def test_no_cors_header_is_set_since_the_gateway_sets_them() -> None:
    assert not any(name.lower().startswith("access-control") for name in get("/embed.js")["headers"])
