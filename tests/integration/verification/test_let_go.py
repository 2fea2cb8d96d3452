"""Pending pings without a link are deleted some day, unless the author does something about them."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.conftest import MakePing
from trackback.model.ping import Ping, Status
from trackback.model.transitions import KEEP_UNLINKED, CheckOutcome, check_requested, checked, undone
from trackback.model.verdict import LinkStatus, Reason, ReasonCode, Verdict
from trackback.storage.pings import PingStore
from trackback.storage.stream import event_of, needs_check
from trackback.timestamps import stamp

NOW = datetime(2026, 11, 24, tzinfo=UTC)
DAY = timedelta(days=1)
END = int((NOW + KEEP_UNLINKED).timestamp())
FAULT = Reason(ReasonCode.FAULT, "A fault of ours.")


@pytest.fixture
def ping(store: PingStore, make_ping: MakePing) -> Ping:
    received = make_ping()
    store.add(received)
    return received


def look(store: PingStore, ping: Ping, link: LinkStatus, when: datetime = NOW, *reasons: Reason) -> Ping:
    verdict = Verdict(link, stamp(when), reasons=reasons)
    known = store.get(ping.id)
    status = known.status if known.status is Status.APPROVED else Status.PENDING
    store.apply(checked(known, verdict, CheckOutcome(status), when))
    return store.get(ping.id)


@pytest.mark.parametrize("link", [LinkStatus.MISSING, LinkStatus.UNREACHABLE])
def test_a_ping_held_without_a_link_ends_after_90_days_whatever_later_checks_find(
    store: PingStore, ping: Ping, link: LinkStatus
) -> None:
    assert look(store, ping, link).expires_at == END
    assert look(store, ping, LinkStatus.UNREACHABLE, NOW + DAY).expires_at == END
    assert datetime(2027, 2, 22, tzinfo=UTC).timestamp() == END


def test_a_link_that_was_found_once_keeps_a_ping_for_good(store: PingStore, ping: Ping) -> None:
    look(store, ping, LinkStatus.UNREACHABLE)
    assert look(store, ping, LinkStatus.FOUND, NOW + DAY).expires_at == 0
    assert look(store, ping, LinkStatus.MISSING, NOW + 2 * DAY).expires_at == 0


def test_a_fault_of_ours_lets_no_ping_go(store: PingStore, ping: Ping) -> None:
    assert look(store, ping, LinkStatus.UNREACHABLE, NOW, FAULT).expires_at == 0


def test_an_approval_keeps_a_ping_and_an_undo_of_it_too(store: PingStore, ping: Ping) -> None:
    look(store, ping, LinkStatus.MISSING)
    store.decide(ping.id, Status.APPROVED, NOW)
    assert store.get(ping.id).expires_at == 0
    store.apply(undone(store.get(ping.id), NOW))
    assert look(store, ping, LinkStatus.MISSING, NOW + DAY).expires_at == 0


def test_a_check_that_the_author_asks_for_begins_the_time_anew(store: PingStore, ping: Ping) -> None:
    store.apply(check_requested(look(store, ping, LinkStatus.MISSING)))
    later = NOW + 30 * DAY
    assert look(store, ping, LinkStatus.MISSING, later).expires_at == int((later + KEEP_UNLINKED).timestamp())


def test_the_deletion_of_a_pending_ping_is_no_news_and_asks_for_no_check() -> None:
    image = {"url": {"S": "https://other.example/"}, "status": {"S": "pending"}, "unlooked": {"BOOL": True}}
    record = {
        "eventName": "REMOVE",
        "userIdentity": {"type": "Service", "principalId": "dynamodb.amazonaws.com"},
        "dynamodb": {"Keys": {"id": {"S": "a" * 26}}, "OldImage": image},
    }
    assert event_of(record) is None
    assert not needs_check(record)
