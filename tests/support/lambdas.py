"""Lambda's API for tests of the command line: it records requests and returns canned answers."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from werkzeug.wrappers import Request, Response


@dataclass(frozen=True)
class Invocation:
    """One call: the function's name, whether the caller waits, and the event."""

    function: str
    waits: bool
    event: Any


@dataclass
class Lambdas:
    """A WSGI application of Lambda's Invoke operation.

    Attributes:
        asked: The calls, in order.
        answer: The result for a caller that waits.
        error: An error in place of the result.
        missing: Whether the function does not exist.
    """

    asked: list[Invocation] = field(default_factory=list)
    answer: Any = None
    error: str = ""
    missing: bool = False

    def __call__(self, environ: Any, start_response: Any) -> Iterable[bytes]:
        """Answer one request (PEP 3333)."""
        return self._response(Request(environ))(environ, start_response)

    def _response(self, request: Request) -> Response:
        function = unquote(request.path.split("/")[3])
        waits = request.headers["X-Amz-Invocation-Type"] == "RequestResponse"
        self.asked.append(Invocation(function, waits, json.loads(request.get_data())))
        if self.missing:
            fault = {"x-amzn-ErrorType": "ResourceNotFoundException"}
            return Response('{"Message": "Function not found"}', 404, headers=fault)
        if not waits:
            return Response(status=202)
        if self.error:
            failed = {"X-Amz-Function-Error": "Unhandled"}
            return Response(json.dumps({"errorMessage": self.error}), headers=failed)
        return Response(json.dumps(self.answer))
