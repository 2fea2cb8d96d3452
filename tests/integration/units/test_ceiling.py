"""While strangers use up the table's write units, the author's decisions pass, and a new ping is refused."""

import random
from collections.abc import Callable
from typing import Any

import pytest

from functions.moderate import app
from tests.conftest import MakePing
from tests.integration.conftest import NOW
from tests.support import aws_faults as faults
from tests.support.admin_client import Visitor, Waiting, one
from trackback.errors import TableBusy
from trackback.model.ping import Status
from trackback.storage.pings import PingStore
from trackback.storage.table import Table

OPERATIONS = ("UpdateItem", "PutItem", "TransactWriteItems", "GetItem")
THROTTLED = faults.error("ProvisionedThroughputExceededException")


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The seconds that clients would have paused for."""
    found: list[float] = []
    monkeypatch.setattr("time.sleep", found.append)
    return found


def refusing(table: Table, refuses: Callable[[], bool]) -> None:
    """Have a table's ceiling refuse requests."""
    answer: Any = lambda **_: faults.response(THROTTLED) if refuses() else None  # noqa: E731 - typed as any
    for operation in OPERATIONS:
        table.client.meta.events.register(f"before-send.dynamodb.{operation}", answer)


@pytest.fixture
def busy() -> Table:
    """The author's table, four of five of whose requests are refused."""
    table, chance = Table("trackback", is_patient=True), random.Random(13)
    refusing(table, lambda: chance.random() < 0.8)
    return table


@pytest.mark.parametrize("status", [Status.APPROVED, Status.REJECTED, Status.SPAM])
def test_the_authors_decision_passes_where_most_writes_are_refused(
    waiting: Waiting, busy: Table, pauses: list[float], status: Status
) -> None:
    ping = waiting()
    PingStore(busy).decide(ping.id, status, NOW)
    assert PingStore(Table("trackback")).get(ping.id).status is status
    assert pauses


def test_the_authors_pages_decide_where_each_write_is_refused_five_times(
    waiting: Waiting, author: Visitor, pauses: list[float]
) -> None:
    ping = waiting()
    faults.answer(app.table, "UpdateItem", 5, THROTTLED)
    author.post("/moderate/decide", one("reject", ping))
    assert PingStore(Table("trackback")).get(ping.id).status is Status.REJECTED
    assert len(pauses) == 5


def test_patience_ends_within_nine_seconds(waiting: Waiting, pauses: list[float]) -> None:
    ping, table = waiting(), Table("trackback", is_patient=True)
    refusing(table, lambda: True)
    with pytest.raises(table.client.exceptions.ProvisionedThroughputExceededException):
        PingStore(table).decide(ping.id, Status.REJECTED, NOW)
    assert 0 < sum(pauses) < 9


def test_a_new_ping_is_refused_after_one_more_try(
    make_ping: MakePing, table: Table, pauses: list[float]
) -> None:
    refusing(table, lambda: True)
    with pytest.raises(TableBusy):
        PingStore(table).add(make_ping())
    assert len(pauses) == 1
