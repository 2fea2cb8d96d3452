"""A month-long flood at every ceiling that the template sets, and what CloudFront, which has none, adds."""

from collections.abc import Iterator

from tests.costs.line import Bill, Line, merged
from tests.costs.parts import Route, Source
from tests.costs.pings import mails
from tests.costs.prices import Prices
from tests.costs.usage import GB, Job, Usage


def bill(usage: Usage, prices: Prices) -> Bill:
    """Return what a month costs in which everything is asked for as fast as it is let in."""
    return Bill("A month-long flood at every ceiling", merged(_lines(usage)), prices)


def cdn_bill(usage: Usage, prices: Prices) -> Bill:
    """Return what CloudFront takes for a rate of requests that nothing bounds; data not counted."""
    rate = usage.measured.assumed["flood"]["cdn_requests_a_second"]
    units = rate * usage.measured.month
    how = f"{rate:,} a second x {usage.measured.month:,} s"
    lines = (
        Line("CloudFront requests", how, "cdn", units),
        Line("CloudFront function", how, "cdn_functions", units),
    )
    return Bill(f"Beside it, CloudFront at {rate:,} requests a second", lines, prices)


def table_bill(usage: Usage, prices: Prices) -> Bill:
    """Return the table's part: the ceilings hold for the table and for each index by itself."""
    return Bill("Of that, the table at its ceilings", tuple(_table(usage)), prices)


def _lines(usage: Usage) -> Iterator[Line]:
    jobs = [_jobs(usage, route) for route in usage.deployed.routes]
    yield from _requests(usage)
    yield from usage.time(max(several, key=usage.billed_ms) for several in jobs)
    yield from usage.logs(max(several, key=usage.log_bytes) for several in jobs)
    yield from _readers(usage)
    yield from _scheduled(usage)
    yield from _table(usage)
    yield _data(usage)
    for source in usage.deployed.queues:
        yield _messages(usage, source)
    yield mails(usage)
    yield Line("Metrics", "counts that functions log", "metrics", usage.measured.assumed["flood"]["metrics"])
    yield from _stored(usage)


def _requests(usage: Usage) -> Iterator[Line]:
    month, routes = usage.measured.month, usage.deployed.routes
    rate = sum(route.rate for route in routes)
    yield Line("API requests", f"{len(routes)} routes, {rate:g} a second x {month:,} s", "api", rate * month)
    more = usage.measured.assumed["flood"]["body_requests"] - 1
    rate = sum(route.rate for route in routes if route.takes_bodies)
    how = f"{rate:g} a second x {month:,} s x {more} more of 512 KB"
    yield Line("API: bodies of 10 MB", how, "api", rate * month * more)


def _kinds(usage: Usage, route: Route) -> list[str]:
    """Return what a request of a route may ask of its function."""
    named = usage.measured.assumed["addresses"]
    path = route.key.partition(" ")[2]
    fitting = max((start for start in named if path.startswith(start)), key=len, default="")
    every = (kind for kind in usage.measured.kinds(route.function) if kind != "idle")
    return list(named[fitting]) if fitting else list(every)


def _jobs(usage: Usage, route: Route) -> list[Job]:
    """Return a route's invocations, once for each kind of work that they may ask for."""
    cold = usage.measured.assumed["lambda"]["cold_share"]
    times = route.rate * usage.measured.month
    return [Job(route.function, kind, times, cold) for kind in _kinds(usage, route)]


def _readers(usage: Usage) -> Iterator[Line]:
    """Yield the time of what works behind the stream and the queues, every environment busy all month."""
    month, assumed = usage.measured.month, usage.measured.assumed["lambda"]
    for source in usage.deployed.sources:
        function = usage.deployed.functions[source.function]
        most = assumed["account_concurrency"] if source.queue else assumed["shards"]
        many = source.maximum_concurrency or most
        gb = function.memory_mb / 1024
        how = f"{many} environments x {month:,} s x {gb:g} GB"
        yield Line(f"Lambda time: {function.name}", how, function.meter, many * month * gb)
        times = _pings(usage) * month
        yield Line(f"Lambda requests: {function.name}", "one for each ping", "lambda_requests", times)


def _scheduled(usage: Usage) -> Iterator[Line]:
    """Yield the time of what a schedule calls: one run at a time, busy all month."""
    month = usage.measured.month
    for name in sorted({one.target for one in usage.deployed.schedules if not one.queue}):
        function = usage.deployed.functions[name]
        gb = function.memory_mb / 1024
        how = f"1 environment x {month:,} s x {gb:g} GB"
        yield Line(f"Lambda time: {name}", how, function.meter, month * gb)


def _pings(usage: Usage) -> float:
    """Return the pings a second that the API lets in."""
    return sum(route.rate for route in usage.deployed.routes if route.function == "receive")


def _table(usage: Usage) -> Iterator[Line]:
    month, ceilings = usage.measured.month, usage.deployed.ceilings
    for which, limits in (("writes", [one for one, _ in ceilings]), ("reads", [one for _, one in ceilings])):
        how = f"({' + '.join(map(str, limits))}) a second x {month:,} s"
        yield Line(f"Table and indexes: {which}", how, which, sum(limits) * month)
    yield Line(
        "Stream reads by Lambda", "four a second, each shard and reader", "stream_reads", _stream_reads(usage)
    )


def _stream_reads(usage: Usage) -> float:
    shards: int = usage.measured.assumed["lambda"]["shards"]
    return 4 * shards * len(usage.deployed.streams) * usage.measured.month


def _data(usage: Usage) -> Line:
    head, month = usage.measured.assumed["readers"]["answer_head_bytes"], usage.measured.month
    routes = usage.deployed.routes
    total = sum(route.rate * month * (_largest(usage, route) + head) for route in routes) / GB
    return Line("Data out", "each route's largest answer; HEAD has none", "data_out", total)


def _largest(usage: Usage, route: Route) -> float:
    if route.key.startswith("HEAD "):
        return 0.0
    return max(usage.measured.work(route.function, kind).answer_bytes for kind in _kinds(usage, route))


def _messages(usage: Usage, source: Source) -> Line:
    each = usage.measured.assumed["sqs"]["requests_of_a_message"]
    rate, month = _pings(usage), usage.measured.month
    return Line(
        f"Messages: {source.queue}",
        f"{rate:g} a second x {month:,} s x {each}",
        source.meter,
        rate * month * each,
    )


def _stored(usage: Usage) -> Iterator[Line]:
    size = usage.measured.assumed["flood"]["ping_bytes"]
    kept = _pings(usage) * usage.measured.month * size / GB / 2
    how = f"{_pings(usage):g} a second x {size:,} bytes, half of the month on average"
    yield Line("Stored", how, "stored", kept)
    yield Line("Kept for recovery", "the same", "recoverable", kept)
