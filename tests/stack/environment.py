"""Lambda's execution environments: each a process that runs one function, one event at a time.

Powertools keeps the current request in one place, as it may in Lambda, so requests that are answered side by
side need processes, not threads. `python -m tests.stack.environment PACKAGE NAME` is the inside of one.
"""

import importlib
import json
import os
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Mapping
from typing import Any

from tests.events import Context
from tests.template import ROOT, Function

MOST_AT_ONCE = 8
_HERE = {
    "POWERTOOLS_METRICS_DISABLED": "true",
    "POWERTOOLS_LOG_LEVEL": "WARNING",
    "FETCH_LOOPBACK": "true",  # sources on this machine may be looked at, which the template never allows
}


class FunctionFailedError(Exception):
    """The handler raised; what it raised is in the message and in the log on stderr."""


class EnvironmentEndedError(FunctionFailedError):
    """The process is not there any more."""


class Environment:
    """One process, from the outside."""

    def __init__(self, function: Function, settings: Mapping[str, str] = {}) -> None:
        """Start it, with settings beside the template's; it imports the function's code meanwhile."""
        self._process = subprocess.Popen(
            [sys.executable, "-m", __name__, function.package, function.name],
            cwd=ROOT,
            env={**os.environ, **_HERE, **function.environment, **settings},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,  # Ctrl-C is for the stack, which then ends this
        )

    def invoke(self, event: dict[str, Any]) -> Any:
        """Return what the handler makes of an event."""
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
            raise FunctionFailedError(answer["error"])
        return answer["result"]

    def close(self) -> None:
        """End it."""
        self._process.communicate()


class Environments:
    """A function's environments: as many as there are events at once, kept for the next."""

    def __init__(self, function: Function, settings: Mapping[str, str] = {}) -> None:
        """Have one ready."""
        self.function = function
        self._settings = settings
        self._idle = deque([Environment(function, settings)])
        self._room = threading.Semaphore(MOST_AT_ONCE)

    def invoke(self, event: dict[str, Any]) -> Any:
        """Return what the handler makes of an event, in an environment that does nothing else meanwhile."""
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
        """End all."""
        while self._idle:
            self._idle.pop().close()


def _run(package: str, name: str) -> None:
    """Answer each event on stdin with a line on stdout; what the function prints goes to stderr."""
    answers, sys.stdout = sys.stdout, sys.stderr
    handler = importlib.import_module(f"{package}.{name}.app").handler
    for line in sys.stdin:
        try:
            answer = {"result": handler(json.loads(line), Context())}
        except Exception as error:  # noqa: BLE001 - Lambda reports whatever it is, and so does this
            answer = {"error": repr(error)}
        print(json.dumps(answer), file=answers, flush=True)


if __name__ == "__main__":
    _run(*sys.argv[1:])
