"""Checks the sources of pings: those that triage queues and, on a schedule, those that are due.

On the same schedule, a sweep finds pings whose check never came, whatever failed.
"""

import os
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from trackback.outcomes import count
from trackback.receiving.check_run import MOST_DUE, CheckRun, outcome
from trackback.receiving.spam.akismet import Akismet
from trackback.receiving.spam.flood import FloodWindow
from trackback.receiving.spam.training import learn
from trackback.receiving.sweep import Sweep, SweepContext
from trackback.receiving.verifier import Verifier
from trackback.storage.akismet_key import AkismetKey
from trackback.storage.check_queue import Message, Queue, failures, read_batch
from trackback.storage.pings import PingStore
from trackback.storage.table import Table
from trackback.web.http.client import Fetcher

READS_PER_SECOND = int(os.environ["READS_PER_SECOND"])

# At import, so that a missing setting fails the start; they live as long as the environment.
table = Table(os.environ["TABLE"])
pings = PingStore(table)
fetcher = Fetcher(loopback=os.environ.get("FETCH_LOOPBACK") == "true")
akismet_key = AkismetKey(os.environ["AKISMET_KEY"])
akismet = Akismet(lambda: akismet_key.load(datetime.now(UTC)))
verifier = Verifier(table, fetcher, FloodWindow(), akismet)

logger = Logger()


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Verify the pings of a batch of messages.

    A message of the schedule asks for all due pings, beside those that it names, and for a run of the sweep;
    a message of the sweep asks for its next run. Returns the messages to retry: those with a ping that could
    not be verified.
    """

    def seconds_left() -> float:
        return context.get_remaining_time_in_millis() / 1_000

    messages = read_batch(event)
    of_pings = [message for message in messages if "ping" in message.body]
    ticks = [message for message in messages if not message.body.keys() & {"ping", "sweep"}]
    run = CheckRun(verifier, queue_again, now := datetime.now(UTC))
    if len(of_pings) < len(messages):
        sweep(run, now, seconds_left)  # first, since it ends the pings that nothing else ends
    failed = run.check_queued(of_pings)
    if ticks:
        named = [ping for message in ticks for ping in message.body.get("pings", ())]
        failed += [] if run.check_due(named + pings.due(now, MOST_DUE), seconds_left) else ticks
        learn(table, now)
    return failures(message.id for message in failed)


def sweep(run: CheckRun, now: datetime, seconds_left: Callable[[], float]) -> None:
    """Look for pings whose check never came. A fault of the sweep's holds up no message: it is run again."""

    def give_up(ping: str) -> None:
        try:
            what = outcome(verifier.give_up(ping, run.context, now))
        except Exception:
            logger.exception("a ping could not be given up", ping=ping)
            what = "CheckFailed"
        count(what, ping=ping)

    try:
        Sweep(table, SweepContext(queue_again, give_up, READS_PER_SECOND)).run(now, seconds_left)
    except Exception:
        logger.exception("the sweep failed")


def queue_again(message: Message) -> bool:
    """Queue a message for another run, and return whether the queue has taken it; a fault is logged."""
    try:
        refused = queue().send([message])
    except Exception:
        logger.exception("a message could not be queued", **message.body)
        return False
    logger.info("refused by the queue" if refused else "queued again", **message.body)
    return not refused


@cache
def queue() -> Queue:
    """Return the queue of checks; only a run that has something for another one connects to it."""
    return Queue(os.environ["CHECKS_QUEUE"])
