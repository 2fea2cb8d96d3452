"""Why a budget is not met: reasons.md, with the figures of the report."""

import re
from collections.abc import Iterator
from pathlib import Path

from tests.costs import pings
from tests.costs.report import Report
from tests.costs.text import money

_REASONS = Path(__file__).with_name("reasons.md")


def missed(report: Report) -> Iterator[str]:
    """Yield the reason for each budget that is not met.

    Raises:
        LookupError: no reason is written.
    """
    for one in report.budgets:
        if not one.met:
            yield f"- **{one.what}: {money(one.cost)}, not {money(one.bound)}.**"
            yield f"  {_why(report, one.what)}"


def _why(report: Report, what: str) -> str:
    section = rf"(?ms)^## {re.escape(what)}\n(.*?)(?=^## |\Z)"
    found = re.search(section, _REASONS.read_text())
    if not found:
        raise LookupError(f"no reason in {_REASONS.name}: {what}")
    return found[1].strip().replace("\n", "\n  ").format(**_parts(report))


def _parts(report: Report) -> dict[str, str]:
    """Return dollars of lines that the reasons name."""
    bills = report.bills

    def part(bill: str, *names: str) -> str:
        return money(sum(bills[bill].cost(one) for one in bills[bill].lines if one.what.startswith(names)))

    def in_tens(fate: pings.Fate, *less: str) -> str:
        bill = pings.bill(fate, report.usage, report.prices, ten=True)
        return money(sum(bill.cost(one) for one in bill.lines if not one.what.startswith(less)))

    return {
        "judged": in_tens(pings.SPAM, "Metrics", "Messages"),
        "shared": in_tens(pings.PUT_AWAY, "Metrics"),
        "alarms": part("idle", "Alarms"),
        "polls": part("idle", "Polls"),
        "clock": part("idle", "Lambda", "Table"),
        "messages": part("spam", "Messages"),
        "spam_writes": part("spam", "Table writes"),
        "spam_counts": part("spam", "Metrics"),
        "look_time": part("put_away", "Lambda time: verify"),
        "look_writes": part("put_away", "Table writes"),
        "look_counts": part("put_away", "Metrics"),
    }
