"""An idle month: alarms, the clock, and the polls of empty queues."""

from collections.abc import Iterator

from tests.costs import sweeps
from tests.costs.line import Bill, Line, merged
from tests.costs.parts import Source
from tests.costs.prices import Prices
from tests.costs.usage import Job, Usage


def bill(usage: Usage, prices: Prices) -> Bill:
    """Return what a month costs in which nobody pings and nobody reads."""
    return Bill("An idle month", merged(_lines(usage)), prices)


def _lines(usage: Usage) -> Iterator[Line]:
    deployed, idle = usage.deployed, usage.measured.assumed["idle"]
    yield Line("Alarms", "metrics that alarms look at", "alarms", deployed.alarm_metrics)
    yield Line("Composite alarms", "", "composite_alarms", deployed.composite_alarms)
    for source in deployed.queues:
        yield polls(usage, source)
    yield from _clock(usage)
    yield from usage.lines(_jobs(usage))
    yield sweeps.line(usage)
    yield Line("Stored", "an ordinary blog's pings", "stored", idle["stored_gb"])
    yield Line("Kept for recovery", "the same", "recoverable", idle["stored_gb"])
    yield Line("Uploaded packages", "functions and layers", "packages", idle["package_gb"])


def polls(usage: Usage, source: Source) -> Line:
    """Return what Lambda asks of an empty queue in a month."""
    said = usage.measured.assumed["sqs"]
    pollers = said["pollers" if source.fifo or source.maximum_concurrency else "pollers_without_maximum"]
    units = pollers * usage.measured.month / said["seconds_of_a_poll"]
    how = f"{pollers} pollers x {usage.measured.month:,} s / {said['seconds_of_a_poll']} s"
    return Line(f"Polls of {source.queue}, empty", how, source.meter, units)


def _clock(usage: Usage) -> Iterator[Line]:
    for one in usage.deployed.schedules:
        times = usage.measured.month / 60 / one.minutes
        yield Line(f"Schedule of {one.target}", f"every {one.minutes} minutes", one.meter, times)
        if one.queue:
            each = usage.measured.assumed["sqs"]["requests_of_a_message"]
            yield Line(f"Messages of {one.target}", f"{times:,.0f} x {each}", one.queue.meter, times * each)


def _jobs(usage: Usage) -> Iterator[Job]:
    warm = usage.measured.assumed["lambda"]["warm_minutes"]
    for one in usage.deployed.schedules:
        cold = 1.0 if one.minutes > warm else 0.0
        yield Job(one.target, "idle", usage.measured.month / 60 / one.minutes, cold)
