"""Input of Lambda functions: events of the HTTP API (payload 2.0), batches of queues, the context."""

import base64
import json
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl

DOMAIN = "api.example"
FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class Context:
    """The part of Lambda's context that Powertools and the functions read."""

    function_name: str = "function"
    memory_limit_in_mb: int = 512
    invoked_function_arn: str = "arn:aws:lambda:us-east-1:123456789012:function:function"
    aws_request_id: str = "5b441d11-3c1f-4a55-9a0e-7c4f3f1d2a60"
    milliseconds_left: int = 240_000

    def get_remaining_time_in_millis(self) -> int:
        """Return the time left until the timeout."""
        return self.milliseconds_left


def http_event(
    method: str,
    path: str,
    *,
    query: str = "",
    headers: Mapping[str, str] | Iterable[tuple[str, str]] | None = None,
    body: bytes = b"",
    base64_encoded: bool = True,
) -> dict[str, Any]:
    """Return the event of one request.

    Args:
        method: The request's method.
        path: The path in the event, which is decoded once.
        query: The query string as sent; the event holds it unchanged.
        headers: Headers by name, in any case; pairs if a name occurs more than once.
        body: The bytes of the body; empty for none.
        base64_encoded: Whether the body arrives in base64. A form's does; text, JSON and XML come as text.
    """
    joined = _joined((name.lower(), value) for name, value in _pairs(headers))
    cookies = joined.pop("cookie", "")
    parameters = _joined(parse_qsl(query, keep_blank_values=True))
    text = base64.b64encode(body).decode("ascii") if base64_encoded else body.decode("utf-8", "replace")
    return {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": query,
        **({"cookies": cookies.split("; ")} if cookies else {}),
        "headers": joined,
        **({"queryStringParameters": parameters} if parameters else {}),
        "requestContext": _request_context(method, path, joined),
        **({"body": text} if body else {}),
        "isBase64Encoded": base64_encoded and bool(body),
    }


def queue_event(
    *bodies: Mapping[str, Any], group: str = "", sent_at: datetime | None = None
) -> dict[str, Any]:
    """Return the event of a batch of messages with ids `message-0`, `message-1` and so on.

    Each is in a group of its own, unless one is given, and was sent now, unless a time is given.
    """
    sent = str(int((sent_at or datetime.now(UTC)).timestamp() * 1_000))
    return {
        "Records": [
            {
                "messageId": f"message-{n}",
                "body": json.dumps(one),
                "attributes": {"SentTimestamp": sent, "MessageGroupId": group or f"group-{n}"},
            }
            for n, one in enumerate(bodies)
        ]
    }


def form_event(body: bytes, content_type: str = FORM, query: str = "") -> dict[str, Any]:
    """Return the event of a ping: a form posted to a ping URL."""
    headers = {"content-type": content_type} if content_type else None
    return http_event("POST", "/trackback/blog.example/post/", query=query, headers=headers, body=body)


def _request_context(method: str, path: str, headers: Mapping[str, str]) -> dict[str, Any]:
    now = datetime.now(UTC)
    return {
        "accountId": "123456789012",
        "apiId": "api",
        "domainName": headers.get("host", DOMAIN),
        "domainPrefix": "api",
        "http": {
            "method": method,
            "path": path,
            "protocol": "HTTP/1.1",
            "sourceIp": "192.0.2.1",
            "userAgent": headers.get("user-agent", ""),
        },
        "requestId": uuid.uuid4().hex[:16],
        "routeKey": "$default",
        "stage": "$default",
        "time": now.strftime("%d/%b/%Y:%H:%M:%S %z"),
        "timeEpoch": int(now.timestamp() * 1000),
    }


def _pairs(headers: Mapping[str, str] | Iterable[tuple[str, str]] | None) -> Iterable[tuple[str, str]]:
    return headers.items() if isinstance(headers, Mapping) else headers or ()


def _joined(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Join repeated names with commas, as API Gateway does."""
    joined: dict[str, str] = {}
    for name, value in pairs:
        joined[name] = f"{joined[name]},{value}" if name in joined else value
    return joined
