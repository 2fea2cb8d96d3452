"""`python -m tests.flood [SCENARIO ...] [--part 0.1] [--write FILE]` runs scenarios, each in a process."""

import argparse
import subprocess
import sys
import time
from pathlib import Path

from tests.flood.report import HOW, lines
from tests.flood.scenarios import SCENARIOS, run

HEAD = """# A flood

What `make flood WRITE=docs/flood.md` prints; a scenario may be run alone (`python -m tests.flood friend`).

"""


def main() -> None:
    """Print the scenarios' figures, and write them into a document if asked."""
    asked = argparse.ArgumentParser()
    asked.add_argument("scenarios", nargs="*", default=list(SCENARIOS))
    asked.add_argument("--part", type=float, default=1.0, help="of each scenario's time and pings")
    asked.add_argument("--write", type=Path, help="a document to write")
    asked.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    options = asked.parse_args()
    if options.here:
        print(_figures(options.scenarios[0], options.part))
        return
    texts = [
        HOW + (f"Only {options.part:g} of each scenario's time and pings.\n" if options.part != 1 else "")
    ]
    print(texts[0], flush=True)
    for name in options.scenarios:
        texts.append(_of_process(name, options.part))
        print(texts[-1], flush=True)
    if options.write:
        options.write.write_text(HEAD + "```\n" + "\n".join(texts).rstrip() + "\n```\n")


def _of_process(name: str, part: float) -> str:
    command = [sys.executable, "-m", "tests.flood", name, "--part", str(part), "--here"]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def _figures(name: str, part: float) -> str:
    from tests.flood.limits import load  # noqa: PLC0415 - it reads the template
    from tests.flood.world import world  # noqa: PLC0415 - it connects the functions

    start = time.perf_counter()
    with world() as here:
        limits = load()
        found = list(lines(SCENARIOS[name], run(name, here, limits, part), limits))
    return "\n".join([*found, f"  run time: {time.perf_counter() - start:.0f} s"])


if __name__ == "__main__":
    main()
