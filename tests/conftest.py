"""Starts the stand-in for AWS before test modules import functions, which connect at import."""

import gc
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from time import thread_time

import pytest
from hypothesis import settings
from playwright.sync_api import Browser

from tests.stack.aws import make_anew, stand_in
from tests.support import template
from tests.support.browser import Browsers, open_browsers
from trackback.model.ping import Ping
from trackback.model.posts import Sites
from trackback.protocols.trackback.form import Form
from trackback.protocols.trackback.receive import read_ping
from trackback.storage.pings import PingStore
from trackback.storage.table import Table

_running = ExitStack()
_running.enter_context(stand_in())
os.environ.update(
    SITES="blog.example, http://old.example",
    TABLE="trackback",
    SENDER_KEY="known to nobody else",
    CDN_KEY="known to the CDN alone",
    AUTHOR_EMAIL="author@blog.example",
    MAIL_FROM="author@blog.example",
    MAIL_EVENTS="mail-events",
    API_URL="https://api.example",
    FEED="",
    SEND_FUNCTION="send",
    SIGNING_KEY="/trackback/trackback/signing-key",
    WEBHOOK_KEY="/trackback/trackback/webhook-key",
    AKISMET_KEY="/trackback/trackback/akismet-key",
    CHECKS_QUEUE=template.load().queue_url("Checks"),
    READS_PER_SECOND="200",
    POWERTOOLS_METRICS_NAMESPACE="Trackback",
    POWERTOOLS_SERVICE_NAME="receive",
)

settings.register_profile("tests", derandomize=True, deadline=None, database=None)
settings.load_profile("tests")  # a slow machine fails no test, and every run tries the same

MakePing = Callable[..., Ping]


def reworded(ping: Ping, **texts: str) -> Ping:
    """Return a ping with some of its texts changed."""
    return replace(ping, texts=replace(ping.texts, **texts))


def pytest_collection_finish() -> None:
    """Exclude objects that all tests share, above all moto's and botocore's, from garbage collection."""
    gc.freeze()


def pytest_unconfigure() -> None:
    """Stop the stand-in."""
    _running.close()


@pytest.fixture
def table() -> Table:
    """An empty table, as the template defines it."""
    table = Table("trackback")
    make_anew(table)
    return table


@pytest.fixture
def store(table: Table) -> PingStore:
    """The pings of an empty table."""
    return PingStore(table)


@pytest.fixture(scope="session", autouse=True)
def fast_machine() -> Iterator[None]:
    """Count a twentieth of the CPU time that reading takes: a slow machine, or coverage, fails no test."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("trackback.web.budget.thread_time", lambda: thread_time() / 20)
        yield


@pytest.fixture
def slow_reading(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a document's CPU time go on by half a second with each look at the clock."""
    ticks = count()
    monkeypatch.setattr("trackback.web.budget.thread_time", lambda: next(ticks) / 2)


@pytest.fixture(scope="session")
def browsers() -> Iterator[Browsers]:
    """The browsers, shared by all tests of a process."""
    with open_browsers() as browsers:
        yield browsers


@pytest.fixture(scope="session")
def browser(browsers: Browsers) -> Browser:
    """The browser of tests that need only one."""
    return browsers["Chromium"]


@pytest.fixture
def make_ping() -> MakePing:
    """Make pings, each from its own source and a second later than the one before."""
    number = count(1)

    def make(post: str = "blog.example/2026/hello/", **fields: str) -> Ping:
        n = next(number)
        form: Form = {"url": f"https://other.example/{n}".encode(), "title": f"Title {n}".encode()}
        form |= {name: value.encode() for name, value in fields.items()}
        when = datetime(2026, 11, 22, 6, 11, tzinfo=UTC) + timedelta(seconds=n)
        return read_ping(Sites(os.environ["SITES"]).find(post), form, "utf-8", when)

    return make
