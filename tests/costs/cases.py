"""What is measured: the kinds of work of each function, as events, and what must be stored before."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from tests.benchmarks import samples
from tests.benchmarks.stand_in import KEYRING
from trackback.changes import verdict_change
from trackback.link import read_source
from trackback.ping import Ping, Status, ping_id
from trackback.site import Post, Sites
from trackback.table import Added, Table
from trackback.verdict import Outcome

Event = Mapping[str, Any]
MOST_VIEWED = 100
_BROWSER = {"accept-encoding": "gzip, deflate, br"}
CERTAIN_SPAM = "[...] There you will find {number} more infos on that topic"


@dataclass(frozen=True)
class Case:
    """One kind of a function's work; `events` makes each event, storing first what it needs."""

    function: str
    kind: str
    how: str
    events: Callable[[], Iterator[Event]]


@dataclass(frozen=True)
class Cases:
    """All cases, on one table; sources are on a port of the loopback net."""

    table: Table
    port: int

    def all(self) -> list[Case]:
        """Return the cases in the order in which they are measured: readers' pages need approved pings."""
        return [
            Case("receive", "ping", "a new ping of 600 bytes", self._pings),
            Case("serve", "view", "50 approved pings of 600 bytes as JSON", lambda: self._views("")),
            Case("serve", "most", "the same with limit=100", lambda: self._views("limit=100")),
            Case("serve", "counts", "counts of ten posts without pings", self._counts),
            Case("serve", "embed", "the script", _embed),
            Case("receive", "rss", "100 approved pings as RSS", self._rss),
            Case("verify", "spam", "a ping of a known template", lambda: self._new(self._spam, 4_000)),
            Case(
                "verify",
                "looked_at",
                "a page of 60 KB with the link",
                lambda: self._new(self._genuine, 5_000),
            ),
            Case("verify", "idle", "the schedule, nothing due", _scheduled),
            Case("notify", "held", "a ping that waits, in a flood: mails are paced", self._held),
            Case("notify", "approved", "an approval, no webhook", self._approved),
            Case("notify", "idle", "the schedule, nothing due", _scheduled),
            Case("send", "idle", "the schedule, nothing due, no feed", _scheduled),
            Case("moderate", "sign_in", "the page that a stranger gets", _stranger),
            Case("moderate", "queue", "the author's queue, which stands for a bulk decision", self._queue),
        ]

    @property
    def _post(self) -> Post:
        return Sites(f"http://localhost:{self.port}").find(f"localhost:{self.port}/2026/why-we-still-link")

    def _genuine(self, number: int) -> Ping:
        url = f"http://127.0.{number // 250}.{number % 250 + 1}:{self.port}/an-answer"
        source = read_source(url)
        now = datetime.now(UTC).isoformat(timespec="milliseconds")[:-6] + "Z"
        plain = samples.ping(number, self._post)
        return replace(plain, id=ping_id(self._post, source), url=source.url, received_at=now)

    def _spam(self, number: int) -> Ping:
        plain, excerpt = self._genuine(number), CERTAIN_SPAM.format(number=58_000 + number)
        return replace(plain, title="Cheap watches", blog_name="Cheap watches", excerpt=excerpt)

    def _pings(self) -> Iterator[Event]:
        for number in range(1_000, 2_000):
            yield _at(samples.post_event(samples.ping(number, self._post)), f"/trackback/{self._post.key}")

    def _views(self, query: str) -> Iterator[Event]:
        for number in range(2_000, 2_000 + MOST_VIEWED + 1):
            self._approve(samples.ping(number, self._post))
        while True:
            yield _at(samples.get_event(), f"/pings/{self._post.key}") | {"rawQueryString": query}

    def _rss(self) -> Iterator[Event]:
        while True:
            yield _at(samples.get_event(), f"/trackback/{self._post.key}") | {"rawQueryString": "__mode=rss"}

    def _counts(self) -> Iterator[Event]:
        query = "&".join(f"post=localhost:{self.port}/{number}" for number in range(10))
        while True:
            yield _at(samples.get_event(), "/counts") | {"rawQueryString": query}

    def _queue(self) -> Iterator[Event]:
        while True:
            yield samples.queue_event(KEYRING)

    def _new(self, make: Callable[[int], Ping], first: int) -> Iterator[Event]:
        for number in range(first, first + 1_000):
            ping = make(number)
            self.table.add(ping)
            yield _records(ping, samples.received(ping))

    def decided(self, number: int, status: Status) -> Callable[[], object]:
        """Store a ping that waits; return what decides about it."""
        ping, now = self._genuine(number), datetime.now(UTC)
        self.table.add(ping)
        self.table.apply(verdict_change(ping, samples.PLAIN, Outcome(Status.PENDING), now))
        return lambda: self.table.decide(ping.id, status, now)

    def _held(self) -> Iterator[Event]:
        for number in range(7_000, 8_000):
            ping = self._genuine(number)
            self.table.add(ping)
            yield _records(ping, samples.held(ping), samples.received(ping))

    def _approved(self) -> Iterator[Event]:
        for number in range(8_000, 9_000):
            ping = samples.ping(number, self._post)
            yield _records(ping, samples.approved(ping), samples.held(ping))

    def _approve(self, ping: Ping) -> None:
        if self.table.add(ping) is Added.NEW:
            self.table.decide(ping.id, Status.APPROVED, datetime.now(UTC))


def _embed() -> Iterator[Event]:
    while True:
        yield _at(samples.get_event(), "/embed.js")


def _stranger() -> Iterator[Event]:
    while True:
        yield _at(samples.get_event(), "/moderate")


def _scheduled() -> Iterator[Event]:
    while True:
        yield {"source": "aws.events", "detail-type": "Scheduled Event"}


def _at(event: Event, path: str) -> dict[str, Any]:
    http = {**event["requestContext"]["http"], "path": path}
    context = {**event["requestContext"], "http": http}
    return {**event, "rawPath": path, "headers": {**event["headers"], **_BROWSER}, "requestContext": context}


def _records(ping: Ping, new: Event, old: Event | None = None) -> Event:
    images = {"NewImage": new} | ({"OldImage": old} if old else {})
    change = {"Keys": {"id": {"S": ping.id}}, "SequenceNumber": "1", **images}
    return {"Records": [{"eventID": "1", "eventName": "MODIFY" if old else "INSERT", "dynamodb": change}]}
