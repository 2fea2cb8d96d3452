"""`verify`, invoked by its queue with what triage and the schedule put there, as Lambda invokes it."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from functions.verify import app
from tests.integration.conftest import Web
from tests.support import aws_faults as faults
from tests.support.events import Context, queue_event
from trackback.model.ping import Ping
from trackback.model.transitions import postponed
from trackback.storage.sweeps import Place, SweepStore
from trackback.timestamps import stamp

TICK = {"id": "1", "detail-type": "Scheduled Event", "source": "aws.events", "detail": {}}
SCHEDULED = queue_event(TICK)
DONE: dict[str, Any] = {"batchItemFailures": []}


@pytest.fixture(autouse=True)
def _deployed(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app, "table", web.table)
    monkeypatch.setattr(app, "pings", web.store)
    monkeypatch.setattr(app, "verifier", web.verifier)
    later = stamp(datetime.now(UTC) + timedelta(hours=1))
    SweepStore(web.table).move(Place(), Place(1, next_at=later))  # tests/integration/sweep has the sweep


def wake(event: dict[str, Any]) -> dict[str, Any]:
    return app.handler(event, Context())  # type: ignore[arg-type]


def batch(*pings: Ping | str, group: str = "") -> dict[str, Any]:
    """Return a batch of messages, each of which names a ping."""
    bodies = ({"ping": ping if isinstance(ping, str) else ping.id} for ping in pings)
    return queue_event(*bodies, group=group)


def queued(url: str, *, keep: bool = False) -> list[dict[str, Any]]:
    """Return what waits in the queue of checks, and take it out unless it is kept."""
    sqs, hidden = boto3.client("sqs"), 0 if keep else 30
    found = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=hidden)
    messages = found.get("Messages", [])
    for message in messages if not keep else ():
        sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    return [json.loads(message["Body"]) for message in messages]


def failed_at(web: Web, number: int) -> None:
    """Have one update of a record fail: the first from now on, or another by number."""
    error = ClientError({"Error": {"Code": "AccessDeniedException"}}, "UpdateItem")
    faults.break_off(web.table.client, "UpdateItem", error, number)


def verdicts(web: Web, *pings: Ping) -> list[str]:
    """Return what is known of the pings' links, "-" where nobody has looked."""
    found = [web.store.get(ping.id).verdict for ping in pings]
    return [verdict.link if verdict else "-" for verdict in found]


def due_since(web: Web, ping: Ping, minutes: float) -> Ping:
    web.store.apply(postponed(ping, datetime.now(UTC) - timedelta(minutes=minutes)))
    return ping
