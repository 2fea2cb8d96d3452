"""What the version before the rooms stored is read, listed and shown as it was then."""

import json
import re
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest

from functions.serve import app
from tests.support.admin_client import QUEUE, Visitor
from tests.support.events import Context, http_event
from tests.support.stored_records import OUTPUT, PINGS, STORED_AT, printed, store_records, stored
from trackback.model.transitions import Change
from trackback.receiving.spam.training import load_words
from trackback.signing import write_sign_in
from trackback.storage.api_address import find_api
from trackback.storage.dynamodb import to_plain
from trackback.storage.items import to_attributes, to_ping
from trackback.storage.pings import PingStore
from trackback.storage.sign_ins import SignIns
from trackback.storage.signing_keys import Keys
from trackback.storage.statistics import load_overview
from trackback.storage.table import Table
from trackback.storage.updates import ping_change


@pytest.fixture(autouse=True)
def _stored(table: Table, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: ARG001 - there is an empty table
    monkeypatch.setenv("COLUMNS", "120")
    store_records()


def without_looks(row: dict[str, Any]) -> dict[str, Any]:
    """Return a ping as it is printed, without what a verdict did not say then."""
    verdict = row["verdict"] and {name: value for name, value in row["verdict"].items() if name != "looks"}
    return row | {"verdict": verdict}


def readers_see(path: str, query: str = "") -> object:
    answer = app.handler(http_event("GET", path, query=query), Context())  # type: ignore[arg-type]
    return json.loads(answer["body"])


def test_the_command_line_prints_what_it_printed_and_whole_names_of_revisions(store: PingStore) -> None:
    listed = [json.loads(line) for line in printed("list", "--json")]
    assert list(map(without_looks, listed)) == OUTPUT["list"]
    for row in OUTPUT["list"]:
        assert without_looks(json.loads(printed("show", row["id"], "--json")[0])) == row
        whole = f"revision {store.get(row['id']).revision_hash}"
        explained = [line for line in printed("explain", row["id"]) if not line.startswith("looks")]
        assert explained == [
            re.sub("revision [0-9a-f]{8}$", whole, line) for line in OUTPUT["explain"][row["id"]]
        ]


@pytest.mark.parametrize("command", [name for name in OUTPUT if name.startswith("list ")])
def test_lists_have_the_same_pings_in_the_same_order(command: str) -> None:
    assert [json.loads(line)["id"] for line in printed(*command.split(), "--json")] == OUTPUT[command]


def test_readers_get_what_they_got() -> None:
    for path in ("blog.example/2026/hello/", "blog.example/2026/second/", "old.example/third"):
        assert readers_see(f"/pings/{path}") == OUTPUT[f"GET /pings/{path}"]
    counts = OUTPUT["GET /counts"]
    assert readers_see("/counts", urlencode({"post": [*counts]}, doseq=True)) == {"counts": counts}


def test_pings_that_are_read_and_written_back_are_the_same() -> None:
    for item in PINGS:
        plain = to_plain(item)
        ping = to_ping(plain)
        assert ping_change(Change(ping, ping)).expression == ""
        written = to_attributes(ping)
        if "verdict" in written:  # reasons have codes now
            assert len(written["verdict"].pop("codes")) == len(plain["verdict"]["reasons"])
        assert written == {name: value for name, value in plain.items() if value}


@pytest.mark.parametrize("command", [name for name in OUTPUT if name.startswith("queue ")])
def test_tabs_of_the_queue_have_the_same_pings(author: Visitor, command: str) -> None:
    tab = command.partition(" ")[2]
    page = author.read(QUEUE, f"tab={tab}")
    (count,) = re.findall(rf'tab={tab}".*?<span class="count">([^<]+)<', page)
    pings = list(dict.fromkeys(re.findall(rf'<h2 .*href="{QUEUE}/ping/(\w+)"', page)))
    assert {"count": count, "pings": pings} == OUTPUT[command]


def test_the_queue_shows_later_texts_and_titles_of_posts(author: Visitor) -> None:
    assert "Later words" in author.read(QUEUE)
    assert "Later words" in author.read(QUEUE, "tab=approved")
    assert "Hello, world" in author.read(QUEUE)


def test_what_was_due_is_due_at_the_same_time(store: PingStore) -> None:
    due = [
        (datetime.fromisoformat(item["check_at"]["S"]), item["id"]["S"]) for item in PINGS if "due" in item
    ]
    for at, ping_id in due:
        assert ping_id in store.due(at, 100)
        assert ping_id not in store.due(at - timedelta(milliseconds=1), 100)


def test_sent_pings_settings_and_rules_are_printed_as_they_were(table: Table) -> None:
    sent = [json.loads(line) for line in printed("sent", "--json")]
    assert [record["first_at"] for record in sent] == [record["first_at"] for record in OUTPUT["sent"]]
    assert all(record in OUTPUT["sent"] for record in sent)  # at one time, in any order
    assert json.loads(printed("settings", "--json")[0]) == OUTPUT["settings"]
    assert printed("rules", "list") == OUTPUT["rules list"]
    assert find_api(table) == "https://api.example"


def test_a_sign_in_link_that_was_mailed_works_once_and_holds_back_another(table: Table) -> None:
    keys = Keys("/trackback/trackback/signing-key")
    access = SignIns(table, keys)
    asked_at = datetime.fromisoformat(stored("access#")["asked_at"]["S"])
    soon = asked_at + timedelta(minutes=5)
    assert access.ask(soon) is None
    token = write_sign_in(keys.load(soon), stored("access#")["nonce"]["S"], asked_at)
    assert access.session(access.enter(token, soon), soon)
    assert access.ask(soon) is not None


def test_what_was_learned_judges_new_texts(table: Table) -> None:
    words = load_words(table)
    assert words.judge("casino bonus, jackpot for winners: an offer").probability > 0.9
    assert words.judge("My reply about gardening and bicycles").probability < 0.1


def test_figures_that_are_fresh_are_not_counted_again(table: Table) -> None:
    before = stored("overview#")
    counted = load_overview(table, STORED_AT + timedelta(minutes=5))
    assert stored("overview#") == before
    assert counted.posts[0] == ("https://blog.example/2026/hello/", 16)
    assert counted.titles["https://blog.example/2026/hello/"] == "Hello, world"
    again = load_overview(table, STORED_AT + timedelta(hours=1))
    assert (again.posts, again.titles, again.sites) == (counted.posts, counted.titles, counted.sites)
    assert again.weeks == counted.weeks
