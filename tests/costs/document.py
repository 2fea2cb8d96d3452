"""docs/costs.md and the README's table: the report as Markdown, and the words around it."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.costs import levers, memory, reasons, sweeps
from tests.costs.idle import polls
from tests.costs.line import Bill
from tests.costs.parts import Source
from tests.costs.report import Report
from tests.costs.text import formula, money
from tests.support.template import ROOT

DOCUMENT = ROOT / "docs" / "costs.md"
README = ROOT / "README.md"
_WORDS = Path(__file__).with_name("costs.md")
_TABLE = re.compile(r"(?<=<!-- costs -->\n).*?(?=\n<!-- /costs -->)", re.DOTALL)


def document(report: Report) -> str:
    """Return what docs/costs.md should say."""
    bills = "\n\n".join("\n".join(_bill(bill)) for bill in report.bills.values())
    budgets = "\n".join(_budgets(report))
    said = {
        "bills": bills,
        "budgets": budgets,
        "steps": "\n".join(_steps(report)),
        "memory": "\n".join(_memory(report)),
        "sweeps": "\n".join(_sweeps(report)),
        "missed": "\n".join(reasons.missed(report)),
    }
    bounds = {"spam_bound": _bound(report, "certain spam"), "look_bound": _bound(report, "looked at")}
    return _WORDS.read_text().format(**said, **bounds, **_figures(report), **_bounds(report))


def readme(report: Report, text: str) -> str:
    """Return the README with its table made anew.

    Raises:
        ValueError: the table's markers are not there.
    """
    table = "\n".join(_summary(report))
    changed, times = _TABLE.subn(lambda _: table, text)
    if times != 1:
        raise ValueError("the README has no <!-- costs --> and <!-- /costs -->, or several")
    return changed


def write(report: Report) -> None:
    """Write both files."""
    DOCUMENT.parent.mkdir(exist_ok=True)
    DOCUMENT.write_text(document(report))
    README.write_text(readme(report, README.read_text()))


def _bill(bill: Bill) -> Iterator[str]:
    yield f"## {bill.title}\n"
    yield "| | units x price | | how it comes about |"
    yield "| --- | ---: | ---: | --- |"
    for line in bill.lines:
        yield f"| {line.what} | {formula(bill, line)} | {money(bill.cost(line))} | {line.how} |"
    free = f"{money(bill.total_with_free())} beyond what is always free"
    yield f"| **in all** | | **{money(bill.total)}** | {free} |"


def _budgets(report: Report) -> Iterator[str]:
    for one in report.budgets:
        verdict = "met" if one.met else "not met"
        yield f"| {one.what} | {money(one.cost)} | {money(one.bound)} | {verdict} |"


def _memory(report: Report) -> Iterator[str]:
    yield "| | has, MB | peak, MB | " + " | ".join(f"at {size:,} MB" for size in memory.SIZES) + " |"
    yield "| --- | ---: | ---: |" + " ---: |" * len(memory.SIZES)
    for one in memory.rows(report.usage, report.prices):
        cells = " | ".join(f"{ms} ms, {money(cost)}" for ms, cost in one.at)
        yield f"| {one.what} | {one.has_mb:,} | {one.peak_mb:.0f} | {cells} |"


def _sweeps(report: Report) -> Iterator[str]:
    yield "| pings stored | read units a day | a sweep takes | and begins | dollars a month |"
    yield "| ---: | ---: | ---: | --- | ---: |"
    for one in sweeps.rows(report.usage, report.prices):
        minutes, hours = one.takes.total_seconds() / 60, one.every.total_seconds() / 3_600
        takes = f"{minutes / 60:.1f} hours" if minutes >= 60 else f"{minutes:.0f} minutes"
        takes = takes if minutes >= 1 else "seconds"
        every = f"every {hours:.0f} hours"
        yield f"| {one.pings:,} | {one.units_a_day:,.0f} | {takes} | {every} | {money(one.dollars)} |"


def _bound(report: Report, what: str) -> str:
    return next(money(one.bound) for one in report.budgets if what in one.what)


def _steps(report: Report) -> Iterator[str]:
    for one in levers.steps(report.usage):
        yield f"| {one.what} | {money(one.spam)} | {money(one.looked_at)} |"


def _summary(report: Report) -> Iterator[str]:
    yield "| US dollars, list prices | all told | beyond what is always free |"
    yield "| --- | ---: | ---: |"
    for bill in report.bills.values():
        yield f"| {bill.title} | {money(bill.total)} | {money(bill.total_with_free())} |"


def _figures(report: Report) -> dict[str, Any]:
    """Return what the words name of the data files."""
    assumed, measured = report.usage.measured.assumed, report.usage.measured
    return {
        "days": assumed["days_in_a_month"],
        "month": measured.month,
        "region": report.prices.region,
        "looked_up": report.prices.looked_up,
        "call_ms": assumed["lambda"]["wait_ms_of_a_call"],
        "page_ms": assumed["lambda"]["wait_ms_of_a_page"],
        "whole_mb": assumed["lambda"]["mb_of_a_processor"],
        "shards": assumed["lambda"]["shards"],
        "mails": assumed["flood"]["mails_a_day"],
        "cdn_rate": assumed["flood"]["cdn_requests_a_second"],
        **report.prices.free_plan,
    }


def _bounds(report: Report) -> dict[str, Any]:
    """Return what the words name of the template and of the bills."""
    deployed, month, cost = report.usage.deployed, report.usage.measured.month, report.prices.cost
    body_rate = sum(route.rate for route in deployed.routes if route.takes_bodies)
    rate = sum(route.rate for route in deployed.routes)
    more = report.usage.measured.assumed["flood"]["body_requests"] - 1
    empty = polls(report.usage, Source("", "", fifo=True, maximum_concurrency=None, patterns=()))
    writes, reads = deployed.ceilings[0]
    return {
        "clock": sum(month / 60 / one.minutes for one in deployed.schedules),
        "polls": empty.units,
        "polls_cost": cost(empty.meter, empty.units),
        "queues": _queues(len(deployed.queues)),
        "indexes": len(deployed.ceilings) - 1,
        "partitions": len(deployed.ceilings),
        "writes": writes,
        "reads": reads,
        "table": report.bills["table"].total,
        "routes": len(deployed.routes),
        "rate": rate,
        "one_request": cost("api", month),
        "body_rate": body_rate,
        "bodies": cost("api", body_rate * month * more),
        "all_bodies": cost("api", rate * month * more),
        "cdn": report.bills["cdn"].total,
        "cdn_kb": cost(
            "cdn_out", report.usage.measured.assumed["flood"]["cdn_requests_a_second"] * month / 1e6
        ),
        "uncached": _uncached(report),
    }


def _queues(many: int) -> str:
    return {0: "no such queue", 1: "one such queue"}.get(many, f"{many} such queues")


def _uncached(report: Report) -> float:
    """Return what a million views cost more if all of them reach the API behind the CDN."""
    answered = report.usage.measured.assumed["readers"]["answered_by_cdn"]
    bill = report.bills["with_cdn"]
    behind = sum(bill.cost(line) for line in bill.lines if not line.meter.startswith("cdn"))
    return float(behind / (1 - answered) - behind)
