"""Faults of AWS: error responses in place of real ones."""

import json
from collections.abc import Callable
from typing import Any

from botocore.awsrequest import AWSResponse

from trackback.storage.check_queue import Queue
from trackback.storage.table import Table

_NO_HEADERS: Any = {}


class _Raw:
    def __init__(self, body: bytes) -> None:
        self._body = body

    def stream(self, **_: Any) -> list[bytes]:
        return [self._body]


def answer(asked: Table | Queue, operation: str, times: int, body: dict[str, Any], status: int = 400) -> None:
    """Answer the next requests of an operation with an error, then let requests through again."""
    left = [response(body, status) for _ in range(times)]
    _before_send(asked.client, operation, lambda: left.pop() if left else None)


def response(body: dict[str, Any], status: int = 400) -> AWSResponse:
    """Return an answer of AWS's."""
    return AWSResponse("", status, _NO_HEADERS, _Raw(json.dumps(body).encode()))


def break_off(client: Any, operation: str, error: BaseException, number: int = 1) -> None:
    """Raise an error in place of one request of an operation from now on: the first, or another by number."""
    left = [error, *[None] * (number - 1)]

    def fail() -> None:
        if left and (due := left.pop()):
            raise due

    _before_send(client, operation, fail)


def _before_send(client: Any, operation: str, act: Callable[[], AWSResponse | None]) -> None:
    service = client.meta.service_model.service_id.hyphenize()
    client.meta.events.register(f"before-send.{service}.{operation}", lambda **_: act())


def error(code: str, **more: Any) -> dict[str, Any]:
    """Return the body of an error."""
    return {"__type": f"com.amazonaws.dynamodb.v20120810#{code}", "message": code, **more}
