"""Faults of AWS: error responses in place of real ones."""

import json
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
    left = [AWSResponse("", status, _NO_HEADERS, _Raw(json.dumps(body).encode())) for _ in range(times)]
    on_the_wire: Any = asked.client.meta.events
    service = asked.client.meta.service_model.service_id.hyphenize()
    on_the_wire.register(f"before-send.{service}.{operation}", lambda **_: left.pop() if left else None)


def error(code: str, **more: Any) -> dict[str, Any]:
    """Return the body of an error."""
    return {"__type": f"com.amazonaws.dynamodb.v20120810#{code}", "message": code, **more}
