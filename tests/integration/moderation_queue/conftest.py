"""Pings of each tab, and what a list costs."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.conftest import MakePing
from trackback.model.ping import Ping, Status
from trackback.storage.moderation_queue import Queue, Tab
from trackback.storage.pings import PingStore
from trackback.storage.table import Table

NOW = datetime(2026, 11, 24, tzinfo=UTC)
DAY = timedelta(days=1)

AddPing = Callable[..., Ping]


@pytest.fixture
def add(store: PingStore, make_ping: MakePing) -> AddPing:
    """Store pings of a status."""

    def add_one(status: Status = Status.PENDING, **fields: str) -> Ping:
        ping = make_ping(**fields)
        store.add(ping)
        store.decide(ping.id, status, NOW)
        return store.get(ping.id)

    return add_one


@pytest.fixture
def queue(table: Table) -> Queue:
    return Queue(table)


def revise(store: PingStore, make_ping: MakePing, ping: Ping, title: str = "Other words") -> Ping:
    """Send a ping again with another title."""
    store.add(make_ping(url=ping.url, title=title))
    return store.get(ping.id)


def ids(queue: Queue, tab: Tab, **asked: Any) -> list[str]:
    """Return the ids of a tab's pings, from as many pages as there are."""
    found = [queue.page(tab, **asked)]
    while found[-1].next:
        found.append(queue.page(tab, after=found[-1].next, **asked))
    return [ping.id for page in found for ping in page.pings]


STATUSES = [Status.PENDING, Status.APPROVED, Status.REJECTED, Status.SPAM]
