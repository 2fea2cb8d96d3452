"""Checks the tests: `python -m tests.mutants [WORD]` makes one mistake after another in a copy of the code.

A mistake that no test notices is printed as SURVIVED, and the status is 1. Words choose mutants by name.
"""

import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.support.template import ROOT

_LEFT_OUT = shutil.ignore_patterns(".*", "__pycache__", "node_modules")
_PASSED, _FAILED = 0, 1  # statuses of pytest; any other means that it could not run the tests
_SECONDS = 600


@dataclass(frozen=True, slots=True)
class Mutant:
    """One mistake of `mutants.toml`: in the one file below `room` that has it, `old` becomes `new`.

    `tests` are patterns of files; one of these has to fail.
    """

    name: str
    room: str
    old: str
    new: str
    tests: Sequence[str]


class Unusable(Exception):
    """A mutant's text is not in the code just once, or its tests do not pass without it."""


def main(words: Collection[str]) -> int:
    """Try the chosen mutants and print what became of each; return 1 if one was not killed."""
    listed = tomllib.loads(Path(__file__).with_name("mutants.toml").read_text())["mutants"]
    mutants = [Mutant(**row) for row in listed]
    chosen = [mutant for mutant in mutants if not words or any(word in mutant.name for word in words)]
    with TemporaryDirectory() as folder:
        checkout = _copy(Path(folder) / "checkout")
        for mutant in chosen:
            _place(checkout, mutant)
        _pass_unchanged(checkout, {test for mutant in chosen for test in mutant.tests})
        outcomes = [_outcome(checkout, mutant) for mutant in chosen]
    print(f"{outcomes.count('killed')} of {len(chosen)} were killed")
    return int(set(outcomes) != {"killed"})


def _pass_unchanged(checkout: Path, tests: Collection[str]) -> None:
    """Run the tests without a mistake: those that simulate time in processes of their own."""
    simulated = {test for test in tests if test.startswith("tests/faults/")}
    for part in filter(None, (simulated, {*tests} - simulated)):
        if _run(checkout, part, "-n2") != _PASSED:
            raise Unusable("the tests must pass before the code is changed")


def _copy(to: Path) -> Path:
    shutil.copytree(ROOT, to, ignore=_LEFT_OUT, symlinks=True)
    (to / ".venv").symlink_to(ROOT / ".venv")
    return to


def _outcome(checkout: Path, mutant: Mutant) -> str:
    with _made(checkout, mutant):
        status = _run(checkout, mutant.tests)
    outcome = {_PASSED: "SURVIVED", _FAILED: "killed"}.get(status, f"pytest ended with {status}")
    print(f"{outcome:10}{mutant.name}", flush=True)
    return outcome


@contextmanager
def _made(checkout: Path, mutant: Mutant) -> Iterator[None]:
    file = _place(checkout, mutant)
    before = file.read_text()
    file.write_text(before.replace(mutant.old, mutant.new))
    yield
    file.write_text(before)


def _place(checkout: Path, mutant: Mutant) -> Path:
    """Return the one file of the mutant's room that has its text, just once."""
    files = [file for file in (checkout / mutant.room).rglob("*") if file.suffix in {".py", ".js", ".html"}]
    places = [file for file in files for _ in range(file.read_text().count(mutant.old))]
    if len(places) != 1:
        raise Unusable(f"{mutant.name}: {len(places)} places in {mutant.room} have {mutant.old!r}")
    return places[0]


def _run(checkout: Path, patterns: Collection[str], *options: str) -> int:
    found = {pattern: list(map(str, checkout.glob(pattern))) for pattern in patterns}
    if missing := [pattern for pattern, files in found.items() if not files]:
        raise Unusable(f"no test file matches {', '.join(missing)}")
    files = sorted(set().union(*found.values()))
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *options, *files]
    environment = {**os.environ, "PYTHONPATH": str(checkout / "layers" / "shared")}
    try:
        done = subprocess.run(
            command, cwd=checkout, env=environment, capture_output=True, timeout=_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:  # it loops, which somebody would notice
        return _FAILED
    if done.returncode not in {_PASSED, _FAILED}:
        print(done.stdout.decode(), done.stderr.decode(), file=sys.stderr)
    return done.returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
