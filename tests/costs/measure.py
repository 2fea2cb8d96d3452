"""`python -m tests.costs.measure`: measures the built functions, and writes measured.toml.

Each function runs under AWS's own runtime client, against DynamoDB Local, with the layers that the build
gives it. What is read is its CPU time, the capacity units of its calls, and the bytes that it logs.
"""

import gzip
import json
import os
import platform
import subprocess
import tempfile
from base64 import b64decode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from statistics import mean, median
from typing import IO, Any

import boto3

from tests.benchmarks.interpreter import Interpreter, prepare
from tests.benchmarks.meter import Meter
from tests.benchmarks.runtime import Function, started
from tests.benchmarks.speed import BUILD
from tests.benchmarks.stand_in import aws_stand_in
from tests.costs.cases import REQUESTS, STARTS, Case, Cases
from tests.costs.metering import MeteringProxy, metering
from tests.costs.sources import sources
from tests.dynamodb_local import dynamodb_local, settings
from tests.support import sam, template
from trackback.model.ping import Status
from trackback.storage.table import Table

FILE = Path(__file__).with_name("measured.toml")
WARM_UP = 20
HOW = f"""\
# What `python -m tests.costs.measure` has measured: CPU milliseconds (medians of {STARTS} starts,
# {REQUESTS} requests each after {WARM_UP}), capacity units (means, on DynamoDB Local), bytes of the
# function's own log and of the answer, and how many metrics its log counts.
# Lambda's platform adds lines of its own: assumed.toml.
"""


@dataclass(frozen=True)
class Bench:
    """Where functions are measured: the endpoints they call, and the interpreter they run on."""

    interpreter: Interpreter
    url: str
    dynamodb: str
    proxy: MeteringProxy
    port: int
    native: Path

    def measure(self, case: Case) -> dict[str, float]:
        """Return the figures of one case, medians over its starts."""
        events = case.events()
        rounds = [self._round(case, events) for _ in range(case.starts)]
        return {name: median(each[name] for each in rounds) for name in rounds[0]}

    def _round(self, case: Case, events: Iterator[Mapping[str, Any]]) -> dict[str, float]:
        with (
            tempfile.TemporaryFile() as log,
            started(self._function(case.function), self.interpreter.path, log) as one,
        ):
            for event in islice(events, min(WARM_UP, case.requests)):
                one.invoke(event)
            before = log.seek(0, os.SEEK_END)
            answers = []
            for event in islice(events, case.requests):
                self.proxy.take()
                answers.append((*one.invoke(event), self.proxy.take()))
            return {
                "init_cpu_ms": one.init_ms,
                "cpu_ms": median(cpu for _, cpu, _ in answers),
                "calls": mean(units["calls"] for *_, units in answers) + case.others,
                "writes": mean(units["writes"] for *_, units in answers),
                "reads": mean(units["reads"] for *_, units in answers),
                "log_bytes": (log.seek(0, os.SEEK_END) - before) / case.requests,
                "metrics": float(len(_metrics(log))),
                **_sizes(answers[-1][0] or {}),
                "peak_mb": one.peak_mb(),
            }

    def _function(self, name: str) -> Function:
        found = next(one for one in template.load().functions() if one.name == name)
        local = {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_ENDPOINT_URL_DYNAMODB": self.dynamodb,
            "SITES": f"http://localhost:{self.port}",
            "FETCH_LOOPBACK": "true",
        }
        layers = [self._layer(one["Ref"]) for one in _properties(name)["Layers"]]
        folder = BUILD / f"{name.capitalize()}Function"
        return Function(folder, "app", layers, {**found.environment, **local})

    def _layer(self, reference: str) -> Path:
        """Return the folder of a layer that SAM has named by its content, or what stands for it here."""
        name = next(folder.name for folder in BUILD.iterdir() if reference.startswith(folder.name))
        return self.native if name == "HtmlLayer" else BUILD / name / "python"


def _metrics(log: IO[bytes]) -> set[str]:
    """Return the names of the metrics that a function's log counts."""
    log.seek(0)
    counted = (json.loads(line).get("_aws") for line in log if line.startswith(b"{"))
    metrics = (each for one in counted if one for each in one["CloudWatchMetrics"])
    return {metric["Name"] for each in metrics for metric in each["Metrics"]}


def _sizes(answer: Mapping[str, Any]) -> dict[str, float]:
    body = str(answer.get("body", "")).encode()
    plain = b64decode(body) if answer.get("isBase64Encoded") else body
    return {"answer_bytes": float(len(plain)), "gzip_bytes": float(len(gzip.compress(plain)))}


def _properties(name: str) -> dict[str, Any]:
    found: dict[str, Any] = sam.translated()[f"{name.capitalize()}Function"]["Properties"]
    return found


def _install(interpreter: Interpreter, folder: str) -> Path:
    """Install the HTML layer's packages for this machine: the layer has them for Lambda's processor."""
    requirements = template.ROOT / "layers" / "html" / "requirements.txt"
    options = ["--quiet", "--target", folder, "--requirement", str(requirements)]
    subprocess.run([interpreter.path, "-m", "pip", "install", *options], check=True)
    return Path(folder)


@contextmanager
def bench() -> Iterator[tuple[Bench, Cases]]:
    """Start all that the functions talk to."""
    interpreter = prepare()
    interpreter.compile(*(part for part in BUILD.iterdir() if part.is_dir()))
    with (
        tempfile.TemporaryDirectory() as folder,
        dynamodb_local() as local,
        metering(local) as (url, proxy),
        aws_stand_in() as aws,
        sources() as port,
    ):
        native = _install(interpreter, folder)
        interpreter.compile(native)
        os.environ.update(settings(local))
        client = boto3.client("dynamodb")
        for properties in template.load().tables():
            client.create_table(**properties)
        yield Bench(interpreter, aws, url, proxy, port, native), Cases(Table("trackback"), port)


def main() -> None:
    """Measure all cases, and write the file."""
    with bench() as (measuring, cases):
        sections = [decisions(cases)]
        for case in cases.all():
            sections.append(_section(case, measuring.measure(case)))
            print(sections[-1], flush=True)
    FILE.write_text(HOW + _context(measuring.interpreter) + "".join(sections))


def decisions(cases: Cases) -> str:
    """Return the write units of the author's decisions, without the emulator's factor for transactions."""
    meter = Meter("trackback")
    metered = Cases(Table("trackback"), cases.port)
    found = {}
    for number, status in enumerate((Status.APPROVED, Status.REJECTED)):
        found[status.value] = meter.writes_of(metered.decided(10_000 + number, status))
    lines = (
        f'[decision.{name}]\nhow = "by the author"\nwrites = {units:.1f}\n' for name, units in found.items()
    )
    return "\n" + "\n".join(lines)


def _context(interpreter: Interpreter) -> str:
    today = datetime.now(UTC).date().isoformat()
    return f'\nmeasured_on = "{today}"\nmachine = "{platform.machine()}, Python {interpreter.version}"\n'


def _section(case: Case, figures: Mapping[str, float]) -> str:
    lines = (f"{name} = {round(value, 1)}\n" for name, value in figures.items())
    return f'\n[{case.function}.{case.kind}]\nhow = "{case.how}"\n' + "".join(lines)


if __name__ == "__main__":
    main()
