"""What is printed of a scenario."""

from collections.abc import Iterator, Mapping
from math import ceil
from statistics import median

from tests.costs.prices import load as load_prices
from tests.flood.limits import Limits
from tests.flood.pipeline import Outcome
from tests.flood.scenarios import Scenario

SHORT_CALL = 0.05
"""Seconds that a call of any function but verify is taken to last."""
HOW = """\
Real: the handlers of receive, triage, verify, notify and serve, for every genuine ping and for a sample of
the attack's; the table and its units (DynamoDB Local).
Simulated: the clock; the API's throttle, the stream (0.5 s behind, no shard blocks), the FIFO queue, maximum
concurrency and batches, by template.yaml; other people's servers, which answer after simulated seconds.
Sampled: of an attack's pings, one in so many is real; the others take a place in the queue for as long as the
last real ones did, and the units of the attack are scaled up.
Not simulated: the table's ceiling, SQS's search of the first 120,000 messages only, cold starts, idle runs of
notify. The memory of floods sees the sample alone, so more is fetched than in a whole flood.
All genuine pings fall into the hours of the attack. A ping refused by the throttle was never accepted.
"""


def lines(scenario: Scenario, outcome: Outcome, limits: Limits) -> Iterator[str]:
    """Yield a scenario's lines."""
    counts, many = outcome.counts, len(outcome.accepted_at)
    mailed = _between(outcome.accepted_at, outcome.mailed_at)
    looked = _between(outcome.accepted_at, outcome.looked_at)
    writes, reads = _scaled(outcome.writes, scenario), _scaled(outcome.reads, scenario)
    yield f"{scenario.title} (1 in {scenario.sample} of the attack is real)"
    yield f"  genuine pings: {counts['genuine sent']} sent, \
{counts['genuine refused by the throttle']} refused by the throttle, {many} accepted, \
{many - len(looked)} not looked at, {many - len(mailed)} not mailed"
    yield f"  attack: {counts['attack sent']:,} sent, {counts['attack accepted']:,} accepted; views: \
{counts['views']:,} asked, {counts['calls serve']:,} let in"
    yield f"  accepted to looked at: {_times(looked)}"
    yield f"  accepted to mail:      {_times(mailed)}"
    yield f"  units: {writes:,.0f} writes, {reads:,.0f} reads; mails: {counts['mails']}"
    yield f"  dollars: {_dollars(outcome, limits, writes, reads):.2f}"


def _between(first: Mapping[str, float], then: Mapping[str, float]) -> list[float]:
    return [then[one] - at for one, at in first.items() if one in then]


def _times(seconds: list[float]) -> str:
    if not seconds:
        return "none"
    ranked = sorted(seconds)
    late = ranked[ceil(0.99 * len(ranked)) - 1]
    return f"median {median(ranked):,.0f} s, 99 % {late:,.0f} s, worst {ranked[-1]:,.0f} s"


def _scaled(units: Mapping[str, float], scenario: Scenario) -> float:
    """Return the units with those of the attack times the sample."""
    own = {"genuine", "drip", "notify", "schedule", "views"}
    return sum(used * (1 if whose in own else scenario.sample) for whose, used in units.items())


def _dollars(outcome: Outcome, limits: Limits, writes: float, reads: float) -> float:
    prices, counts = load_prices(), outcome.counts
    pings = counts["genuine accepted"] + counts["attack accepted"]
    short = 2 * pings + counts["calls notify"] + counts["calls serve"]
    seconds = short * SHORT_CALL + outcome.verify_seconds
    used = {
        "api": pings + counts["calls serve"],
        "lambda_requests": short + pings,
        "lambda_arm": seconds * limits.memory_gb,
        "writes": writes,
        "reads": reads,
        "sqs_fifo": 3 * pings,
        "mails": counts["mails"],
    }
    return sum(prices.cost(meter, units) for meter, units in used.items())
