"""Start, warm requests and memory of the built functions, next to a floor that does one AWS call and no more.

Function and floor run side by side and take turns, request by request: what else the machine does falls on
both alike, and ratios are taken between neighbours.
"""

import json
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from tests.benchmarks import samples
from tests.benchmarks.interpreter import Interpreter
from tests.benchmarks.runtime import Function, Process, started
from tests.benchmarks.stand_in import KEYRING, aws_stand_in, latency
from tests.support import template

BUILD = template.ROOT / ".aws-sam" / "build"
FLOOR = Path(__file__).with_name("floor")

STARTS = 15
WARM_UP = 20
REQUESTS = 50
"""Measured in each start, after `WARM_UP`."""

EVENTS = {
    "receive": samples.post_event(samples.ping(0)),
    "serve": samples.get_event(),
    "moderate": samples.queue_event(KEYRING),
    "notify": samples.tick(),
}
EXPECTED = {
    "receive": "<error>0</error>",
    "serve": '"count": 1234',
    "moderate": '<ol class="pings">',
    "notify": "null",
}
LAYERS = {
    "serve": ["Shared", "Pages"],
    "moderate": ["Shared", "Pages"],
    "notify": ["Shared", "Html", "Pages"],
}


@dataclass(frozen=True)
class Subject:
    """A function to measure, an event for it, and what a right answer holds."""

    function: Function
    event: Mapping[str, Any]
    expected: str

    def request(self, process: Process) -> float:
        """Have a request answered; return the CPU milliseconds that it took."""
        answer, cpu_ms = process.invoke(self.event)
        if (answer or {}).get("statusCode", 200) != 200 or self.expected not in _told(answer):
            raise RuntimeError(f"{self.function.module} answered {str(answer)[:1000]}")
        return cpu_ms


def _told(answer: Mapping[str, Any] | None) -> str:
    """Return what an answer says: its body, or all of it where that is compressed or there is none."""
    if not answer or answer.get("isBase64Encoded"):
        return json.dumps(answer)
    return str(answer.get("body", json.dumps(answer)))


def measure(interpreter: Interpreter) -> dict[str, Any]:
    """Return the figures of each function next to its floor's, of the stand-in and of the layer."""
    with _artifacts(interpreter) as (build, floor), aws_stand_in() as url:
        pairs = {name: (_floor(floor, name, url), _function(build, name, url)) for name in EVENTS}
        rounds = [
            {name: _round(pair, interpreter.path, number) for name, pair in pairs.items()}
            for number in range(STARTS)
        ]
        waits = {operation: latency(url, operation) for operation in ("PutItem", "Query")}
    return {
        "functions": {name: _medians([each[name] for each in rounds]) for name in EVENTS},
        "stand_in_ms": waits,
        "layer_mb": _size(BUILD / "SharedLayer") / 1e6,
    }


def _round(pair: tuple[Subject, Subject], python: Path, number: int) -> dict[str, list[float]]:
    """Start floor and function, in every other round the other way about, and let them answer in turns."""
    order = -1 if number % 2 else 1
    first, second = pair[::order]
    with started(first.function, python) as one, started(second.function, python) as other:
        requests = [(first.request(one), second.request(other)) for _ in range(WARM_UP + REQUESTS)]
        figures = {
            "init_cpu_ms": [one.init_ms, other.init_ms],
            "warm_cpu_ms": [median(cpu_ms) for cpu_ms in zip(*requests[WARM_UP:], strict=True)],
            "peak_mb": [one.peak_mb(), other.peak_mb()],
        }
    return {figure: both[::order] for figure, both in figures.items()}


def _medians(rounds: list[dict[str, list[float]]]) -> dict[str, dict[str, float]]:
    return {
        figure: {
            "floor": median(each[figure][0] for each in rounds),
            "function": median(each[figure][1] for each in rounds),
            "ratio": median(each[figure][1] / each[figure][0] for each in rounds),
        }
        for figure in rounds[0]
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
        "AWS_ENDPOINT_URL": url,
        "ITEM": json.dumps(samples.received(samples.ping(0))),
        "POST_KEY": samples.POST.key,
    }
    return Subject(Function(folder, name, [], settings), EVENTS[name], expected="")


def _function(build: Path, name: str, url: str) -> Subject:
    settings = next(found for found in template.load().functions() if found.name == name).environment
    local = {"AWS_ENDPOINT_URL": url, "SITES": samples.SITE}
    folder = build / f"{name.capitalize()}Function"
    layers = [build / f"{layer}Layer" / "python" for layer in LAYERS.get(name, ["Shared"])]
    return Subject(Function(folder, "app", layers, {**settings, **local}), EVENTS[name], EXPECTED[name])


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
