"""What invocations of functions use: Lambda's requests and seconds, the table's units, bytes of log."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from math import ceil

from tests.costs.deployment import Deployment
from tests.costs.line import Line
from tests.costs.measured import Measured, Work
from tests.costs.parts import Function

GB = 1e9
TEN = "_ten"
"""How the kinds end that are a batch of ten."""


@dataclass(frozen=True)
class Job:
    """So many invocations of a function for one kind of event; a share of them starts an environment."""

    function: str
    kind: str
    times: float
    cold: float


@dataclass(frozen=True)
class Usage:
    """The sums' ground: what is deployed, and what was measured."""

    deployed: Deployment
    measured: Measured

    def work(self, job: Job) -> Work:
        """Return what one invocation takes."""
        return self.measured.work(job.function, job.kind)

    def billed_ms(self, job: Job) -> int:
        """Return one invocation's milliseconds: CPU time on the function's part of a processor, and waits."""
        return ceil(self.work(job).cpu_ms / self._share(job.function) + self._waits(job))

    def _waits(self, job: Job) -> float:
        """Return the milliseconds of waiting; a batch waits for its pings side by side, so as for one."""
        assumed, alone = self.measured.assumed["lambda"], job.kind.removesuffix(TEN)
        waits = self.measured.work(job.function, alone).calls * assumed["wait_ms_of_a_call"]
        if f"{job.function}.{alone}" in assumed["fetches"]:
            waits += assumed["wait_ms_of_a_page"]
        return float(waits)

    def start_ms(self, job: Job) -> int:
        """Return the milliseconds in which an environment starts, which are billed too."""
        return ceil(self.work(job).init_cpu_ms / self._share(job.function))

    def _share(self, function: str) -> float:
        whole = self.measured.assumed["lambda"]["mb_of_a_processor"]
        return float(min(1.0, self._function(function).memory_mb / whole))

    def _function(self, name: str) -> Function:
        return self.deployed.functions[name]

    def lines(self, jobs: Iterable[Job]) -> Iterator[Line]:
        """Yield the lines of all jobs together: Lambda, the table, the logs."""
        jobs = _together(jobs)
        yield from self.time(jobs)
        yield self._units("writes", jobs)
        yield self._units("reads", jobs)
        yield from self.logs(jobs)

    def time(self, jobs: Iterable[Job]) -> Iterator[Line]:
        """Yield what Lambda bills: requests, and seconds by function."""
        jobs = _together(jobs)
        yield Line("Lambda requests", _sum(jobs), "lambda_requests", sum(job.times for job in jobs))
        for name, of_one in groupby(sorted(jobs, key=lambda job: job.function), key=lambda job: job.function):
            yield self._seconds(name, list(of_one))

    def _seconds(self, name: str, jobs: list[Job]) -> Line:
        gb = self._function(name).memory_mb / 1024
        units = sum(
            job.times * (self.billed_ms(job) + job.cold * self.start_ms(job)) / 1000 * gb for job in jobs
        )
        how = "; ".join(self._duration(job) for job in jobs)
        return Line(f"Lambda time: {name}", f"{gb:g} GB x {how}", self._function(name).meter, units)

    def _duration(self, job: Job) -> str:
        start = f" + {job.cold:.0%} of {self.start_ms(job):,} ms start" if job.cold else ""
        return f"{job.times:,.0f} {job.kind} x ({self.billed_ms(job)} ms{start})"

    def _units(self, which: str, jobs: list[Job]) -> Line:
        used = [(job, getattr(self.work(job), which)) for job in jobs]
        how = " + ".join(f"{job.times:,.0f} x {units:g} {job.function}" for job, units in used if units)
        return Line(f"Table {which}", how, which, sum(job.times * units for job, units in used))

    def metrics(self, jobs: Iterable[Job]) -> Line:
        """Return the metrics that the jobs count, each billed for the month."""
        many = sum(self.work(job).metrics for job in _together(jobs))
        return Line("Metrics", "counts that the functions log, however many pings", "metrics", many)

    def logs(self, jobs: Iterable[Job]) -> Iterator[Line]:
        """Yield what goes into the logs, and what keeping it costs."""
        gigabytes = sum(job.times * self.log_bytes(job) for job in jobs) / GB
        yield Line("Logs taken in", "own lines and Lambda's own, by invocation", "logs", gigabytes)
        months = self.deployed.log_days / self.measured.assumed["days_in_a_month"]
        yield Line("Logs kept", f"{gigabytes:.2f} GB x {months:g} months", "logs_kept", gigabytes * months)

    def log_bytes(self, job: Job) -> float:
        """Return what one invocation writes to its log, with Lambda's own lines."""
        platform = self.measured.assumed["lambda"]["platform_log_bytes"]
        return self.work(job).log_bytes + (platform if self._function(job.function).platform_logs else 0)


def _together(jobs: Iterable[Job]) -> list[Job]:
    """Return the jobs with those of one kind as one."""
    times: dict[tuple[str, str, float], float] = defaultdict(float)
    for job in jobs:
        times[job.function, job.kind, job.cold] += job.times
    return [Job(function, kind, many, cold) for (function, kind, cold), many in times.items() if many]


def _sum(jobs: list[Job]) -> str:
    return " + ".join(f"{job.times:,.0f} {job.function}.{job.kind}" for job in jobs)
