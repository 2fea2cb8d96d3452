"""Checks the sources of pings: those that triage queues and, on a schedule, those that are due."""

import os
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from trackback.model.transitions import Change
from trackback.outcomes import count
from trackback.receiving.host_rate_limit import HostRateLimit
from trackback.receiving.spam.akismet import Akismet
from trackback.receiving.spam.flood import FloodWindow
from trackback.receiving.spam.training import learn
from trackback.receiving.verifier import Verifier
from trackback.storage.akismet_key import AkismetKey
from trackback.storage.check_queue import failures, read_batch
from trackback.storage.pings import PingStore
from trackback.storage.table import Table
from trackback.urls import site_of
from trackback.web.http.client import Fetcher

SIDE_BY_SIDE = 10
MOST_DUE = 50

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
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:  # noqa: ARG001 - Lambda's form
    """Verify the pings of a batch of messages. A message without a ping asks for all due pings.

    Returns the messages to retry: those with a ping that could not be verified.
    """
    now = datetime.now(UTC)
    bodies = {message.id: message.body for message in read_batch(event)}
    is_time = any("ping" not in body for body in bodies.values())
    due = pings.due(now, MOST_DUE) if is_time else []
    asked = {one: [body["ping"]] if "ping" in body else due for one, body in bodies.items()}
    failed = verify_all({ping for pings in asked.values() for ping in pings}, now)
    if is_time:
        learn(table, now)
    return failures(one for one, pings in asked.items() if not failed.isdisjoint(pings))


def verify_all(pings: Iterable[str], now: datetime) -> set[str]:
    """Verify pings in parallel, so that a slow source delays no other. Returns the ids that failed."""
    context = verifier.context()

    def verify(ping: str) -> str:
        try:
            return outcome(verifier.verify(ping, context, now))
        except Exception:
            logger.exception("a ping could not be verified", ping=ping)
            return "CheckFailed"

    pings = list(pings)
    with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        outcomes = dict(zip(pings, pool.map(verify, pings), strict=True))
    for ping, what in outcomes.items():
        count(what, ping=ping)
    return {ping for ping, what in outcomes.items() if what == "CheckFailed"}


def outcome(change: Change | None) -> str:
    """Return the metric for a ping's change: its new status, or why it keeps its status."""
    if change is None:
        return "PingPassedOver"
    if change.after.status is not change.before.status:
        return f"Ping{change.after.status.title()}"
    return "PingCheckedAgain" if change.after.verdict is not change.before.verdict else "PingPostponed"
