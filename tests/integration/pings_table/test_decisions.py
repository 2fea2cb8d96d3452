"""A decision is one conditional write, which keeps count and lists right."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.conftest import MakePing
from tests.integration.pings_table.conftest import KEY, NOW, approve, stored
from tests.support import aws_faults as faults
from tests.support.concurrency import side_by_side
from trackback.errors import StatusChanged
from trackback.model.ping import Status
from trackback.model.transitions import KEEP_UNWANTED
from trackback.storage.pings import PingStore
from trackback.storage.table import Table

EVERY_CHANGE = [(old, new) for old in Status for new in Status if new is not Status.RECEIVED]


@pytest.mark.parametrize(("old", "new"), EVERY_CHANGE, ids=[f"{a} to {b}" for a, b in EVERY_CHANGE])
def test_every_change_of_status_keeps_count_and_lists_right(
    store: PingStore, make_ping: MakePing, old: Status, new: Status
) -> None:
    ping, other = make_ping(), make_ping()
    approve(store, other)
    store.add(ping)
    if old is not Status.RECEIVED:
        store.decide(ping.id, old, NOW)
    assert store.decide(ping.id, new, NOW).status is old
    shown = {other.id} | ({ping.id} if new is Status.APPROVED else set())
    page = store.approved(KEY, 50)
    assert ({found.id for found in page.pings}, page.count) == (shown, len(shown))
    assert store.counts([KEY]) == {KEY: len(shown)}
    assert {ping.id} <= {found.id for found in store.pings(new)} <= {ping.id, other.id}
    assert store.get(ping.id).status is new


@pytest.mark.parametrize("status", [Status.REJECTED, Status.SPAM])
def test_an_unwanted_ping_expires_unless_it_is_wanted_after_all(
    store: PingStore, make_ping: MakePing, status: Status
) -> None:
    ping = make_ping()
    store.add(ping)
    store.decide(ping.id, status, NOW)
    assert stored(ping)["expires_at"] == {"N": str(int((NOW + KEEP_UNWANTED).timestamp()))}
    store.decide(ping.id, Status.APPROVED, NOW)
    assert "expires_at" not in stored(ping)


def test_twenty_pings_of_one_post_approved_at_once_are_all_counted(
    store: PingStore, make_ping: MakePing
) -> None:
    pings = [make_ping() for _ in range(20)]
    for ping in pings:
        store.add(ping)
    side_by_side(*(lambda ping=ping: store.decide(ping.id, Status.APPROVED, NOW) for ping in pings))
    page = store.approved(KEY, 50)
    assert (len(page.pings), page.count, store.counts([KEY])) == (20, 20, {KEY: 20})


def test_one_ping_decided_both_ways_at_once_counts_as_what_it_became(
    store: PingStore, make_ping: MakePing
) -> None:
    for _ in range(8):
        ping = make_ping()
        store.add(ping)
        before = store.counts([KEY])[KEY]
        side_by_side(
            *[lambda ping=ping: store.decide(ping.id, Status.APPROVED, NOW)] * 2,
            *[lambda ping=ping: store.decide(ping.id, Status.SPAM, NOW)] * 2,
        )
        became = store.get(ping.id).status
        assert became in {Status.APPROVED, Status.SPAM}
        assert store.counts([KEY])[KEY] - before == (became is Status.APPROVED)
        assert (ping.id in {found.id for found in store.approved(KEY, 50).pings}) == (
            became is Status.APPROVED
        )


@pytest.mark.parametrize("first", [Status.APPROVED, Status.SPAM])
def test_a_decision_on_an_outdated_look_is_refused(
    store: PingStore, make_ping: MakePing, monkeypatch: pytest.MonkeyPatch, first: Status
) -> None:
    ping = make_ping()
    store.add(ping)
    store.decide(ping.id, first, NOW)
    monkeypatch.setattr(store, "get", lambda _: ping)  # somebody else's look, from before the first decision
    for status in (Status.REJECTED, Status.APPROVED):
        with pytest.raises(StatusChanged):
            store.decide(ping.id, status, NOW)
    assert list(store.pings(first)) != []


CONFLICT = faults.error(
    "TransactionCanceledException", CancellationReasons=[{"Code": "None"}, {"Code": "TransactionConflict"}]
)
BROKEN = faults.error(
    "TransactionCanceledException", CancellationReasons=[{"Code": "None"}, {"Code": "ValidationError"}]
)


def test_a_decision_that_meets_another_on_the_same_post_is_made_again(
    table: Table, store: PingStore, make_ping: MakePing
) -> None:
    ping = make_ping()
    store.add(ping)
    faults.answer(table, "TransactWriteItems", 3, CONFLICT)
    store.decide(ping.id, Status.APPROVED, NOW)
    assert store.counts([KEY]) == {KEY: 1}


@pytest.mark.parametrize(("times", "body"), [(8, CONFLICT), (1, BROKEN)], ids=["no end", "another reason"])
def test_a_decision_that_cannot_be_made_says_so_and_changes_nothing(
    table: Table,
    store: PingStore,
    make_ping: MakePing,
    monkeypatch: pytest.MonkeyPatch,
    times: int,
    body: Any,
) -> None:
    monkeypatch.setattr("time.sleep", lambda _: None)
    ping = make_ping()
    store.add(ping)
    faults.answer(table, "TransactWriteItems", times, body)
    with pytest.raises(ClientError, match="TransactionCanceled"):
        store.decide(ping.id, Status.APPROVED, NOW)
    assert (store.get(ping.id).status, store.counts([KEY])) == (Status.RECEIVED, {KEY: 0})
