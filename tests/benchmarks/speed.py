"""Start, warm requests and memory of the built functions, next to a floor that does one AWS call and no more.

Function and floor take turns, start by start, so that what else the machine does falls on both.
"""

import json
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from tests import template
from tests.benchmarks import samples
from tests.benchmarks.interpreter import Interpreter
from tests.benchmarks.runtime import Function, started
from tests.benchmarks.stand_in import dynamodb_stand_in, latency

BUILD = template.ROOT / ".aws-sam" / "build"
FLOOR = Path(__file__).with_name("floor")

STARTS = 11
WARM_UP = 20
REQUESTS = 60
"""Measured in each start, after `WARM_UP`; 660 in all."""

EVENTS = {"receive": samples.post_event(samples.ping(0)), "serve": samples.get_event()}
EXPECTED = {"receive": "<error>0</error>", "serve": '"count": 1234'}


@dataclass(frozen=True)
class Subject:
    """A function to measure, an event for it, and what a right answer holds."""

    function: Function
    event: Mapping[str, Any]
    expected: str
    init_ms: list[float] = field(default_factory=list)
    warm_ms: list[float] = field(default_factory=list)
    peak_mb: list[float] = field(default_factory=list)

    def measure(self, python: Path) -> None:
        """Start it once and ask it often."""
        with started(self.function, python) as process:
            self.init_ms.append(process.init_ms)
            for number in range(WARM_UP + REQUESTS):
                answer, cpu_ms = process.invoke(self.event)
                if answer["statusCode"] != 200 or self.expected not in answer.get("body", ""):
                    raise RuntimeError(f"{self.function.module} answered {answer}")
                if number >= WARM_UP:
                    self.warm_ms.append(cpu_ms)
            self.peak_mb.append(process.peak_mb())

    def medians(self) -> dict[str, float]:
        """Return the figures, by name."""
        measured = {"init_cpu_ms": self.init_ms, "warm_cpu_ms": self.warm_ms, "peak_mb": self.peak_mb}
        return {name: median(values) for name, values in measured.items()}


def measure(interpreter: Interpreter) -> dict[str, Any]:
    """Return the figures of each function and its floor, of the stand-in and of the layer."""
    with _artifacts(interpreter) as (build, floor), dynamodb_stand_in() as url:
        pairs = {name: (_floor(floor, name, url), _function(build, name, url)) for name in EVENTS}
        for number in range(STARTS):
            for pair in pairs.values():
                for subject in pair if number % 2 else reversed(pair):
                    subject.measure(interpreter.path)
        waits = {operation: latency(url, operation) for operation in ("PutItem", "Query")}
    return {
        "functions": {
            name: {"floor": floor.medians(), "function": function.medians()}
            for name, (floor, function) in pairs.items()
        },
        "stand_in_ms": waits,
        "layer_mb": _size(BUILD / "SharedLayer") / 1e6,
    }


@contextmanager
def _artifacts(interpreter: Interpreter) -> Iterator[tuple[Path, Path]]:
    """Copy the build and the floor, and compile what the build has left as it is."""
    with tempfile.TemporaryDirectory() as folder:
        build = Path(shutil.copytree(BUILD, Path(folder, "build")))
        floor = Path(shutil.copytree(FLOOR, Path(folder, "floor"), ignore=shutil.ignore_patterns("*.pyc")))
        interpreter.compile(*(part for part in build.iterdir() if part.is_dir()), floor)
        yield build, floor


def _floor(folder: Path, name: str, url: str) -> Subject:
    settings = {
        "AWS_ENDPOINT_URL_DYNAMODB": url,
        "ITEM": json.dumps(samples.received(samples.ping(0))),
        "POST_KEY": samples.POST.key,
    }
    return Subject(Function(folder, name, [], settings), EVENTS[name], expected="")


def _function(build: Path, name: str, url: str) -> Subject:
    settings = next(found for found in template.load().functions() if found.name == name).environment
    local = {"AWS_ENDPOINT_URL_DYNAMODB": url, "SITES": samples.SITE}
    folder, layer = build / f"{name.capitalize()}Function", build / "SharedLayer" / "python"
    return Subject(Function(folder, "app", [layer], {**settings, **local}), EVENTS[name], EXPECTED[name])


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
