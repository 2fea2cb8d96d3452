"""One run of checks: the pings that a batch of messages names, and those that are due.

A first look is short. A ping whose site does not answer in it is due at once for a long one, which runs of
the schedule's group give to many sites side by side. That group is in one environment at a time, so that slow
sites hold up no other.
"""

import threading
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import cached_property, partial

from aws_lambda_powertools import Logger

from trackback.model.transitions import Change
from trackback.outcomes import count
from trackback.receiving.admission import PATIENT, Look
from trackback.receiving.source_check import JudgingContext
from trackback.receiving.verifier import OutOfTime, Verifier
from trackback.storage.check_queue import SCHEDULE, Message
from trackback.timestamps import stamp

SIDE_BY_SIDE = 10
MOST_DUE = 50
"""How many due pings one run takes, all of them side by side: most of them wait for slow sites."""
FIRST, HURRIED = Look(5, is_first=True), Look(1, is_first=True)
"""First looks: as a rule, and while messages wait for longer than `CALM`, so that the queue gets shorter."""
CALM = timedelta(seconds=10)
SLOW_RUNS = 10
"""Seconds in which slow sites ask for one run at most."""
AT_ONCE = timedelta(seconds=1)
SECONDS_FOR_ONE = 40
"""What the check of one ping may take: two fetches, and two hostile pages on a slow processor."""

logger = Logger(child=True)


class CheckRun:
    """One run of checks with one state of rules and settings."""

    def __init__(self, verifier: Verifier, send: Callable[[Message], bool], now: datetime) -> None:
        """`send` queues a message, and returns whether the queue has taken it; it must not raise."""
        self._verifier, self._send, self._now = verifier, send, now
        self._lock = threading.Lock()
        self._slow: list[str] = []

    @cached_property
    def context(self) -> JudgingContext:
        """The author's rules and settings and the word model, as they are when they are first needed."""
        return self._verifier.context()

    def check_queued(self, messages: Sequence[Message]) -> list[Message]:
        """Verify the pings that messages name, and return the messages of those that failed.

        Sites are asked side by side, so that a slow one delays no other; one site's pings follow one another.
        """
        if not messages:
            return []
        by_ping: dict[str, list[Message]] = defaultdict(list)
        for message in messages:
            by_ping[message.body["ping"]].append(message)
        by_site: dict[str, list[list[Message]]] = defaultdict(list)
        for same in by_ping.values():
            by_site[same[0].group].append(same)
        check_site = partial(self._check_site, self.context)
        with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
            failed = [message for failed in pool.map(check_site, by_site.values()) for message in failed]
        if self._slow:
            run = f"slow-{self._now.timestamp() // SLOW_RUNS:.0f}"
            self._send(Message(run, {"due": len(self._slow), "pings": self._slow}, SCHEDULE))
        return failed

    def check_due(self, due: Iterable[str], seconds_left: Callable[[], float]) -> bool:
        """Verify pings that are due; return whether any succeeded, if any were tried.

        If all fail, the fault is not one ping's. What fails stays due, for the schedule's next run. If time
        runs out, or more pings are due, a message asks for another run.
        """
        pings = list(dict.fromkeys(due))[:MOST_DUE]
        if not pings:
            return True
        context = self.context

        def has_time() -> bool:
            return seconds_left() >= SECONDS_FOR_ONE

        def check_in_time(ping: str) -> bool | None:
            look = PATIENT._replace(has_time=has_time)
            return self._check(context, ping, look, if_waiting=True) if has_time() else None

        with ThreadPoolExecutor(MOST_DUE) as pool:
            done = list(pool.map(check_in_time, pings))
        if False in done and True not in done:
            return False
        if len(pings) == MOST_DUE or None in done:
            self._send(Message(f"due-{self._now.isoformat()}", {"due": len(pings)}, SCHEDULE))
        return True

    def _check_site(self, context: JudgingContext, queued: Iterable[Sequence[Message]]) -> list[Message]:
        return [message for same in queued if not self._check_named(context, same) for message in same]

    def _check_named(self, context: JudgingContext, messages: Sequence[Message]) -> bool:
        if_waiting = all("swept" in message.body for message in messages)
        look = look_for(messages[0], self._now)
        return self._check(context, messages[0].body["ping"], look, if_waiting=if_waiting) is not False

    def _check(self, context: JudgingContext, ping: str, look: Look, *, if_waiting: bool) -> bool | None:
        """Verify a ping; return whether that succeeded, None if there was no time left for it."""
        try:
            change = self._verifier.verify(ping, context, self._now, look, if_waiting=if_waiting)
        except OutOfTime:
            return None
        except Exception:
            logger.exception("a ping could not be verified", ping=ping)
            change, what = None, "CheckFailed"
        else:
            what = outcome(change)
        with self._lock:
            count(what, ping=ping)
            if change and look.is_first and _is_slow(change, self._now):
                self._slow.append(ping)
        return what != "CheckFailed"


def look_for(message: Message, now: datetime) -> Look:
    """Return how long a look a message asks for, by how long it has waited."""
    waited = now - (message.sent_at or now)
    return HURRIED if waited > CALM else FIRST


def _is_slow(change: Change, now: datetime) -> bool:
    """Tell whether a ping is due at once for a longer look."""
    return stamp(now) <= change.after.check_at <= stamp(now + AT_ONCE)


def outcome(change: Change | None) -> str:
    """Return the metric for a ping's change: its new status, or why it keeps its status."""
    if change is None:
        return "PingPassedOver"
    if change.after.status is not change.before.status:
        return f"Ping{change.after.status.title()}"
    return "PingCheckedAgain" if change.after.verdict is not change.before.verdict else "PingPostponed"
