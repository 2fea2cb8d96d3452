"""Decides about all pending pings of a search, or undoes that, in steps that a request has time for.

Each step decides about few pings, so that a run leaves the table's ceiling to others, and says where the next
one goes on. Nothing about a run is stored but the reason in each ping's history, by which an undo finds them.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from time import monotonic

from trackback.errors import NoSuchPing, StatusChanged, TableBusy
from trackback.model.ping import Ping, Status
from trackback.receiving.moderation import Moderation
from trackback.storage.dynamodb import raising_table_busy
from trackback.storage.moderation_queue import Queue, Tab
from trackback.storage.pings import PingStore

STEP = 20
"""Decisions of a step: each takes two write units of an index, of at least 10 a second."""
MOST_READ = 200
"""Pings that a step reads."""
SECONDS = 5
"""A step begins no further decision after so long."""
MOST_COUNTED = 5_000
"""Up to so many pings the run knows how many it will read."""


@dataclass(frozen=True, slots=True)
class BulkRun:
    """A run, as far as it has come.

    Attributes:
        status: What the pings become; in an undo, what they became.
        started: When the author asked: later pings are left alone. It names the run in histories.
        undoes: Whether the run undoes the one that started then.
        search: Words that each ping has.
        post: The post of each ping.
        unlinked: Whether it leaves out pings with a link that was found.
        after: The cursor from which it goes on; empty at the start and at the end.
        done: How many pings it has changed.
        skipped: How many had changed meanwhile.
        read: How many it has read.
        total: How many it will read at most; more than `MOST_COUNTED` means "more than that".
        is_over: Whether nothing is left to do.
        is_busy: Whether the last step met the table's ceiling.
    """

    status: Status
    started: str
    undoes: bool = False
    search: str = ""
    post: str = ""
    unlinked: bool = False
    after: str = ""
    done: int = 0
    skipped: int = 0
    read: int = 0
    total: int = 0
    is_over: bool = False
    is_busy: bool = False

    @property
    def why(self) -> str:
        """The reason that stands in the history of each ping that the run decided about."""
        return f"all at once, {self.started}"

    def takes(self, ping: Ping) -> bool:
        """Tell whether a ping is one to decide about, or to undo."""
        if self.undoes:
            return bool(ping.history) and ping.history[-1].why == self.why
        return ping.status is Status.PENDING and ping.received_at <= self.started


class Bulk:
    """Carries out runs, step by step."""

    def __init__(
        self, queue: Queue, pings: PingStore, moderation: Moderation, clock: Callable[[], float] = monotonic
    ) -> None:
        """`clock` returns seconds."""
        self._queue, self._pings, self._moderation, self._clock = queue, pings, moderation, clock

    def counted(self, run: BulkRun) -> BulkRun:
        """Return a run that begins, with the number of pings that it will read."""
        return replace(run, total=self._queue.pending_until(run.started, MOST_COUNTED, unlinked=run.unlinked))

    def step(self, run: BulkRun, now: datetime) -> BulkRun:
        """Carry out the next step. One that meets the table's ceiling ends early and is repeated."""
        try:
            found = self._queue.page(
                Tab(run.status) if run.undoes else Tab.PENDING,
                run.after,
                run.search,
                run.post,
                unlinked=run.unlinked and not run.undoes,
                where=run.takes,
                size=STEP,
                most_read=MOST_READ,
            )
        except TableBusy:
            return replace(run, is_busy=True)
        after = self._apply(replace(run, is_busy=False), found.pings, now)
        changed = after.done + after.skipped - run.done - run.skipped
        if changed < len(found.pings):
            return after
        peeked = bool(found.next) and len(found.pings) == STEP  # at the next step's first ping
        read = run.read + found.looked_at - peeked
        return replace(after, after=found.next or "", read=read, is_over=not found.next)

    def _apply(self, run: BulkRun, pings: Sequence[Ping], now: datetime) -> BulkRun:
        end = self._clock() + SECONDS
        for ping in pings:
            if self._clock() >= end:
                break
            try:
                with raising_table_busy():
                    self._change(run, ping, now)
            except (StatusChanged, NoSuchPing):
                run = replace(run, skipped=run.skipped + 1)
            except TableBusy:
                return replace(run, is_busy=True)
            else:
                run = replace(run, done=run.done + 1)
        return run

    def _change(self, run: BulkRun, ping: Ping, now: datetime) -> None:
        if run.undoes:
            self._moderation.undo(ping.id, now, expected_status=run.status)
        else:
            self._moderation.put_away(ping, run.status, now, why=run.why)
