"""Read and write units of the service's own calls on DynamoDB Local, with few pings stored and with many."""

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import boto3

from tests.benchmarks import samples
from tests.benchmarks.meter import Meter
from tests.dynamodb_local import dynamodb_local, settings
from tests.support import template
from trackback.model.ping import Ping, Status
from trackback.model.posts import Post
from trackback.model.transitions import CheckOutcome, checked
from trackback.storage.pings import PingStore
from trackback.storage.table import Table

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

STORED = (0, 1_000, 100_000)
NAME = "trackback"
THREADS = 4
_BATCH = 25
_OTHER_POSTS = [Post(f"https://{samples.SITE}/{n}", f"{samples.SITE}/{n}") for n in range(samples.PAGE)]
_NEWEST = 10_000_000  # numbers of measured pings are above those of stored ones: the newest are on the page


def measure() -> Iterator[dict[str, float]]:
    """Yield, for each number of pings stored before, the units that one more costs, and a page view."""
    with dynamodb_local() as url:
        os.environ.update(settings(url))
        client = boto3.client("dynamodb")
        for properties in template.load().tables():
            client.create_table(**properties)
        meter, store = Meter(NAME), PingStore(Table(NAME))
        for number, post in enumerate(_OTHER_POSTS + [samples.POST] * (samples.PAGE + 1)):
            _approve(store, samples.ping(_NEWEST + number, post))
        for before, stored in zip((0, *STORED), STORED, strict=False):
            _store(client, before, stored)
            yield {"stored": stored, **_units(meter, store, _NEWEST + 1000 + stored)}


def _units(meter: Meter, store: PingStore, number: int) -> dict[str, float]:
    wanted, unwanted = samples.ping(number), samples.ping(number + 1)
    now = datetime.now(UTC)
    received = meter.writes_of(lambda: store.add(unwanted))
    spam = checked(unwanted, samples.CERTAIN, CheckOutcome(Status.SPAM), now)
    put_away = meter.writes_of(lambda: store.apply(spam))
    store.add(wanted)
    held = checked(wanted, samples.PLAIN, CheckOutcome(Status.PENDING), now)
    verified = meter.writes_of(lambda: store.apply(held))
    approved = meter.writes_of(lambda: store.decide(wanted.id, Status.APPROVED, now))
    return {
        "receive": received,
        "spam": put_away,
        "verify": verified,
        "approve": approved,
        "approve_as_reported": meter.reported,
        "life_of_spam": received + put_away,
        "life_of_approved": received + verified + approved,
        "page_view": meter.reads_of(lambda: store.approved(samples.POST.key, samples.PAGE)),
        "counts": meter.reads_of(lambda: store.counts(post.key for post in _OTHER_POSTS)),
    }


def _approve(store: PingStore, ping: Ping) -> None:
    store.add(ping)
    store.decide(ping.id, Status.APPROVED, datetime.now(UTC))


def _store(client: "DynamoDBClient", first: int, end: int) -> None:
    """Store the pings numbered from `first` to before `end`, by several hands."""
    with ThreadPoolExecutor(THREADS) as pool:
        batches = range(first, end, _BATCH)
        for _ in pool.map(lambda start: _write(client, range(start, min(start + _BATCH, end))), batches):
            pass


def _write(client: "DynamoDBClient", numbers: range) -> None:
    left: Any = {NAME: [{"PutRequest": {"Item": _record(number)}} for number in numbers]}
    while left:
        left = client.batch_write_item(RequestItems=left)["UnprocessedItems"]


def _record(number: int) -> samples.Item:
    """Return a ping of a blog under siege: of 100, three are on the page and five on other posts."""
    match number % 100:
        case few if few < 3:
            return samples.approved(samples.ping(number))
        case some if some < 8:
            return samples.approved(samples.ping(number, _OTHER_POSTS[some]))
        case many if many < 50:
            return samples.spam(samples.ping(number))
    return samples.received(samples.ping(number))
