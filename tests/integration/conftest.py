"""A blog and the blogs that ping it, on loopback, and who looks at the author's pages."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from functions.moderate import app
from functions.triage import app as triage
from tests.conftest import MakePing
from tests.stack.aws import make_queues
from tests.support import receivers, template
from tests.support.admin_client import SESSION, Visitor, Waiting, now
from tests.support.demo_site import Published, published
from tests.support.websites import Answer, Website, page, website
from trackback.model.ping import Ping, Status, client_hash
from trackback.model.posts import Sites
from trackback.model.transitions import CheckOutcome, checked
from trackback.model.verdict import LinkStatus, Verdict
from trackback.protocols.trackback.receive import read_ping
from trackback.receiving.spam.flood import FloodWindow
from trackback.receiving.verifier import Verifier
from trackback.signing import write_session
from trackback.storage.check_queue import Queue
from trackback.storage.pings import PingStore
from trackback.storage.table import Table
from trackback.web.http.client import Fetcher

NOW = datetime(2026, 11, 24, tzinfo=UTC)
BLOG = "blog.example"
POST = "/2026/hello/"
CHECKS = template.load().queue_url("Checks")
SENDER = client_hash("known to nobody else", "192.0.2.1")
_ELSEWHERE = {"private.example": ["10.0.0.7"], "unknown.example": []}


@dataclass
class Web:
    """One server that is every host of the tests, with answers by path; its own post is there from the start.

    A source's path is its page on whichever host a ping names.
    """

    table: Table
    server: Website
    answers: dict[str, Answer]
    store: PingStore = field(init=False)
    verifier: Verifier = field(init=False)

    def __post_init__(self) -> None:
        """Begin to verify, with nothing seen yet."""
        self.store = PingStore(self.table)
        self.verifier = self.new_verifier()
        self.answers[POST] = page("<html lang=en><title>Hello</title><p>A post.")

    def new_verifier(self, seconds: float = 5) -> Verifier:
        """Return what another environment would verify with; `seconds` is the time for one fetch."""
        fetcher = Fetcher(loopback=True, seconds=seconds, resolve=_addresses)
        return Verifier(self.table, fetcher, FloodWindow())

    @property
    def post_key(self) -> str:
        """The key of the blog's own post."""
        return f"{BLOG}:{self.server.port}{POST}".rstrip("/")

    def url(self, path: str, host: str = "other.example") -> str:
        """Return the URL of a page here."""
        return f"http://{host}:{self.server.port}{path}"

    def link(self, path: str = POST, host: str = BLOG) -> bytes:
        """Return a page with a link to a post."""
        href = self.url(path, host)
        return page(f"<html lang=en><title>Mine</title><p>First. I read <a href='{href}'>a post</a>. Last.")

    def ping(self, path: str = "/re", host: str = "other.example", post: str = POST, **fields: str) -> Ping:
        """Return a ping for a post, from a page on a host, as it comes in."""
        form = {"title": "A reply", "excerpt": "Some words", "blog_name": "Other"} | fields
        form["url"] = self.url(path, host)
        blog = f"{BLOG}:{self.server.port}"
        found = Sites(f"http://{blog}").find(blog + post)
        sent = {name: value.encode() for name, value in form.items()}
        return read_ping(found, sent, "utf-8", NOW, SENDER)

    def add(self, path: str = "/re", host: str = "other.example", post: str = POST, **fields: str) -> Ping:
        """Take a ping in."""
        ping = self.ping(path, host, post, **fields)
        self.store.add(ping)
        return ping

    def verify(self, ping: Ping, after: timedelta = timedelta()) -> Ping:
        """Look at a ping's source some time after `NOW`; return the ping as it is then."""
        self.verifier.verify(ping.id, self.verifier.context(), NOW + after)
        return self.store.get(ping.id)

    def asked(self) -> list[str]:
        """Return the paths that were asked for, in order."""
        return [request.split(" ")[1] for request in self.server.requests]


def _addresses(host: str) -> list[str]:
    return _ELSEWHERE.get(host, ["127.0.0.1"] if host.endswith(".example") else [host])


def outcomes(capsys: pytest.CaptureFixture[str]) -> list[tuple[str, dict[str, Any]]]:
    """Return the outcomes that functions have logged since, each by its name, with all of its line."""
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines() if "_aws" in line]
    return [(line["_aws"]["CloudWatchMetrics"][0]["Metrics"][0]["Name"], line) for line in lines]


@pytest.fixture
def web(table: Table) -> Iterator[Web]:
    """A web of one blog and its neighbours."""
    answers: dict[str, Answer] = {}
    with website(answers) as server:
        yield Web(table, server, answers)


@pytest.fixture
def checks(monkeypatch: pytest.MonkeyPatch) -> str:
    """The empty queue that triage fills, with a client that has no faults of other tests."""
    make_queues(template.load())
    monkeypatch.setattr(triage, "checks", Queue(CHECKS))
    return CHECKS


@pytest.fixture
def blog() -> Iterator[receivers.Web]:
    """The author's blog, whose post is `/post`."""
    with receivers.web("localhost") as site:
        yield site


@pytest.fixture
def other() -> Iterator[receivers.Web]:
    """Somebody else's blog."""
    with receivers.web() as site:
        yield site


@pytest.fixture(scope="session")
def _published() -> Iterator[Published]:
    with published() as here:
        yield here


@pytest.fixture
def here(_published: Published) -> Published:
    """A blog that serves one post, with all that it should have, and its API."""
    _published.clear()
    return _published


@pytest.fixture
def author(table: Table) -> Visitor:  # noqa: ARG001 - there is a table to look into
    return Visitor({SESSION: write_session(app.services.keys.load(now()), "session", now())})


@pytest.fixture
def stranger(table: Table) -> Visitor:  # noqa: ARG001 - as above
    return Visitor()


@pytest.fixture
def waiting(store: PingStore, make_ping: MakePing) -> Waiting:
    """Make pings that were looked at and wait for the author."""

    def make(**fields: str) -> Ping:
        ping = make_ping(**fields)
        store.add(ping)
        verdict = Verdict(LinkStatus.FOUND, ping.received_at, text="a post", sentence="I read a post today.")
        store.apply(checked(ping, verdict, CheckOutcome(Status.PENDING), now()))
        return store.get(ping.id)

    return make
