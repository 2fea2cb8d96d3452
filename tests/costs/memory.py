"""What other memory sizes would make of a function's time: less memory is less of a processor, too."""

from collections.abc import Iterator
from dataclasses import dataclass

from tests.costs.levers import with_functions
from tests.costs.prices import Prices
from tests.costs.usage import Job, Usage

SIZES = (256, 512, 1024)
WORK = (
    ("receive", "ping"),
    ("serve", "view"),
    ("verify", "spam"),
    ("verify", "looked_at"),
    ("triage", "new"),
    ("triage", "held"),
)


@dataclass(frozen=True)
class Row:
    """A kind of work: the memory it has, its peak, and milliseconds and dollars a million at each size."""

    what: str
    has_mb: int
    peak_mb: float
    at: tuple[tuple[int, float], ...]


def rows(usage: Usage, prices: Prices) -> Iterator[Row]:
    """Yield the work that there is most of."""
    for function, kind in WORK:
        job = Job(function, kind, 1_000_000, 0.0)
        at = tuple(_at(with_functions(usage, function, memory_mb=size), prices, job) for size in SIZES)
        has = usage.deployed.functions[function].memory_mb
        yield Row(f"{function}: {kind.replace('_', ' ')}", has, usage.work(job).peak_mb, at)


def _at(usage: Usage, prices: Prices, job: Job) -> tuple[int, float]:
    seconds = next(line for line in usage.time([job]) if line.what.startswith("Lambda time"))
    return usage.billed_ms(job), prices.cost(seconds.meter, seconds.units)
