"""A million pings: certain spam, looked at and put away, approved."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tests.benchmarks import samples
from tests.costs.line import Bill, Line, merged
from tests.costs.parts import Source
from tests.costs.prices import Prices
from tests.costs.usage import GB, TEN, Job, Usage
from tests.stack.streams import fits

MILLION = 1_000_000


@dataclass(frozen=True)
class Fate:
    """What becomes of a ping: the changes of its record that the stream tells, and the author's decision."""

    title: str
    changes: tuple[str, ...]
    decision: str = ""

    @property
    def check(self) -> str:
        """Return what checking a ping takes."""
        return "looked_at" if self.decision else "spam"


SPAM = Fate("A million pings: certain spam", ("new", "spam"))
PUT_AWAY = Fate("A million pings: looked at, put away", ("new", "held", "rejected"), "rejected")
APPROVED = Fate("A million pings: approved", ("new", "held", "approved"), "approved")


def bill(fate: Fate, usage: Usage, prices: Prices, *, ten: bool = False) -> Bill:
    """Return what a million pings of one fate cost, if each comes alone, or ten in each batch."""
    return Bill(fate.title, merged(_lines(fate, usage, 10 if ten else 1)), prices)


def _lines(fate: Fate, usage: Usage, batch: int) -> Iterator[Line]:
    jobs = list(_jobs(fate, usage, batch))
    asked = MILLION + _decisions(fate, usage)
    words = "the pings, and bulk decisions" if fate.decision else "one each"
    yield Line("API requests", words, "api", asked)
    if usage.deployed.has_cdn:
        yield Line("CloudFront requests", "before the API", "cdn", asked)
        yield Line("CloudFront function", "before the API", "cdn_functions", asked)
    yield from usage.lines(jobs)
    yield usage.metrics(jobs)
    if fate.decision:
        units = usage.measured.decision(fate.decision)
        yield Line("Table writes: decision", f"{MILLION:,} x {units:g}", "writes", MILLION * units)
    yield from _messages(usage, batch)
    yield _answers(usage)
    if fate.decision:
        yield mails(usage)


def _jobs(fate: Fate, usage: Usage, batch: int) -> Iterator[Job]:
    cold = usage.measured.assumed["lambda"]["cold_share"]
    times, ending = MILLION / batch, TEN if batch > 1 else ""
    yield Job("receive", "ping", MILLION, cold)
    for source in usage.deployed.streams:
        for change in fate.changes:
            if _wakes(source, change):
                yield Job(source.function, change + ending, times, cold)
    for source in usage.deployed.queues:
        yield Job(source.function, fate.check + ending, times, cold)
    if fate.decision:
        yield Job("notify", "mail", _mails(usage), 0.0)
    yield Job("moderate", "queue", _decisions(fate, usage), cold)


def _decisions(fate: Fate, usage: Usage) -> float:
    """Return the requests in which the author decides."""
    at_once: int = usage.measured.assumed["author"]["decides_at_once"]
    return MILLION / at_once if fate.decision else 0


def _messages(usage: Usage, batch: int) -> Iterator[Line]:
    """Yield what queues take for the pings to check; a batch is sent, received and deleted at once."""
    each = usage.measured.assumed["sqs"]["requests_of_a_message"] / batch
    for source in usage.deployed.queues:
        yield Line(f"Messages: {source.queue}", f"{MILLION:,} x {each:g}", source.meter, MILLION * each)


def _answers(usage: Usage) -> Line:
    head = usage.measured.assumed["readers"]["answer_head_bytes"]
    answer = usage.measured.work("receive", "ping").answer_bytes + head
    meter = "cdn_out" if usage.deployed.has_cdn else "data_out"
    return Line("Data out", f"{MILLION:,} answers x {answer:,.0f} bytes", meter, MILLION * answer / GB)


def mails(usage: Usage) -> Line:
    """Return the most mails of a month: the service paces them, however many pings come."""
    days, most = usage.measured.assumed["days_in_a_month"], usage.measured.assumed["flood"]["mails_a_day"]
    return Line("Mails", f"at most {days} days x {most}", "mails", _mails(usage))


def _mails(usage: Usage) -> int:
    assumed = usage.measured.assumed
    return int(assumed["days_in_a_month"] * assumed["flood"]["mails_a_day"])


def _wakes(source: Source, change: str) -> bool:
    """Tell whether a change passes a reader's filters."""
    ping = samples.ping(0)
    received, held = samples.received(ping), samples.held(ping)
    records: dict[str, Any] = {
        "new": _record("INSERT", received),
        "spam": _record("MODIFY", samples.spam(ping), received),
        "held": _record("MODIFY", held, received),
        "rejected": _record("MODIFY", held | {"status": {"S": "rejected"}}, held),
        "approved": _record("MODIFY", samples.approved(ping), held),
    }
    return not source.patterns or any(fits(records[change], json.loads(one)) for one in source.patterns)


def _record(event: str, new: samples.Item, old: samples.Item | None = None) -> dict[str, Any]:
    images = {"NewImage": new} | ({"OldImage": old} if old else {})
    return {"eventName": event, "dynamodb": images}
