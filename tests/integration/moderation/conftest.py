"""A ping that waits for the author, and what the table says of it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest

from tests.conftest import MakePing
from trackback.model.ping import Ping, Status
from trackback.model.settings import Settings
from trackback.model.transitions import CheckOutcome, checked
from trackback.model.verdict import LinkStatus, Reason, ReasonCode, Verdict
from trackback.receiving.moderation import Moderation
from trackback.storage.pings import PingStore
from trackback.storage.table import Table
from trackback.timestamps import stamp

NOW = datetime(2026, 11, 24, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
KEY = "blog.example/2026/hello"
DEFAULT = Settings()
URL = "https://friend.example/re"


@pytest.fixture
def moderation(table: Table) -> Moderation:
    return Moderation(table)


@pytest.fixture
def ping(store: PingStore, make_ping: MakePing) -> Ping:
    """A ping that was looked at and waits for the author."""
    made = make_ping(url=URL, title="Mine")
    store.add(made)
    judged(store, made, Status.PENDING)
    return made


def judged(store: PingStore, ping: Ping, status: Status, by: str = "check") -> None:
    """Record what a check, or a rule, thinks of a ping."""
    verdict = Verdict(LinkStatus.FOUND, stamp(NOW), reasons=[Reason(ReasonCode.WORDS, "A reason.")])
    store.apply(checked(store.get(ping.id), verdict, CheckOutcome(status, by), NOW))


def stored(ping: Ping) -> dict[str, Any]:
    """Return a ping's item as the table holds it."""
    return boto3.client("dynamodb").get_item(TableName="trackback", Key={"id": {"S": ping.id}})["Item"]


def standing(store: PingStore, ping: Ping) -> tuple[Status, int, list[str]]:
    """Return a ping's status, its post's count and the titles that readers see, which must all agree."""
    page = store.approved(KEY, 50)
    assert store.counts([KEY])[KEY] == page.count == len(page.pings)
    return store.get(ping.id).status, page.count, [shown.title for shown in page.pings]
