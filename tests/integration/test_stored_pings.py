"""Pings that the version before the rooms stored: decided, sent again and checked as they were then."""

import json
from collections.abc import Iterator
from datetime import datetime
from urllib.parse import urlencode

import pytest

from functions.receive import app as receive
from functions.serve import app as serve
from tests.support.events import FORM, Context, http_event
from tests.support.receivers import Web, post
from tests.support.receivers import web as server
from tests.support.stored_records import IDS, OUTPUT, OneServer, printed, row, store_records, stored
from trackback.cli.main import main
from trackback.receiving.spam.flood import FloodWindow
from trackback.receiving.verifier import Verifier
from trackback.storage.closed_posts import Closed
from trackback.storage.table import Table

HELLO = "blog.example/2026/hello/"
LATER = datetime.fromisoformat("2026-12-20T00:00:00Z")
ROWS = {name: next(row for row in OUTPUT["list"] if row["id"] == ping_id) for name, ping_id in IDS.items()}


@pytest.fixture(autouse=True)
def _stored(table: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(receive, "closed", Closed(table))
    store_records()


@pytest.fixture
def site() -> Iterator[Web]:
    """Every other site, and the blog."""
    with server() as site:
        yield site


def count() -> int:
    """Return how many pings readers are told that the post has, which is how many they see."""
    answer = serve.handler(http_event("GET", f"/pings/{HELLO}"), Context())  # type: ignore[arg-type]
    seen = json.loads(answer["body"])
    assert seen["count"] == len(seen["pings"])
    return int(seen["count"])


def receive_ping(post: str, **fields: str) -> str:
    """Have a ping received; return the answer."""
    event = http_event(
        "POST", f"/trackback/{post}", headers={"content-type": FORM}, body=urlencode(fields).encode()
    )
    return str(receive.handler(event, Context())["body"])  # type: ignore[arg-type]


def send(name: str, **texts: str) -> None:
    """Send a ping again, with the texts that it had first where none are given."""
    fields = {
        "title": f"About {name}",
        "excerpt": f"Some words of {name}.",
        "blog_name": "Other Blog",
    } | texts
    assert "<error>0" in receive_ping(HELLO, url=f"https://other.example/{name}/", **fields)


def verify(table: Table, site: Web, name: str) -> None:
    verifier = Verifier(table, OneServer(site.url), FloodWindow())
    verifier.verify(IDS[name], verifier.context(), LATER)


def test_decisions_change_what_readers_see() -> None:
    before = count()
    for name in ("found", "missing", "down", "undone", "spam"):
        printed("approve", IDS[name])
        assert row(name)["history"][:-1] == ROWS[name].get("history", [])
    assert count() == before + 5
    assert "expires_at" not in stored(IDS["spam"])
    printed("reject", IDS["approved"])
    printed("spam", IDS["gone"])
    assert count() == before + 3
    assert not {"shown_on", "due", "check_at", "gone"} & stored(IDS["gone"]).keys()


@pytest.mark.parametrize(
    ("name", "title", "waits"),
    [
        ("taken", "About taken", "Taken words"),
        ("taken-and-newer", "About taken-and-newer", "Newer words still"),
    ],
)
def test_a_revision_that_was_taken_can_be_given_back(name: str, title: str, waits: str) -> None:
    before = count()
    printed("undo", IDS[name])
    assert (row(name)["title"], row(name)["revision"]["title"], row(name)["status"]) == (
        title,
        waits,
        "approved",
    )
    assert count() == before


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("approved", "pending"),
        ("by-rule", "pending"),
        ("third", "approved"),
        ("rejected", "pending"),
        ("rejected-unlooked", "pending"),
        ("no-such-post", "pending"),
        ("spam-by-rule", "pending"),
        ("spam-by-check", "pending"),
    ],
)
def test_last_decisions_can_be_undone_whoever_made_them(name: str, status: str) -> None:
    printed("undo", IDS[name])
    assert row(name)["status"] == status


@pytest.mark.parametrize("name", ["received", "found", "undone", "undone-spam", "long-history", "reopened"])
def test_where_there_was_nothing_to_undo_there_still_is_nothing(name: str) -> None:
    before = stored(IDS[name])
    assert main(["undo", IDS[name]]) == 1
    assert stored(IDS[name]) == before


def test_a_waiting_revision_is_taken_by_its_name_or_dropped_for_good() -> None:
    name = stored(IDS["dropped"])["dropped"]["S"]
    assert main(["approve", "--revision", name, IDS["approved-revised"]]) == 1
    printed("keep", IDS["approved-revised"], IDS["approved-revised-unchecked"], IDS["revised"])
    assert not any("revision" in row(each) for each in ("approved-revised", "revised"))
    assert stored(IDS["approved-revised"])["due"] == {"S": "check"}
    before = stored(IDS["revised"])
    send("revised", title="Later words", excerpt="")
    assert stored(IDS["revised"]) == before


@pytest.mark.parametrize("name", ["dropped", "pending-dropped"])
def test_texts_that_were_dropped_do_not_come_again_but_others_do(name: str) -> None:
    before = stored(IDS[name])
    send(name, title="Dropped words")
    assert stored(IDS[name]) == before
    send(name, title="Better words")
    assert row(name)["revision"]["title"] == "Better words"


@pytest.mark.parametrize(
    "name",
    ["received", "found", "approved", "rejected", "spam", "reopened-checked", "gone", "told", "broken"],
)
def test_the_same_ping_again_changes_nothing(name: str) -> None:
    before = stored(IDS[name])
    texts = {field: before.get(field, {"S": ""})["S"] for field in ("title", "excerpt", "blog_name")}
    send(name, **texts)
    assert stored(IDS[name]) == before


def test_other_texts_wait_beside_the_first_ones() -> None:
    for name in ("received", "found", "approved", "taken"):
        send(name, title="Other words")
        assert (row(name)["title"], row(name)["revision"]["title"]) == (
            ROWS[name]["title"],
            "Other words",
        )
        assert stored(IDS[name])["unlooked"] == {"BOOL": True}


def test_the_first_texts_again_take_no_revision_away() -> None:
    before = stored(IDS["approved-revised"])
    send("approved-revised")
    assert stored(IDS["approved-revised"]) == before


def test_only_what_the_check_alone_put_away_is_reopened() -> None:
    for name in ("spam-by-check", "spam", "rejected"):
        send(name, title="Honest words")
    assert row("spam-by-check")["status"] == "received"
    assert row("spam-by-check")["title"] == "Honest words"
    assert not {"verdict", "expires_at", "told"} & stored(IDS["spam-by-check"]).keys()
    assert (row("spam")["status"], row("rejected")["status"]) == ("spam", "rejected")
    assert row("spam")["title"] != "Honest words"


def test_a_post_that_was_closed_takes_no_pings() -> None:
    for closed in ("blog.example/2026/closed/", "old.example/third"):
        assert "takes no TrackBacks" in receive_ping(closed, url="https://a.example/")


def test_sources_are_checked_again_and_counted_on(table: Table, site: Web) -> None:
    site.pages["/approved-again/"] = post(f"https://{HELLO}")
    for name in (
        "approved-again",
        "gone",
        "gone-twice",
        "down",
        "received",
        "approved-check-asked",
        "not-there",
    ):
        verify(table, site, name)
    assert [stored(IDS[name])["looks"]["N"] for name in ("approved-again", "not-there")] == ["4", "2"]
    assert row("approved-again")["check_at"] == "2027-01-19T00:00:00.000Z"
    assert [stored(IDS[name])["gone"]["M"]["times"]["N"] for name in ("gone", "gone-twice")] == ["4", "3"]
    assert [stored(IDS[name])["due"]["S"] for name in ("gone", "gone-twice")] == ["gone", "gone"]
    assert (row("down")["verdict"]["link"], row("received")["status"]) == ("missing", "pending")
    assert not {"sender", "unlooked"} & (
        stored(IDS["received"]).keys() | stored(IDS["approved-check-asked"]).keys()
    )


def test_a_link_that_is_there_again_has_not_gone(table: Table, site: Web) -> None:
    site.pages["/gone/"] = post(f"https://{HELLO}")
    verify(table, site, "gone")
    assert "gone" not in stored(IDS["gone"])
    assert IDS["gone"] not in [json.loads(line)["id"] for line in printed("list", "--disappeared", "--json")]
