"""The command line carries out decisions and takes them back."""

import pytest

from tests.conftest import MakePing, reworded
from tests.integration.cli.conftest import NOW, Blogs, Output, folded, rows, said
from trackback.cli.main import main
from trackback.errors import StatusChanged
from trackback.model.ping import Status
from trackback.model.settings import Settings
from trackback.storage.pings import PingStore
from trackback.storage.settings import load_rules, save_settings
from trackback.storage.table import Table

DECISIONS = [("approve", Status.APPROVED), ("reject", Status.REJECTED), ("spam", Status.SPAM)]


@pytest.mark.parametrize(("command", "status"), DECISIONS)
def test_a_decision_is_made_for_each_ping_named(
    store: PingStore, make_ping: MakePing, capsys: Output, command: str, status: Status
) -> None:
    pings = [make_ping(), make_ping()]
    for ping in pings:
        store.add(ping)
    printed = said(capsys, command, *[ping.id for ping in pings])
    assert [store.get(ping.id).status for ping in pings] == [status, status]
    assert printed.splitlines() == [f"{ping.id}  received → {status}  {ping.texts.title}" for ping in pings]
    assert "already" in said(capsys, command, pings[0].id)


def test_what_can_be_done_is_done_and_the_rest_is_told(
    store: PingStore, make_ping: MakePing, capsys: Output
) -> None:
    ping = make_ping()
    store.add(ping)
    assert main(["approve", "nosuchping", ping.id]) == 1
    assert capsys.readouterr().err == "trackback: nosuchping: there is no such ping\n"
    assert store.get(ping.id).status is Status.APPROVED


def test_a_decision_that_came_too_late_is_told(
    store: PingStore, make_ping: MakePing, capsys: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    ping = make_ping()
    store.add(ping)

    def late(*_: object, **__: object) -> None:
        raise StatusChanged("its status has changed meanwhile; look at it again")

    monkeypatch.setattr(PingStore, "decide", late)
    assert main(["reject", ping.id]) == 1
    assert "changed meanwhile" in capsys.readouterr().err


def test_a_revision_is_shown_when_the_author_names_it(store: PingStore, blogs: Blogs, capsys: Output) -> None:
    store.decide(blogs.ping.id, Status.APPROVED, NOW)
    store.add(reworded(blogs.ping, title="Other words"))
    name = store.get(blogs.ping.id).revision_hash
    assert f"(revision {name})" in folded(said(capsys, "list"))
    assert "was approved already" in said(capsys, "approve", blogs.ping.id)
    assert main(["approve", "--revision", "0000", blogs.ping.id]) == 1
    assert store.get(blogs.ping.id).texts.title != "Other words"
    assert f"now shows revision {name}" in folded(said(capsys, "approve", "--revision", name, blogs.ping.id))
    assert store.get(blogs.ping.id).texts.title == "Other words"


def test_the_last_decision_is_undone(store: PingStore, make_ping: MakePing, capsys: Output) -> None:
    ping, never_decided = make_ping(), make_ping()
    for one in (ping, never_decided):
        store.add(one)
    said(capsys, "reject", ping.id)
    said(capsys, "approve", ping.id)
    assert said(capsys, "undo", ping.id) == f"{ping.id}  approved → rejected  {ping.texts.title}\n"
    assert store.get(ping.id).status is Status.REJECTED
    assert "rejected by author: undo" in folded(said(capsys, "explain", ping.id))
    assert main(["undo", "nosuchping", never_decided.id, ping.id]) == 1
    assert capsys.readouterr().err.splitlines() == [
        "trackback: nosuchping: there is no such ping",
        f"trackback: {never_decided.id}: there is no decision to undo",
        f"trackback: {ping.id}: there is no decision to undo",
    ]


def test_a_revision_that_was_shown_is_taken_back(store: PingStore, blogs: Blogs, capsys: Output) -> None:
    said(capsys, "approve", blogs.ping.id)
    store.add(reworded(blogs.ping, title="Other words"))
    said(capsys, "approve", "--revision", store.get(blogs.ping.id).revision_hash, blogs.ping.id)
    assert "shows its words from before" in said(capsys, "undo", blogs.ping.id)
    assert store.get(blogs.ping.id).texts.title == blogs.ping.texts.title


def test_a_revision_is_dropped_when_the_author_keeps_the_words(
    store: PingStore, blogs: Blogs, capsys: Output
) -> None:
    said(capsys, "approve", blogs.ping.id)
    store.add(reworded(blogs.ping, title="Other words"))
    name = store.get(blogs.ping.id).revision_hash
    assert f"{blogs.ping.id} dropped revision {name}" in folded(said(capsys, "keep", blogs.ping.id))
    assert store.get(blogs.ping.id).revision is None
    (listed,) = rows(capsys, "list")
    assert "dropped" not in listed
    assert main(["keep", blogs.ping.id]) == 1
    assert "no other words to drop" in capsys.readouterr().err


def test_a_decision_follows_the_settings(
    table: Table, store: PingStore, make_ping: MakePing, capsys: Output
) -> None:
    save_settings(table, Settings(approve_known=True), Settings())
    known, nameless = make_ping(), make_ping(url="https://intranet/re")
    for ping in (known, nameless):
        store.add(ping)
    said(capsys, "approve", known.id)
    assert list(map(str, load_rules(table))) == ["allow host other.example"]
    assert main(["approve", nameless.id]) == 1
    assert "The ping is approved, but there is no rule for its site." in capsys.readouterr().err
    assert store.get(nameless.id).status is Status.APPROVED


@pytest.mark.parametrize("command", ["reject", "spam"])
def test_what_was_decided_against_is_not_looked_at_again(blogs: Blogs, capsys: Output, command: str) -> None:
    said(capsys, command, blogs.ping.id)
    assert main(["verify", blogs.ping.id]) == 1
    assert "is not looked at any more" in capsys.readouterr().err
    assert blogs.server.requests == []
