"""One run of checks: the pings that a batch of messages names, and those that are due.

A first look is short. A site that does not answer in it gets a long one in the schedule's group, which is in
one environment at a time, so that slow sites hold up no other.
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
from trackback.receiving.verifier import NeedsLongerLook, Verifier
from trackback.storage.check_queue import SCHEDULE, Message

SIDE_BY_SIDE = 10
MOST_DUE = 50
"""How many due pings one run takes."""
FIRST, HURRIED = Look(5, is_first=True), Look(1, is_first=True)
"""First looks: as a rule, and while messages wait for longer than `CALM`, so that the queue gets shorter."""
CALM = timedelta(seconds=10)
LAST = Look(1, is_first=False)
"""What is left of a long look that has waited for `TOO_LATE`: more sites are slow than there is time for."""
TOO_LATE = timedelta(hours=1)
SECONDS_FOR_ONE = 40
"""What the check of one ping may take: two fetches, and two hostile pages on a slow processor."""

logger = Logger(child=True)


class CheckRun:
    """One run of checks with one state of rules and settings."""

    def __init__(self, verifier: Verifier, send: Callable[[Message], bool], now: datetime) -> None:
        """`send` queues a message, and returns whether the queue has taken it; it must not raise."""
        self._verifier, self._send, self._now = verifier, send, now
        self._counting = threading.Lock()

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
            by_site[same[0].id if same[0].group == SCHEDULE else same[0].group].append(same)
        check_site = partial(self._check_site, self.context)
        with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
            return [message for failed in pool.map(check_site, by_site.values()) for message in failed]

    def check_due(self, due: Sequence[str], seconds_left: Callable[[], float]) -> bool:
        """Verify pings that are due; return whether all that were tried succeeded.

        If time runs out, or more pings are due, a message asks for another run.
        """
        if not due:
            return True
        context = self.context

        def check_in_time(ping: str) -> bool | None:
            if seconds_left() < SECONDS_FOR_ONE:
                return None
            return self._check(context, ping, PATIENT, if_waiting=True)

        with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
            done = list(pool.map(check_in_time, due))
        if False in done:
            return False
        if len(due) == MOST_DUE or None in done:
            self._send(Message(f"due-{self._now.isoformat()}", {"due": len(due)}, SCHEDULE))
        return True

    def _check_site(self, context: JudgingContext, queued: Iterable[Sequence[Message]]) -> list[Message]:
        return [message for same in queued if not self._check_named(context, same) for message in same]

    def _check_named(self, context: JudgingContext, messages: Sequence[Message]) -> bool:
        first = messages[0]
        ping, look = first.body["ping"], look_for(first, self._now)
        if_waiting = first.group == SCHEDULE or all("swept" in message.body for message in messages)
        return self._check(context, ping, look, if_waiting=if_waiting, message=first.id)

    def _check(
        self, context: JudgingContext, ping: str, look: Look, *, if_waiting: bool, message: str = ""
    ) -> bool:
        """Verify a ping, or queue it for a longer look; return whether that succeeded."""
        try:
            what = outcome(self._verifier.verify(ping, context, self._now, look, if_waiting=if_waiting))
        except NeedsLongerLook:
            longer = Message(f"longer-{message}", {"ping": ping}, SCHEDULE)
            what = "PingPostponed" if self._send(longer) else "CheckFailed"
        except Exception:
            logger.exception("a ping could not be verified", ping=ping)
            what = "CheckFailed"
        with self._counting:
            count(what, ping=ping)
        return what != "CheckFailed"


def look_for(message: Message, now: datetime) -> Look:
    """Return how long a look a message asks for."""
    waited = now - (message.sent_at or now)
    if message.group == SCHEDULE:
        return LAST if waited > TOO_LATE else PATIENT
    return HURRIED if waited > CALM else FIRST


def outcome(change: Change | None) -> str:
    """Return the metric for a ping's change: its new status, or why it keeps its status."""
    if change is None:
        return "PingPassedOver"
    if change.after.status is not change.before.status:
        return f"Ping{change.after.status.title()}"
    return "PingCheckedAgain" if change.after.verdict is not change.before.verdict else "PingPostponed"
