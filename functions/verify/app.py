"""Looks at the sources of pings: new ones as the table's stream brings them, due ones by schedule."""

import os
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from trackback.akismet import Akismet
from trackback.akismet_key import AkismetKey
from trackback.fetch import Fetcher
from trackback.learning import learn
from trackback.link import site_of
from trackback.pace import Pace
from trackback.recent import Recent
from trackback.table import Table
from trackback.verification import Verifier

SIDE_BY_SIDE = 10
MOST_DUE = 50

# At import, so that a missing setting fails the start, and for as long as this environment lives.
table = Table(os.environ["TABLE"])
pace = Pace()
fetcher = Fetcher(
    loopback=os.environ.get("FETCH_LOOPBACK") == "true",
    may_redirect_to=lambda url: pace.allows(site_of(url), datetime.now(UTC)),
)
akismet_key = AkismetKey(os.environ["AKISMET_KEY"])
akismet = Akismet(lambda: akismet_key.load(datetime.now(UTC)))
verifier = Verifier(table, fetcher, Recent(), pace, akismet)

logger = Logger()


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:  # noqa: ARG001 - Lambda's form
    """Verify the pings of a batch of the stream, or those that are due; tell which could not be."""
    now = datetime.now(UTC)
    if "Records" not in event:
        failed = verify_all(table.due(now, MOST_DUE), now)
        learn(table, now)
        if failed:
            raise RuntimeError(f"{len(failed)} pings could not be verified")
        return {}
    numbers = {
        record["dynamodb"]["Keys"]["id"]["S"]: record["dynamodb"]["SequenceNumber"]
        for record in event["Records"]
    }
    failed = verify_all(numbers, now)
    return {"batchItemFailures": [{"itemIdentifier": numbers[ping]} for ping in failed]}


def verify_all(pings: Iterable[str], now: datetime) -> list[str]:
    """Verify pings side by side, so that none waits for another's slow source; return those that failed."""
    policy = verifier.policy()

    def verify(ping: str) -> str | None:
        try:
            verifier.verify(ping, policy, now)
        except Exception:
            logger.exception("a ping could not be verified", ping=ping)
            return ping
        return None

    with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        return [ping for ping in pool.map(verify, pings) if ping]
