"""Grows each parser's costliest inputs to a megabyte, or the most it gets, and measures CPU and memory."""

import json
import resource
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

from tests.fuzz.documents import document
from tests.fuzz.parsers import PARSERS


def measure(name: str, data: bytes) -> tuple[float, int, float]:
    """Return CPU seconds, bytes, and megabytes of memory added, for one input."""
    parser = PARSERS[name]
    body, kind = document(data, parser.kinds, parser.most)
    with suppress(*parser.errors):
        parser.parse(b"x", kind)  # imports, which are no part of it
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.process_time()
    with suppress(*parser.errors):
        parser.parse(body, kind)
    seconds = time.process_time() - start
    return seconds, len(body), (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024


def main() -> None:
    """Print a line for each parser."""
    folder, most = Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 10
    for name in PARSERS:
        if not (folder / f"{name}.json").exists():
            continue
        said = json.loads((folder / f"{name}.json").read_text())
        found = [(*_apart(name, data), data) for _, data in said["worst"][:most]]
        seconds, size, _, data = max(found, key=lambda one: one[0])
        memory = max(one[2] for one in found)
        print(
            f"{name}: {said['inputs']:,} inputs, {len(said['errors'])} errors; worst {seconds:.2f} s of CPU "
            f"for {size:,} bytes, most memory {memory:.0f} MB: {bytes.fromhex(data)[:90]!r}",
            *said["errors"],
            sep="\n    ",
            flush=True,
        )


def _apart(name: str, data: str) -> tuple[float, int, float]:
    command = [sys.executable, "-m", "tests.fuzz.worst", "--one", name, data]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    return float(said[0]), int(said[1]), float(said[2])


if __name__ == "__main__":
    if sys.argv[1] == "--one":
        print(*measure(sys.argv[2], bytes.fromhex(sys.argv[3])))
    else:
        main()
