"""`make bench`: what a start, a request and a ping's life cost, next to the least that they could cost.

It sets no thresholds: it measures, and a person reads. `--json` prints the same figures for programs.
"""

import json
import sys
from pathlib import Path
from typing import Any

from tests.benchmarks import capacity, speed
from tests.benchmarks.interpreter import RUNTIME_CLIENT, prepare, runtime_version

SPEED = {"init_cpu_ms": "start, CPU ms", "warm_cpu_ms": "request, CPU ms", "peak_mb": "peak memory, MB"}
CAPACITY = {  # its words and its budget
    "receive": ("take a ping, write units", None),
    "spam": ("mark it as spam, write units", None),
    "approve": ("approve it, write units", None),
    "life_of_spam": ("a spam ping's whole life, write units", 3),
    "life_of_approved": ("an approved ping's whole life, write units", 8),
    "page_view": ("view a page of 50 pings, read units", 4),
    "counts": ("counts of 50 posts, read units", None),
}
LAYER_BUDGET_MB = 10
READING = """\
How to read it: "floor" is a handler that makes the same one AWS call and does nothing else. The ratio is what
this service adds to it; we aim at 1.3 or less for a start and for a request. Milliseconds differ from machine
to machine, ratios hardly. Units are what AWS bills: within budget, and the same however much is stored."""


def main() -> None:
    """Measure all, and print it."""
    if not Path("/proc/self/status").exists():
        raise SystemExit("The benchmark needs Linux: it asks the kernel for CPU time and memory.")
    if not speed.BUILD.exists():
        raise SystemExit("There is nothing to measure yet: run make build.")
    interpreter = prepare()
    _progress("starting the functions …")
    measured = {"python": interpreter.version, "speed": speed.measure(interpreter)}
    _progress("storing 100,000 pings in DynamoDB Local …")
    measured["capacity"] = list(capacity.measure())
    if "--json" in sys.argv[1:]:
        print(json.dumps(measured, indent=2))
    else:
        print("\n".join([*_speed(interpreter.version, measured["speed"]), *_capacity(measured["capacity"])]))
        print(f"\n{READING}")


def _speed(version: str, measured: dict[str, Any]) -> list[str]:
    missing = "" if version == runtime_version() else f", as Python {runtime_version()} is not at hand"
    requests = speed.STARTS * speed.REQUESTS
    lines = [
        f"Python {version}{missing}, {RUNTIME_CLIENT}; medians of {speed.STARTS} starts and {requests} requests,",
        "CPU time of the function's process from one wait for an event to the next",
        "",
        f"{'':<46}{'floor':>10}{'function':>10}{'ratio':>10}",
    ]
    for name, figures in measured["functions"].items():
        for key, words in SPEED.items():
            floor, function = figures["floor"][key], figures["function"][key]
            lines.append(f"{f'{name}: {words}':<46}{floor:>10.2f}{function:>10.2f}{function / floor:>10.2f}")
    waits = ", ".join(f"{operation} {ms:.1f} ms" for operation, ms in measured["stand_in_ms"].items())
    return [
        *lines,
        f"{'the layer, MB unzipped':<46}{'':>10}{measured['layer_mb']:>10.2f}{'':>10}  budget {LAYER_BUDGET_MB}",
        f"(the stand-in for DynamoDB answers in: {waits}; none of it is in the figures)",
        "",
    ]


def _capacity(rows: list[dict[str, float]]) -> list[str]:
    stored = "".join(f"{row['stored']:>10,}" for row in rows)
    lines = [f"{'capacity on DynamoDB Local, with pings stored:':<46}{stored}"]
    for key, (words, budget) in CAPACITY.items():
        units = "".join(f"{row[key]:>10.1f}" for row in rows)
        lines.append(f"{words:<46}{units}" + (f"  budget {budget}" if budget else ""))
    reported = rows[-1]["approve_as_reported"]
    return [
        *lines,
        f"(approving is a transaction. DynamoDB Local reports {reported:.0f} units for it, as it multiplies the",
        "indexes' writes too, and by more than two; AWS doubles the table's two writes only)",
    ]


def _progress(words: str) -> None:
    print(words, file=sys.stderr)


if __name__ == "__main__":
    main()
