"""The measured figures as a table for a person."""

from collections.abc import Iterable
from typing import Any

from tests.benchmarks.interpreter import RUNTIME_CLIENT, runtime_version
from tests.benchmarks.speed import REQUESTS, STARTS

LAYER_BUDGET_MB = 10
SPEED = {"init_cpu_ms": "start, CPU ms", "warm_cpu_ms": "request, CPU ms", "peak_mb": "peak memory, MB"}
CAPACITY: dict[str, tuple[str, int | None]] = {  # what it is called, and its budget
    "receive": ("take a ping, write units", None),
    "spam": ("put it away as certain spam, write units", None),
    "verify": ("hold it with its verdict, write units", None),
    "approve": ("approve it, write units", None),
    "life_of_spam": ("a spam ping's whole life, write units", 3),
    "life_of_approved": ("an approved ping's whole life, write units", 8),
    "page_view": ("a page view of 50 pings, read units", 4),
    "counts": ("counts of 50 posts, read units", None),
}

_READING = """
How to read it: the floor is a handler that makes the same one call to DynamoDB and does nothing else, so
a ratio is what this service adds; the aim is 1.3 or less for a start and for a request. Milliseconds
differ from machine to machine, ratios hardly. Units are what AWS bills: they should stay within budget
and the same, however many pings are stored."""


def lines(measured: dict[str, Any]) -> Iterable[str]:
    """Yield the report."""
    yield from _speed(measured["python"], measured["speed"])
    yield ""
    yield from _capacity(measured["capacity"])
    yield _READING


def _speed(python: str, measured: dict[str, Any]) -> Iterable[str]:
    missing = "" if python == runtime_version() else f" (the runtime's {runtime_version()} is not at hand)"
    yield f"Python {python}{missing}, {RUNTIME_CLIENT}. CPU time of the function's process alone, from"
    yield f"one wait for an event to the next: medians of {STARTS} starts, {REQUESTS} requests each."
    yield ""
    yield _row("", "floor", "function", "ratio")
    for name, figures in measured["functions"].items():
        for key, words in SPEED.items():
            cells = (f"{figures[key][column]:.2f}" for column in ("floor", "function", "ratio"))
            yield _row(f"{name}: {words}", *cells)
    yield _row("layer, MB unzipped", "", f"{measured['layer_mb']:.2f}", "", budget=LAYER_BUDGET_MB)
    waits = " and ".join(f"{operation} in {ms:.1f} ms" for operation, ms in measured["stand_in_ms"].items())
    yield f"The stand-in for DynamoDB answers {waits}: that is waiting, and in none of these figures."


def _capacity(rows: list[dict[str, float]]) -> Iterable[str]:
    yield _row("DynamoDB Local, with pings stored:", *(f"{row['stored']:,.0f}" for row in rows))
    for key, (words, budget) in CAPACITY.items():
        yield _row(words, *(f"{row[key]:.1f}" for row in rows), budget=budget)
    reported = rows[-1]["approve_as_reported"]
    yield "Approving is a transaction. AWS doubles the table's part of one. DynamoDB Local multiplies"
    yield f"the indexes' part too, both by more, and says {reported:.0f} units: that is taken out above."


def _row(words: str, *cells: str, budget: int | None = None) -> str:
    return (
        f"{words:<44}" + "".join(f"{cell:>10}" for cell in cells) + (f"  budget {budget}" if budget else "")
    )
