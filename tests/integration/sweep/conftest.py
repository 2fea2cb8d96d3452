"""The service after a fault, and the pings that it has left behind."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import boto3
import pytest

from functions.verify import app
from tests.integration.conftest import NOW, Web
from tests.support.events import Context, queue_event
from trackback.model.ping import Ping, Status
from trackback.model.transitions import CheckOutcome, checked
from trackback.model.verdict import LinkStatus, Verdict
from trackback.receiving.check_run import CheckRun
from trackback.receiving.spam.flood import FloodWindow
from trackback.receiving.verifier import Verifier
from trackback.storage.check_queue import Queue
from trackback.timestamps import stamp
from trackback.web.http.client import Fetcher

HOUR = timedelta(hours=1)
TICK = timedelta(minutes=15)
DAY = timedelta(days=1)


@dataclass
class Service:
    """The service as it runs after a fault: the schedule's ticks, and what they queue is checked."""

    web: Web
    checks: str

    def tick(self, now: datetime, seconds: int = 150) -> None:
        """Run the sweep as a tick of the schedule does."""
        app.sweep(CheckRun(app.verifier, app.queue_again, now), now, lambda: seconds)

    def queued(self) -> list[dict[str, Any]]:
        """Take all messages out of the queue."""
        sqs, taken = boto3.client("sqs"), list[dict[str, Any]]()
        while messages := sqs.receive_message(
            QueueUrl=self.checks, MaxNumberOfMessages=10, AttributeNames=["MessageGroupId"]
        ).get("Messages"):
            for message in messages:
                sqs.delete_message(QueueUrl=self.checks, ReceiptHandle=message["ReceiptHandle"])
                group = message["Attributes"]["MessageGroupId"]
                taken.append({**json.loads(message["Body"]), "group": group})
        return taken

    def work(self) -> list[str]:
        """Deliver what is queued, each message for the last time. Returns the pings whose check failed."""
        failed = []
        for body in self.queued():
            answer = app.handler(queue_event(body), Context())  # type: ignore[arg-type]
            failed += [body["ping"] for _ in answer["batchItemFailures"]]
        return failed

    def run(self, begin: datetime, length: timedelta) -> Iterator[datetime]:
        """Run the schedule and the queue; yield the time after each tick."""
        for number in range(length // TICK):
            self.tick(begin + number * TICK)
            self.work()
            yield begin + number * TICK


@pytest.fixture
def service(web: Web, checks: str, monkeypatch: pytest.MonkeyPatch) -> Service:
    monkeypatch.setattr(app, "table", web.table)
    monkeypatch.setattr(app, "pings", web.store)
    monkeypatch.setattr(app, "verifier", web.verifier)
    queue = Queue(checks)
    monkeypatch.setattr(app, "queue", lambda: queue)
    web.answers["/re"] = web.link()
    return Service(web, checks)


def is_checked(web: Web, ping: Ping) -> bool:
    return web.store.get(ping.id).verdict is not None


def held(web: Web, ping: Ping, status: Status = Status.PENDING, check_at: str = "") -> Ping:
    """Check a ping."""
    outcome = CheckOutcome(status, check_at=check_at)
    web.store.apply(checked(ping, Verdict(LinkStatus.FOUND, stamp(NOW)), outcome, NOW))
    return web.store.get(ping.id)


def poisoned(web: Web, error: type[BaseException] = ZeroDivisionError) -> Verifier:
    """Return a verifier that raises for each source on one host, before it fetches anything."""

    def resolve(host: str) -> list[str]:
        if host == "poison.example":
            raise error(host)
        return ["127.0.0.1"]

    fetcher = Fetcher(loopback=True, seconds=5, resolve=resolve)
    return Verifier(web.table, fetcher, FloodWindow())


def fail(ping: str) -> None:
    pytest.fail(f"{ping} was given up")
