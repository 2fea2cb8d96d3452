"""What verify's sweep costs, which reads the whole table for pings whose check never came."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from math import ceil

from tests.costs.line import Line
from tests.costs.prices import Prices
from tests.costs.usage import GB, Usage
from trackback.receiving.sweep import EVERY, SHARE, interval
from trackback.storage.sweeps import PIECE

SIZES = (1_000, 100_000, 10_000_000)
UNIT_BYTES = 8_192
"""What one read unit reads where a write of the last second may be missing."""
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Row:
    """A number of stored pings, and what sweeping the table takes."""

    pings: int
    units_a_day: float
    takes: timedelta
    every: timedelta
    dollars: float


def line(usage: Usage) -> Line:
    """Return what the sweeps of an idle month read."""
    stored = usage.measured.assumed["idle"]["stored_gb"]
    units, times = ceil(stored * GB / UNIT_BYTES), usage.measured.month / EVERY.total_seconds()
    return Line("Sweeps of the table", f"{times:,.0f} x {units:,} verify", "reads", times * units)


def rows(usage: Usage, prices: Prices) -> Iterator[Row]:
    """Yield a row for each size: reads, a write for each piece, and the time of Lambda, which waits."""
    verify, (_, ceiling) = usage.deployed.functions["verify"], usage.deployed.ceilings[0]
    for pings in SIZES:
        units = pings * usage.measured.assumed["flood"]["ping_bytes"] / UNIT_BYTES
        takes = timedelta(seconds=units / (SHARE * ceiling))
        every = interval(takes, found=False)
        seconds = takes.total_seconds() * verify.memory_mb / 1024
        once = prices.cost("reads", units) + prices.cost("writes", pings / PIECE)
        dollars = (once + prices.cost(verify.meter, seconds)) * (usage.measured.month / every.total_seconds())
        yield Row(pings, units * (_DAY / every), takes, every, dollars)
