"""The report for a terminal of 80 columns."""

from collections.abc import Iterable, Iterator
from textwrap import wrap

from tests.costs.line import Bill, Budget, Line
from tests.costs.report import Report

WIDTH = 80
_WHAT, _HOW, _COST = 31, 36, 11


def lines(report: Report) -> Iterator[str]:
    """Yield the report."""
    prices = report.prices
    yield f"US dollars a month, list prices of {prices.region} ({prices.looked_up}): units x price"
    for bill in report.bills.values():
        yield ""
        yield from bill_lines(bill)
    yield ""
    yield from budget_lines(report.budgets)


def bill_lines(bill: Bill) -> Iterator[str]:
    """Yield one bill: each line's units and price, and below it how the units come about."""
    yield bill.title
    for line in bill.lines:
        yield f"  {line.what:<{_WHAT}.{_WHAT}}{formula(bill, line):>{_HOW}}{money(bill.cost(line)):>{_COST}}"
        yield from wrap(line.how, WIDTH, initial_indent="      ", subsequent_indent="      ")
    yield f"  {'in all':<{_WHAT + _HOW}}{money(bill.total):>{_COST}}"
    yield f"  {'beyond what is always free':<{_WHAT + _HOW}}{money(bill.total_with_free()):>{_COST}}"


def budget_lines(budgets: Iterable[Budget]) -> Iterator[str]:
    """Yield the budgets with the figures."""
    yield f"{'Budget':<48}{'figure':>10}{'at most':>10}"
    for one in budgets:
        verdict = "met" if one.met else "NOT MET"
        yield f"  {one.what:<46}{money(one.cost):>10}{money(one.bound):>10}{verdict:>10}"


def formula(bill: Bill, line: Line) -> str:
    """Return units x price, as `1,000,000 requests x 0.20 / M`."""
    meter = bill.prices.meters[line.meter]
    plural = "" if line.units == 1 or meter.unit in {"GB", "GB-s"} else "s"
    return f"{units(line.units)} {meter.unit}{plural} x {meter.words}"


def units(amount: float) -> str:
    """Return a count of units, with as many places as tell something."""
    return f"{amount:,.0f}" if amount >= 1_000 or amount == int(amount) else f"{amount:,.3g}"


def money(dollars: float) -> str:
    """Return dollars; a part of a cent is shown as such."""
    return f"{dollars:,.2f}" if dollars >= 0.005 or not dollars else f"{dollars:.4f}"
