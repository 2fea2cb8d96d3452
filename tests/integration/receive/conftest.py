"""`receive`, invoked as API Gateway invokes it."""

from typing import Any

from functions.receive import app
from tests.support.events import Context, http_event

SUCCESS = '<?xml version="1.0" encoding="utf-8"?>\n<response>\n<error>0</error>\n</response>\n'

FORM = {"content-type": "application/x-www-form-urlencoded"}
POST = "/trackback/blog.example/2026/hello/"


def call(method: str, path: str, **request: Any) -> dict[str, Any]:
    """Return what the handler answers to one request."""
    return app.handler(http_event(method, path, **request), Context())  # type: ignore[arg-type]


def ping(
    body: bytes = b"url=https://other.example/re&title=Re", path: str = POST, **more: Any
) -> dict[str, Any]:
    return call("POST", path, body=body, **({"headers": FORM} | more))
