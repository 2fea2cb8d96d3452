"""The wire between the functions and AWS, on which one call of an invocation can fail."""

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.httpsession import URLLib3Session
from werkzeug.test import EnvironBuilder, run_wsgi_app

from tests.faults.permissions import denied
from tests.stack.aws import moto


class Killed(BaseException):
    """The process has ended: no code of the function's runs on."""


@dataclass(frozen=True)
class Call:
    """A call that a function makes to AWS. Its retries by the client are further attempts at the same call.

    `go` carries it out, with its own body or another one, and returns AWS's answer.
    """

    function: str
    number: int
    operation: str
    attempt: int
    body: bytes
    go: Callable[..., Any]

    def __str__(self) -> str:
        return f"{self.function} {self.number} {self.operation}"


Fault = Callable[[Call], Any]
"""Answers a call in AWS's place, or raises; `call.go()` lets it through."""


class Wire:
    """Lets every call through, but for faults. Calls outside of an invocation meet none."""

    def __init__(self) -> None:
        self.made: list[str] = []
        self.denied: list[str] = []
        self.fault: Fault | None = None
        self.invoke: Callable[[str, bytes], None] = lambda _, __: None
        self._function = ""
        self._dead = False
        self._numbers: dict[str, int] = {}
        self._lock = threading.Lock()

    def install(self, patch: pytest.MonkeyPatch) -> None:
        """Take the place of botocore's HTTP client."""
        patch.setattr(URLLib3Session, "send", lambda _, request: self._send(request))

    @contextmanager
    def invocation(self, function: str) -> Iterator[None]:
        """Make the calls of this block those of a function."""
        before = self._function, self._dead
        self._function, self._dead = function, False
        try:
            yield
        finally:
            self._function, self._dead = before

    def _send(self, request: AWSPreparedRequest) -> Any:
        if self._dead:
            raise Killed
        if not self._function:
            return forward(request)
        call = self._call(request)
        try:
            return self.fault(call) if self.fault else call.go()
        except Killed:
            self._dead = True
            raise

    def _call(self, request: AWSPreparedRequest) -> Call:
        def go(body: bytes | None = None) -> Any:
            if body is not None:
                request.body = body
                request.headers["Content-Length"] = str(len(body))
            if operation == "Invoke":
                self.invoke("send", content)
                return answer({}, 202)
            return forward(request)

        operation = _operation(request)
        attempt = int(
            _text(request.headers.get("amz-sdk-request", "attempt=1")).partition("=")[2].split(";")[0]
        )
        name = _text(request.headers["amz-sdk-invocation-id"])
        with self._lock:
            if name not in self._numbers:
                self._numbers[name] = len(self.made)
                self.made.append(f"{self._function} {operation}")
        body = request.body or b""
        content = body if isinstance(body, bytes) else str(body).encode()
        if "DynamoDB" in _text(request.headers.get("X-Amz-Target", "")):
            self.denied += filter(None, [denied(self._function, operation, content)])
        return Call(self._function, self._numbers[name], operation, attempt, content, go)


def forward(request: AWSPreparedRequest) -> AWSResponse:
    """Let the stand-in carry a request out."""
    headers = [(name, _text(value)) for name, value in request.headers.items()]
    body = request.body or b""
    content = body if isinstance(body, bytes) else str(body).encode()
    builder = EnvironBuilder(method=request.method, base_url=None, headers=headers, data=content)
    path = urlsplit(request.url)
    builder.path, builder.query_string, builder.host = unquote(path.path) or "/", path.query, path.netloc
    environ = builder.get_environ()
    environ["REQUEST_URI"] = environ["RAW_URI"] = f"{path.path}?{path.query}".rstrip("?")
    got, status, given = run_wsgi_app(moto, environ, buffered=True)
    answered: Any = dict(given)
    return AWSResponse(request.url, int(status.split()[0]), answered, _Raw(b"".join(got)))


class _Raw:
    def __init__(self, body: bytes) -> None:
        self._body = body

    def stream(self, **_: Any) -> list[bytes]:
        return [self._body]


def answer(body: Mapping[str, Any], status: int = 200, **headers: str) -> AWSResponse:
    """Return an answer of AWS's."""
    given: Any = {name.replace("_", "-"): value for name, value in headers.items()}
    raw: Any = _Raw(json.dumps(body).encode())
    return AWSResponse("", status, given, raw)


def _operation(request: AWSPreparedRequest) -> str:
    if target := _text(request.headers.get("X-Amz-Target", "")):
        return target.rpartition(".")[2]
    return "SendEmail" if "/v2/email/" in request.url else "Invoke"


def _text(value: Any) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)
