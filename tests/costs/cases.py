"""What is measured: the kinds of work of each function, as events, and what must be stored before."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import count

from tests.benchmarks import samples
from tests.benchmarks.stand_in import KEYRING
from tests.costs import events
from tests.costs.events import Event
from tests.costs.sources import LARGEST
from trackback.model.ping import Ping, Status, ping_id
from trackback.model.posts import Post, Sites
from trackback.model.texts import Texts
from trackback.model.transitions import CheckOutcome, checked
from trackback.notifications.outbox_state import MOST
from trackback.storage.pings import Added, PingStore
from trackback.storage.table import Table
from trackback.urls import read_source

STARTS = 3
REQUESTS = 40
MOST_VIEWED = 100
TEN = 10
"""Records in a batch, where pings come fast."""
CERTAIN_SPAM = "[...] There you will find {number} more infos on that topic"


@dataclass(frozen=True)
class Case:
    """One kind of a function's work; `events` makes each event, storing first what it needs.

    Attributes:
        others: Its calls to other services than DynamoDB.
        starts: How often the function is started.
        requests: How many events are measured in each start.
    """

    function: str
    kind: str
    how: str
    events: Callable[[], Iterator[Event]]
    others: int = 0
    starts: int = STARTS
    requests: int = REQUESTS


@dataclass(frozen=True)
class Cases:
    """All cases, on one table; sources are on a port of the loopback net."""

    table: Table
    port: int

    @property
    def store(self) -> PingStore:
        """The pings in the table."""
        return PingStore(self.table)

    def all(self) -> list[Case]:
        """Return the cases in the order in which they are measured: readers' pages need approved pings."""
        return [
            Case("receive", "ping", "a new ping of 600 bytes", self._pings),
            Case("serve", "view", "50 approved pings of 600 bytes as JSON", lambda: self._views("")),
            Case("serve", "most", "the same with limit=100", lambda: self._views("limit=100")),
            Case("serve", "counts", "counts of ten posts without pings", self._counts),
            Case("serve", "embed", "the script", events.embed),
            Case("receive", "rss", "100 approved pings as RSS", self._rss),
            *self._triage(),
            *self._verify(),
            Case("notify", "idle", "the schedule, nothing due", events.scheduled),
            Case("notify", "mail", f"a mail about {MOST} pings", self._mails, others=1, requests=10),
            Case("send", "idle", "the schedule, nothing due, no feed", events.scheduled),
            Case("moderate", "sign_in", "the page that a stranger gets", events.stranger),
            Case("moderate", "queue", "the author's queue, which stands for a bulk decision", self._queue),
        ]

    def _triage(self) -> Iterator[Case]:
        yield Case("triage", "new", "a new ping", lambda: self._changes(events.new), others=1)
        yield Case("triage", "held", "a ping that waits, as others do", self._held)
        yield Case("triage", "approved", "an approval, no webhook", lambda: self._changes(events.approved))
        ten = lambda: self._changes(events.new, TEN)  # noqa: E731
        yield Case("triage", "new_ten", "ten new pings", ten, others=1)
        yield Case("triage", "held_ten", "ten pings that wait, as others do", lambda: self._held(TEN))

    def _verify(self) -> Iterator[Case]:
        page = "a page of 60 KB with the link"
        yield Case("verify", "spam", "a ping of a known template", lambda: self._new(self._spam, 40_000))
        yield Case("verify", "looked_at", page, lambda: self._new(self._genuine, 41_000))
        yield Case("verify", "idle", "the schedule, nothing due", events.due)
        yield Case("verify", "spam_ten", "ten of them", lambda: self._new(self._spam, 42_000, TEN))
        yield Case("verify", "looked_at_ten", "ten of them", lambda: self._new(self._genuine, 45_000, TEN))
        largest = lambda: self._new(self._genuine, 48_000, TEN, path=LARGEST)  # noqa: E731
        how = "ten pages of a megabyte, side by side"
        yield Case("verify", "largest_ten", how, largest, starts=1, requests=3)

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
        return replace(plain, texts=Texts("Cheap watches", excerpt, "Cheap watches"))

    def _pings(self) -> Iterator[Event]:
        for number in range(1_000, 2_000):
            event = samples.post_event(samples.ping(number, self._post))
            yield events.at(event, f"/trackback/{self._post.key}")

    def _views(self, query: str) -> Iterator[Event]:
        for number in range(2_000, 2_000 + MOST_VIEWED + 1):
            self._approve(samples.ping(number, self._post))
        while True:
            yield events.at(samples.get_event(), f"/pings/{self._post.key}") | {"rawQueryString": query}

    def _rss(self) -> Iterator[Event]:
        while True:
            event = events.at(samples.get_event(), f"/trackback/{self._post.key}")
            yield event | {"rawQueryString": "__mode=rss"}

    def _counts(self) -> Iterator[Event]:
        query = "&".join(f"post=localhost:{self.port}/{number}" for number in range(10))
        while True:
            yield events.at(samples.get_event(), "/counts") | {"rawQueryString": query}

    def _queue(self) -> Iterator[Event]:
        while True:
            yield samples.queue_event(KEYRING)

    def _new(self, make: Callable[[int], Ping], first: int, many: int = 1, path: str = "") -> Iterator[Event]:
        """Yield messages about new pings, so many in each batch; their sources have another path if named."""
        for batch in count(first, many):
            pings = [make(number) for number in range(batch, batch + many)]
            if path:
                pings = [events.moved(ping, self._post, path) for ping in pings]
            for ping in pings:
                self.store.add(ping)
            yield events.messages({"ping": ping.id} for ping in pings)

    def _changes(self, record: Callable[[Ping], Event], many: int = 1) -> Iterator[Event]:
        for batch in count(60_000, many):
            yield {"Records": [record(self._genuine(number)) for number in range(batch, batch + many)]}

    def _held(self, many: int = 1) -> Iterator[Event]:
        self._wait(f"{number:026}" for number in range(MOST))
        return self._changes(events.held, many)

    def _wait(self, pings: Iterable[str]) -> None:
        """Have pings, and no others, wait for a mail."""
        self.table.put({"id": "mail#", "waiting": set(pings)})

    def _mails(self) -> Iterator[Event]:
        for batch in count(7_000, MOST):
            pings = [self._genuine(number) for number in range(batch, batch + MOST)]
            for ping in pings:
                self.store.add(ping)
                self.store.apply(checked(ping, samples.PLAIN, CheckOutcome(Status.PENDING), events.now()))
            self._wait(ping.id for ping in pings)
            yield samples.tick()

    def decided(self, number: int, status: Status) -> Callable[[], object]:
        """Store a ping that waits; return what decides about it."""
        ping, now = self._genuine(number), datetime.now(UTC)
        self.store.add(ping)
        self.store.apply(checked(ping, samples.PLAIN, CheckOutcome(Status.PENDING), now))
        return lambda: self.store.decide(ping.id, status, now)

    def _approve(self, ping: Ping) -> None:
        if self.store.add(ping) is Added.NEW:
            self.store.decide(ping.id, Status.APPROVED, datetime.now(UTC))
