"""Lambda's own API for asynchronous invocations: it accepts an event and delivers it in a thread."""

import json
import threading
from collections.abc import Iterable
from typing import Any

from werkzeug.wrappers import Request, Response

from tests.stack.environment import Environments, FunctionFailedError, report

_PATH = "/2015-03-31/functions/"


class Invocations:
    """A WSGI application of Lambda's Invoke operation."""

    def __init__(self) -> None:
        self._functions: dict[str, Environments] = {}
        self._threads: list[threading.Thread] = []

    def add(self, function: Environments) -> None:
        """Accept events for a function under the name of its alias (`serve`: ServeFunction.Alias)."""
        self._functions[f"{function.function.name.capitalize()}Function.Alias"] = function

    def close(self) -> None:
        """Wait for running invocations."""
        for thread in self._threads:
            thread.join()

    def __call__(self, environ: Any, start_response: Any) -> Iterable[bytes]:
        """Answer one request (PEP 3333)."""
        request = Request(environ)
        name = request.path.removeprefix(_PATH).partition("/")[0]
        function = self._functions.get(name)
        if function is None:
            return Response("{}", 404, mimetype="application/json")(environ, start_response)
        thread = threading.Thread(target=_invoke, args=(function, json.loads(request.get_data() or "{}")))
        self._threads.append(thread)
        thread.start()
        return Response(status=202)(environ, start_response)


def _invoke(function: Environments, event: dict[str, Any]) -> None:
    try:
        function.invoke(event)
    except FunctionFailedError as error:  # the caller sees nothing
        report(function.function, error)
