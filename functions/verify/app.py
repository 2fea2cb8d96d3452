"""Checks the sources of pings: those that triage queues and, on a schedule, those that are due.

On the same schedule, a sweep finds pings whose check never came, whatever failed.
"""

import os
from collections.abc import Iterable, Mapping, Set
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import cache
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from trackback.model.transitions import Change
from trackback.outcomes import count
from trackback.receiving.host_rate_limit import HostRateLimit
from trackback.receiving.spam.akismet import Akismet
from trackback.receiving.spam.flood import FloodWindow
from trackback.receiving.spam.training import learn
from trackback.receiving.sweep import Sweep, SweepContext
from trackback.receiving.verifier import Verifier
from trackback.storage.akismet_key import AkismetKey
from trackback.storage.check_queue import Message, Queue, failures, read_batch
from trackback.storage.pings import PingStore
from trackback.storage.table import Table
from trackback.urls import site_of
from trackback.web.http.client import Fetcher

SIDE_BY_SIDE = 10
MOST_DUE = 50
READS_PER_SECOND = int(os.environ["READS_PER_SECOND"])

# At import, so that a missing setting fails the start; they live as long as the environment.
table = Table(os.environ["TABLE"])
pings = PingStore(table)
rate_limit = HostRateLimit()
fetcher = Fetcher(
    loopback=os.environ.get("FETCH_LOOPBACK") == "true",
    may_redirect_to=lambda url: rate_limit.allows(site_of(url), datetime.now(UTC)),
)
akismet_key = AkismetKey(os.environ["AKISMET_KEY"])
akismet = Akismet(lambda: akismet_key.load(datetime.now(UTC)))
verifier = Verifier(table, fetcher, FloodWindow(), rate_limit, akismet)

logger = Logger()


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Verify the pings of a batch of messages.

    A message of the schedule, which names no ping, asks for all due pings and a run of the sweep; a message
    of the sweep asks for its next run. Returns the messages to retry: those with a ping that could not be
    verified.
    """
    now = datetime.now(UTC)
    bodies = {message.id: message.body for message in read_batch(event)}
    is_time = not all(body.keys() & {"ping", "sweep"} for body in bodies.values())
    if is_time or any("sweep" in body for body in bodies.values()):
        sweep(now, context)  # first, since it ends the pings that nothing else ends
    due = pings.due(now, MOST_DUE) if is_time else []
    asked = {one: _pings_of(body, due) for one, body in bodies.items()}
    wanted = {ping for pings in asked.values() for ping in pings}
    swept = {body["ping"] for body in bodies.values() if "swept" in body}
    swept -= {body["ping"] for body in bodies.values() if "ping" in body and "swept" not in body}
    failed = verify_all(wanted, now, swept) if wanted else set()
    if is_time:
        learn(table, now)
    return failures(one for one, pings in asked.items() if not failed.isdisjoint(pings))


def _pings_of(body: Mapping[str, Any], due: list[str]) -> list[str]:
    return [body["ping"]] if "ping" in body else [] if "sweep" in body else due


def verify_all(pings: Iterable[str], now: datetime, swept: Set[str] = frozenset()) -> set[str]:
    """Verify pings in parallel, so that a slow source delays no other. Returns the ids that failed.

    Those that only a sweep has found (`swept`) are passed over if their check has come meanwhile.
    """
    context = verifier.context()

    def verify(ping: str) -> str:
        try:
            return outcome(verifier.verify(ping, context, now, swept=ping in swept))
        except Exception:
            logger.exception("a ping could not be verified", ping=ping)
            return "CheckFailed"

    pings = list(pings)
    with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        outcomes = dict(zip(pings, pool.map(verify, pings), strict=True))
    for ping, what in outcomes.items():
        count(what, ping=ping)
    return {ping for ping, what in outcomes.items() if what == "CheckFailed"}


def sweep(now: datetime, context: LambdaContext) -> None:
    """Look for pings whose check never came. A fault of the sweep's holds up no message: it is run again."""

    def seconds_left() -> float:
        return context.get_remaining_time_in_millis() / 1_000

    judging = cache(verifier.context)

    def give_up(ping: str) -> None:
        try:
            what = outcome(verifier.give_up(ping, judging(), now))
        except Exception:
            logger.exception("a ping could not be given up", ping=ping)
            what = "CheckFailed"
        count(what, ping=ping)

    try:
        Sweep(table, SweepContext(queue_again, give_up, READS_PER_SECOND)).run(now, seconds_left)
    except Exception:
        logger.exception("the sweep failed")


def queue_again(message: Message) -> None:
    """Queue a message of the sweep; a fault is logged, and the sweep goes on."""
    try:
        refused = queue().send([message])
    except Exception:
        logger.exception("the sweep could not queue a message", **message.body)
    else:
        logger.info("refused by the queue" if refused else "queued by the sweep", **message.body)


@cache
def queue() -> Queue:
    """Return the queue of checks; only a sweep that has found something connects to it."""
    return Queue(os.environ["CHECKS_QUEUE"])


def outcome(change: Change | None) -> str:
    """Return the metric for a ping's change: its new status, or why it keeps its status."""
    if change is None:
        return "PingPassedOver"
    if change.after.status is not change.before.status:
        return f"Ping{change.after.status.title()}"
    return "PingCheckedAgain" if change.after.verdict is not change.before.verdict else "PingPostponed"
