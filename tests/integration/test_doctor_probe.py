"""The doctor's test ping: it arrives, it is removed whatever happens, and nobody ever hears of it."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import astuple
from datetime import UTC, datetime
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from tests.support import aws_faults as faults
from tests.support import template
from tests.support.demo_site import PATH, Published
from trackback.cli.doctor import probe as trial
from trackback.cli.doctor.discovery_check import Post
from trackback.cli.doctor.finding import Severity
from trackback.cli.doctor.probe import NotRemoved, Probe
from trackback.model.ping import Ping, Status
from trackback.model.posts import Sites
from trackback.receiving.spam.bayes import WordModel
from trackback.receiving.spam.evidence import judged_text
from trackback.receiving.spam.flood import FloodWindow
from trackback.receiving.spam.rules import read_rule
from trackback.receiving.verifier import Verifier
from trackback.storage.closed_posts import close
from trackback.storage.dynamodb import connect
from trackback.storage.items import post_id
from trackback.storage.pings import PingStore
from trackback.storage.settings import save_rules
from trackback.storage.table import Table
from trackback.web.http.client import Fetcher

NOW = datetime(2026, 11, 26, tzinfo=UTC)
SIGNALS = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP]


@pytest.fixture
def send(table: Table, here: Published) -> Callable[..., Any]:
    """Send a test ping for a post."""
    fetcher = Fetcher(loopback=True)
    return lambda path=PATH: Probe(table, fetcher).run(here.post(path))


@pytest.fixture
def seen(table: Table, store: PingStore, here: Published) -> list[Ping]:
    """The pings that the table holds when the API has taken one, each after its verification."""
    pings: list[Ping] = []
    verifier = Verifier(table, Fetcher(loopback=True), FloodWindow())

    def verify() -> None:
        for ping in store.pings():
            verifier.verify(ping.id, verifier.context(), NOW)
            pings.append(store.get(ping.id))

    here.after = verify
    return pings


def test_a_test_ping_arrives_and_is_removed(
    store: PingStore, here: Published, send: Callable[..., Any]
) -> None:
    arrived: list[Ping] = []
    here.after = lambda: arrived.extend(store.pings())
    found = send()
    assert (found.severity, found.advice) == (Severity.OK, "")
    (ping,) = arrived
    assert (ping.post, ping.status) == (here.url, Status.RECEIVED)
    assert list(store.pings()) == []


@pytest.mark.parametrize("path", ["/", "/a%20b/%E6%97%A5/", "/index.php", "/x--y/~z", f"/{'long/' * 180}"])
def test_it_is_spam_to_verification_which_fetches_nothing_for_it(
    table: Table, store: PingStore, send: Callable[..., Any], seen: list[Ping], path: str
) -> None:
    """So there is no mail, no webhook and no count, even where it is never removed."""
    assert send(path).severity is Severity.OK
    (ping,) = seen
    assert ping.status is Status.SPAM
    assert ping.verdict
    assert ping.verdict.link == "unreachable"
    assert not ping.verdict.why
    assert table.get(post_id(ping.post_key)) == {}
    assert list(store.pings()) == []


def test_it_is_spam_to_an_author_who_approves_the_like(
    table: Table, send: Callable[..., Any], seen: list[Ping]
) -> None:
    send()
    (first,) = seen
    text = judged_text(first.url, *astuple(first.texts))
    table.write("words#", "model", WordModel.empty().learn([(text, False)] * 100).as_json())
    assert send().severity is Severity.OK
    assert [ping.status for ping in seen] == [Status.SPAM, Status.SPAM]


def test_none_is_sent_where_a_rule_would_let_it_pass(
    table: Table, send: Callable[..., Any], seen: list[Ping]
) -> None:
    save_rules(table, [read_rule("allow", "text", "trackback doctor")], [])
    found = send()
    assert (found.severity, seen) == (Severity.WARNING, [])
    assert "trackback rules list" in found.advice
    save_rules(
        table,
        [read_rule("block", "text", "trackback doctor")],
        [read_rule("allow", "text", "trackback doctor")],
    )
    assert send().severity is Severity.OK


def test_none_is_sent_for_a_post_that_is_closed(
    table: Table, here: Published, send: Callable[..., Any], seen: list[Ping]
) -> None:
    close(table, Sites(here.blog), here.url)
    found = send()
    assert (found.severity, seen) == (Severity.WARNING, [])
    assert "closed this post" in found.words


def test_an_api_that_refuses_is_quoted(table: Table, here: Published) -> None:
    elsewhere = Post("http://elsewhere.example/hello/", here.api)
    found = Probe(table, Fetcher(loopback=True)).run(elsewhere)
    assert found.severity is Severity.ERROR
    assert found.words.endswith("No blog with this host takes TrackBacks here. Check the ping URL.")


def test_an_api_that_fails_once_it_has_stored_the_ping_leaves_none(
    store: PingStore, here: Published, send: Callable[..., Any]
) -> None:
    stored: list[Ping] = []

    def fail() -> None:
        stored.extend(store.pings())
        raise ValueError

    here.after = fail
    found = send()
    assert found.severity is Severity.ERROR
    assert "it answers 500" in found.words
    assert (len(stored), list(store.pings())) == (1, [])


def test_a_ping_that_is_stored_after_we_gave_up_is_removed_as_well(
    table: Table, store: PingStore, here: Published, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trial, "MAY_STILL_COME", 60)
    stored: list[Ping] = []
    here.before = lambda: Event().wait(2)
    here.after = lambda: stored.extend(store.pings())
    found = Probe(table, Fetcher(loopback=True, seconds=1)).run(here.post())
    assert found.severity is Severity.ERROR
    assert "did not answer within 1 seconds" in found.words
    assert list(store.pings()) == []


def test_a_ping_that_does_not_arrive_tells_of_another_table(
    store: PingStore, here: Published, other: Table
) -> None:
    found = Probe(other, Fetcher(loopback=True)).run(here.post())
    assert found.severity is Severity.ERROR
    assert "is not in the table other" in found.words
    assert "--table" in found.advice
    assert list(PingStore(other).pings()) == []
    assert len(list(store.pings())) == 1


@pytest.fixture
def other() -> Iterator[Table]:
    """Another deployment's table."""
    client = connect()
    (made,) = template.load().tables()
    client.create_table(**{**made, "TableName": "other"})
    yield Table("other")
    client.delete_table(TableName="other")


def test_a_ping_that_somebody_has_approved_meanwhile_stays_and_is_named(
    store: PingStore, here: Published, send: Callable[..., Any]
) -> None:
    here.after = lambda: [store.decide(ping.id, Status.APPROVED, NOW) for ping in store.pings()]
    with pytest.raises(NotRemoved) as raised:
        send()
    (ping,) = store.pings()
    assert f"trackback spam {ping.id}" in str(raised.value)
    assert store.counts([ping.post_key]) == {ping.post_key: 1}


def test_a_ping_that_cannot_be_removed_is_named(table: Table, store: PingStore, here: Published) -> None:
    faults.answer(table, "DeleteItem", 1, faults.error("AccessDeniedException"))
    with pytest.raises(NotRemoved) as raised:
        Probe(table, Fetcher(loopback=True)).run(here.post())
    (ping,) = store.pings()
    assert f"the test ping {ping.id} is still in the table" in str(raised.value)
    assert "AccessDeniedException" in str(raised.value)


@pytest.mark.parametrize("number", SIGNALS, ids=lambda number: number.name)
def test_whoever_ends_the_doctor_ends_it_when_the_ping_is_removed(
    store: PingStore, here: Published, number: signal.Signals
) -> None:
    stored: list[Ping] = []

    def interrupt() -> None:
        stored.extend(store.pings())
        process.send_signal(number)
        process.wait(60)

    here.after = interrupt
    command = [str(Path(sys.executable).with_name("trackback")), "doctor", here.url, "--api", here.api]
    process = subprocess.Popen(command, env=dict(os.environ), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    _, complaints = process.communicate(timeout=120)
    assert process.returncode == 128 + number
    assert complaints == b""
    assert (len(stored), list(store.pings())) == (1, [])
