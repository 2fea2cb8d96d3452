"""What waits to be mailed: claimed by one, marked once, paced in a flood, never lost."""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest

from tests.conftest import MakePing
from trackback.model.ping import Ping, Status
from trackback.model.settings import Notify
from trackback.notifications.mail_outbox import Outbox
from trackback.notifications.outbox_state import (
    AT_ONCE,
    DAY,
    HOUR,
    MOST,
    MOST_UNPROMISING,
    PATIENCE,
    PAUSE,
    Claim,
)
from trackback.storage.pings import PingStore
from trackback.storage.table import Table

NOW = datetime(2026, 11, 24, tzinfo=UTC)
SECOND = timedelta(seconds=1)
EACH, DAILY, NONE = Notify


@pytest.fixture
def outbox(table: Table) -> Outbox:
    """An outbox in which nothing waits."""
    return Outbox(table)


def pending(store: PingStore, pings: Iterable[Ping]) -> list[str]:
    """Store pings that wait for the author; return their ids."""
    ids = []
    for ping in pings:
        store.add(ping)
        store.decide(ping.id, Status.PENDING, NOW, by="check")
        ids.append(ping.id)
    return ids


def ids(count: int, start: int = 0) -> list[str]:
    return [f"ping{n:04}" for n in range(start, start + count)]


def told(outbox: Outbox, claim: Claim | None) -> list[str]:
    """Return what a claimed mail would tell of."""
    return [ping.id for ping in outbox.mark(claim)] if claim else []


def send(outbox: Outbox, now: datetime, notify: Notify = EACH) -> int | None:
    """Send what waits, if it may go now; return how many pings it was about."""
    claim = outbox.claim(notify, now)
    if claim is None:
        return None
    outbox.sent(claim, len(claim.pings) + claim.more, now)
    return len(claim.pings) + claim.more


def box() -> dict[str, Any]:
    """Return the record as the table holds it."""
    key = {"id": {"S": "mail#"}}
    return dict(boto3.client("dynamodb").get_item(TableName="trackback", Key=key).get("Item", {}))


def test_nothing_waits_at_first(outbox: Outbox) -> None:
    assert outbox.claim(EACH, NOW) is None
    outbox.add([])
    assert outbox.claim(EACH, NOW) is None
    assert box() == {}


def test_what_waits_is_claimed_once(outbox: Outbox) -> None:
    outbox.add(["b", "a"])
    claim = outbox.claim(EACH, NOW)
    at = "2026-11-24T00:00:00.000Z"
    assert claim == Claim(at, ["a", "b"], at=at)
    assert outbox.claim(EACH, NOW) is None
    outbox.sent(claim, 2, NOW)
    assert outbox.claim(EACH, NOW + SECOND) is None


def test_what_comes_while_a_mail_is_under_way_waits_for_the_next(outbox: Outbox) -> None:
    outbox.add(["a"])
    claim = outbox.claim(EACH, NOW)
    assert claim
    outbox.add(["a", "b"])  # "a" is on its way already
    assert outbox.claim(EACH, NOW + SECOND) is None
    outbox.sent(claim, 1, NOW)
    after = outbox.claim(EACH, NOW + SECOND)
    assert after
    assert after.pings == ["b"]


def test_of_many_at_once_one_claims(table: Table, outbox: Outbox) -> None:
    outbox.add(ids(5))
    boxes = [Outbox(table) for _ in range(8)]
    with ThreadPoolExecutor(8) as pool:
        claims = list(pool.map(lambda one: one.claim(EACH, NOW), boxes))
    assert len([claim for claim in claims if claim]) == 1


def test_adding_again_changes_nothing(outbox: Outbox) -> None:
    outbox.add(ids(MOST + 20))
    before = box()
    outbox.add(ids(MOST))
    assert box() == before


def test_of_a_flood_so_many_wait_by_name_and_the_others_as_a_number(outbox: Outbox) -> None:
    for start in range(0, 300, 70):
        outbox.add(ids(min(70, 300 - start), start))
    claim = outbox.claim(EACH, NOW)
    assert claim
    assert (len(claim.pings), claim.more) == (MOST, 300 - MOST)


def test_after_many_mails_in_a_day_they_go_once_an_hour_until_the_next_day(outbox: Outbox) -> None:
    for n in range(MOST_UNPROMISING):
        outbox.add(ids(1, n))
        assert send(outbox, NOW + n * PAUSE) == 1
    last = NOW + (MOST_UNPROMISING - 1) * PAUSE
    outbox.add(ids(2, 100))
    assert send(outbox, last + HOUR - SECOND) is None
    assert send(outbox, last + HOUR) == 2
    outbox.add(ids(1, 200))
    assert send(outbox, NOW + DAY) == 1


def test_a_few_are_told_of_at_once_and_what_is_more_waits_five_minutes_after_the_last_mail(
    outbox: Outbox,
) -> None:
    for n in range(AT_ONCE):
        outbox.add(ids(1, n))
        assert send(outbox, NOW + n * SECOND) == 1
    outbox.add(ids(3, 100))
    last = NOW + (AT_ONCE - 1) * SECOND
    assert send(outbox, last + SECOND) is None
    assert send(outbox, last + PAUSE - SECOND * AT_ONCE) is None
    assert send(outbox, last + PAUSE) == 3


def test_a_flood_makes_at_most_one_mail_in_five_minutes(outbox: Outbox) -> None:
    mails = []
    for n in range(60):  # ten minutes of two pings a second
        now = NOW + n * 10 * SECOND
        outbox.add(ids(20, 20 * n))
        if (count := send(outbox, now)) is not None:
            mails.append((n * 10, count))
    assert mails == [(0, 20), (300, 20 * 30)]


def test_a_quiet_blog_is_told_at_once_again_after_a_flood(outbox: Outbox) -> None:
    outbox.add(ids(50))
    assert send(outbox, NOW) == 50
    outbox.add(ids(1, 100))
    assert send(outbox, NOW + SECOND) is None
    assert send(outbox, NOW + PAUSE) == 1
    outbox.add(ids(1, 101))
    assert send(outbox, NOW + PAUSE + SECOND) == 1


def test_a_daily_digest_goes_at_once_and_then_a_day_after_the_last(outbox: Outbox) -> None:
    outbox.add(ids(2))
    assert send(outbox, NOW, DAILY) == 2
    outbox.add(ids(2, 10))
    outbox.add(ids(30, 20))
    assert send(outbox, NOW + DAY - SECOND, DAILY) is None
    assert send(outbox, NOW + DAY, DAILY) == 32


def test_who_wants_no_mail_gets_none(outbox: Outbox) -> None:
    outbox.add(ids(2))
    assert outbox.claim(NONE, NOW) is None
    assert send(outbox, NOW, EACH) == 2


def test_a_mail_that_told_nothing_does_not_hold_up_the_next(outbox: Outbox) -> None:
    outbox.add(ids(50))
    claim = outbox.claim(DAILY, NOW)
    assert claim
    outbox.needless(claim)
    outbox.add(ids(50))
    assert send(outbox, NOW + SECOND, DAILY) == 50


def test_what_broke_off_is_claimed_again_under_the_same_id_by_one(table: Table, outbox: Outbox) -> None:
    outbox.add(ids(3))
    first = outbox.claim(EACH, NOW)
    assert first
    assert outbox.claim(EACH, NOW + PATIENCE - SECOND) is None
    later = NOW + PATIENCE
    with ThreadPoolExecutor(8) as pool:
        claims = list(pool.map(lambda _: Outbox(table).claim(EACH, later), range(8)))
    (again,) = (claim for claim in claims if claim)
    assert (again.id, again.pings, again.attempts) == (first.id, first.pings, 2)


def test_what_was_refused_may_be_tried_again_at_once(outbox: Outbox) -> None:
    outbox.add(ids(3))
    first = outbox.claim(EACH, NOW)
    assert first
    outbox.give_back(first)
    again = outbox.claim(EACH, NOW + SECOND)
    assert again
    assert (again.id, again.attempts) == (first.id, 2)


def test_a_ping_is_told_of_by_one_mail_however_often_that_is_tried(
    store: PingStore, outbox: Outbox, make_ping: MakePing
) -> None:
    waiting = pending(store, (make_ping() for _ in range(3)))
    outbox.add(waiting)
    claim = outbox.claim(EACH, NOW)
    assert claim
    assert told(outbox, claim) == waiting
    assert told(outbox, claim) == waiting
    outbox.sent(claim, 3, NOW)
    outbox.add(waiting)
    assert told(outbox, outbox.claim(EACH, NOW + SECOND)) == []


@pytest.mark.parametrize("status", [Status.APPROVED, Status.REJECTED, Status.SPAM])
def test_what_was_decided_meanwhile_is_not_told_of(
    store: PingStore, outbox: Outbox, make_ping: MakePing, status: Status
) -> None:
    first, second = pending(store, (make_ping() for _ in range(2)))
    outbox.add([first, second, "nosuchping"])
    store.decide(first, status, NOW)
    assert told(outbox, outbox.claim(EACH, NOW)) == [second]


def test_each_revision_of_an_approved_ping_is_told_of_once_when_it_was_looked_at(
    store: PingStore, outbox: Outbox, make_ping: MakePing
) -> None:
    ping = make_ping()
    (waiting,) = pending(store, [ping])
    outbox.add([waiting])
    assert send(outbox, NOW) == 1
    store.decide(waiting, Status.APPROVED, NOW)
    for n in (1, 2):
        make: dict[str, str] = {"url": ping.url, "title": f"Other words {n}"}
        store.add(make_ping(**make))
        outbox.add([waiting])
        now = NOW + 4 * n * SECOND
        unlooked = outbox.claim(EACH, now)
        assert unlooked
        assert told(outbox, unlooked) == []
        outbox.needless(unlooked)
        look(waiting)
        for more, expected in ((1, [waiting]), (2, [])):
            outbox.add([waiting])
            claim = outbox.claim(EACH, now + more * SECOND)
            assert claim
            assert told(outbox, claim) == expected
            outbox.sent(claim, len(expected), now + more * SECOND)


def look(ping: str) -> None:
    """Have a ping's newest words looked at, as verify does."""
    boto3.client("dynamodb").update_item(
        TableName="trackback", Key={"id": {"S": ping}}, UpdateExpression="REMOVE unlooked"
    )


def test_the_most_promising_come_first_and_then_the_oldest(
    store: PingStore, outbox: Outbox, make_ping: MakePing
) -> None:
    waiting = pending(store, (make_ping() for _ in range(4)))
    for ping, score in zip(waiting, (2, -3, 2, -3), strict=True):
        boto3.client("dynamodb").update_item(
            TableName="trackback",
            Key={"id": {"S": ping}},
            UpdateExpression="SET verdict = :verdict",
            ExpressionAttributeValues={
                ":verdict": {
                    "M": {"link": {"S": "found"}, "checked_at": {"S": ""}, "score": {"N": str(score)}}
                }
            },
        )
    outbox.add(waiting)
    expected = [waiting[1], waiting[3], waiting[0], waiting[2]]
    assert told(outbox, outbox.claim(EACH, NOW)) == expected
