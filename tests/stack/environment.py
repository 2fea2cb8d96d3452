"""Lambda's execution environments: each is a process that runs one function, one event at a time.

Powertools keeps the current request in one global place, as it may in Lambda, so parallel requests need
processes, not threads. `python -m tests.stack.environment PACKAGE NAME` runs inside such a process.
"""

import importlib
import json
import os
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Mapping
from textwrap import indent
from traceback import format_exc, format_exception_only
from typing import Any

from tests.support.events import Context
from tests.support.template import ROOT, Function

MOST_AT_ONCE = 8
_HERE = {
    "POWERTOOLS_METRICS_DISABLED": "true",
    "POWERTOOLS_LOG_LEVEL": "WARNING",
    "FETCH_LOOPBACK": "true",  # allows sources on this machine, which the template never does
}


class FunctionFailedError(Exception):
    """The handler raised; the message is the last line of the exception's traceback."""

    def __init__(self, message: str, traceback: str = "") -> None:
        super().__init__(message)
        self.traceback = traceback


class EnvironmentEndedError(FunctionFailedError):
    """The process has ended."""


def report(function: Function, error: FunctionFailedError) -> None:
    """Print a function's failure: a line with its name and the error, then the traceback."""
    print(f"  {function.name} failed: {error}", indent(error.traceback, " " * 4), sep="\n", flush=True)


def report_rest(function: Function, failed: int, records: int) -> None:
    """Print that a function could not process some records of a batch, which come again."""
    print(f"  {function.name} failed for {failed} of {records} records", flush=True)


class Environment:
    """One process, seen from outside."""

    def __init__(self, function: Function, settings: Mapping[str, str] = {}) -> None:
        """Start the process, with settings beside the template's. It imports the function meanwhile."""
        self._process = subprocess.Popen(
            [sys.executable, "-m", __name__, function.package, function.name],
            cwd=ROOT,
            env={**os.environ, **_HERE, **function.environment, **settings},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,  # Ctrl-C goes to the stack, which then ends this process
        )

    def invoke(self, event: dict[str, Any]) -> Any:
        """Return the handler's result for an event."""
        assert self._process.stdin
        assert self._process.stdout
        try:
            print(json.dumps(event), file=self._process.stdin, flush=True)
            line = self._process.stdout.readline()
        except BrokenPipeError:
            line = ""
        if not line:
            raise EnvironmentEndedError("the process has ended")
        answer = json.loads(line)
        if "error" in answer:
            raise FunctionFailedError(answer["error"], answer["traceback"])
        return answer["result"]

    def close(self) -> None:
        """End the process."""
        self._process.communicate()


class Environments:
    """A function's environments: one for each concurrent event, kept for later events."""

    def __init__(self, function: Function, settings: Mapping[str, str] = {}) -> None:
        """Start one environment."""
        self.function = function
        self._settings = settings
        self._idle = deque([Environment(function, settings)])
        self._room = threading.Semaphore(MOST_AT_ONCE)

    def invoke(self, event: dict[str, Any]) -> Any:
        """Return the handler's result for an event, from an idle environment or a new one."""
        with self._room:
            try:
                environment = self._idle.pop()
            except IndexError:
                environment = Environment(self.function, self._settings)
            try:
                answer = environment.invoke(event)
            except EnvironmentEndedError:
                environment.close()
                raise
            except FunctionFailedError:
                self._idle.append(environment)
                raise
            self._idle.append(environment)
            return answer

    def close(self) -> None:
        """End all environments."""
        while self._idle:
            self._idle.pop().close()


def _run(package: str, name: str) -> None:
    """Answer each event on stdin with a line on stdout. The function's own output goes to stderr."""
    answers, sys.stdout = sys.stdout, sys.stderr
    handler = importlib.import_module(f"{package}.{name}.app").handler
    for line in sys.stdin:
        try:
            answer = {"result": handler(json.loads(line), Context())}
        except Exception as error:  # noqa: BLE001 - Lambda reports any exception, too
            answer = {"error": format_exception_only(error)[-1].strip(), "traceback": format_exc()}
        print(json.dumps(answer), file=answers, flush=True)


if __name__ == "__main__":
    _run(*sys.argv[1:])
