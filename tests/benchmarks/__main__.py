"""`make bench`: what a start, a request and a ping's whole life cost, next to the least that they could.

It sets no thresholds: it measures, and a person reads. `--json` prints the figures for programs.
"""

import json
import sys
from pathlib import Path

from tests.benchmarks import capacity, report, speed
from tests.benchmarks.interpreter import prepare


def main() -> None:
    """Measure all, and print it."""
    if not Path("/proc/self/status").exists():
        raise SystemExit("The benchmark needs Linux: it asks the kernel for CPU time and memory.")
    if not speed.BUILD.exists():
        raise SystemExit("There is nothing to measure yet: run make build.")
    interpreter = prepare()
    _progress("measuring starts and requests …")
    speeds = speed.measure(interpreter)
    _progress(f"measuring capacity, with up to {capacity.STORED[-1]:,} pings stored …")
    measured = {"python": interpreter.version, "speed": speeds, "capacity": list(capacity.measure())}
    if "--json" in sys.argv[1:]:
        print(json.dumps(measured, indent=2))
    else:
        print(*report.lines(measured), sep="\n")


def _progress(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
