"""Receives pings: it validates, stores and answers quickly. `verify` checks the source later.

Every protocol result is HTTP 200 with TrackBack's XML: deployed senders ignore the body of any other
response, and repeat or drop a redirected POST.
"""

import os
from datetime import UTC, datetime
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.exceptions import NotFoundError
from aws_lambda_powertools.logging import correlation_paths
from aws_lambda_powertools.utilities.typing import LambdaContext

from trackback.errors import PingRefused, TableBusy
from trackback.gateway import Request
from trackback.model.listing import MAX_LIMIT
from trackback.model.ping import client_hash
from trackback.model.posts import Post, Sites
from trackback.outcomes import count
from trackback.paths import PING_URLS
from trackback.protocols.trackback import xml as answer
from trackback.protocols.trackback.form import charset_label, read_form
from trackback.protocols.trackback.receive import read_ping
from trackback.request_log import log_slow_requests
from trackback.storage.closed_posts import Closed
from trackback.storage.pings import PingStore
from trackback.storage.table import Table

PING_URL = PING_URLS + r"[\s\S]+"  # powertools' own path parameters match no slash
ALLOWED = "POST, GET, HEAD, OPTIONS"

# At import, so that a missing setting fails the start and not the third ping, and a cold start pays once.
sites = Sites(os.environ["SITES"])
table = Table(os.environ["TABLE"])
pings = PingStore(table)
closed = Closed(table)
sender_key = os.environ["SENDER_KEY"]

logger = Logger()
app = APIGatewayHttpResolver()


@app.post(PING_URL)
def receive() -> Response[str]:
    """Store a ping, unless its post is closed. A repeated ping succeeds and changes nothing."""
    request, post, now = _request(), _post(), datetime.now(UTC)
    closed.check(post.key, now)
    sender = client_hash(sender_key, request.client_address)
    ping = read_ping(post, read_form(request), charset_label(request), now, sender)
    count(pings.add(ping).value, ping=ping.id)
    return _xml(answer.success())


@app.route(PING_URL, method=["GET", "HEAD"])
def show() -> Response[str]:
    """Redirect a person to the post, or return its approved pings as RSS (`__mode=rss`). Stores nothing."""
    found = _post()
    if "rss" in _request().query(limit=None).get("__mode", []):
        page = pings.approved(found.key, MAX_LIMIT)
        return _xml(answer.rss(found, page.pings), {"Cache-Control": "public, max-age=60"})
    return Response(303, body="", headers={"Location": found.url})


@app.route(PING_URL, method=["OPTIONS"])
def options() -> Response[str]:
    """Return the allowed methods."""
    return Response(204, body="", headers={"Allow": ALLOWED})


@app.exception_handler(PingRefused)
def refuse(refusal: PingRefused) -> Response[str]:
    """Return the reason of a refusal to the sender."""
    if _request().method == "POST":
        count("PingRefused", reason=str(refusal))
    return _xml(answer.failure(str(refusal)))


@app.exception_handler(TableBusy)
def slow_down(busy: TableBusy) -> Response[str]:
    """Return an error if the table's throughput limit is reached."""
    logger.warning("the table's ceiling is reached")
    count("PingThrottled")
    return _xml(answer.failure(str(busy)))


@app.not_found
def no_such_method(_: NotFoundError) -> Response[str]:
    """Return 405 for any other method."""
    return _xml(answer.failure("Send the ping with POST."), {"Allow": ALLOWED}, status=405)


def _request() -> Request:
    return Request(app.current_event.raw_event)


def _post() -> Post:
    return sites.find(_request().path.removeprefix(PING_URLS))


def _xml(body: str, headers: dict[str, str] | None = None, status: int = 200) -> Response[str]:
    safe = {"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"}
    return Response(status, answer.CONTENT_TYPE, body, headers=safe | (headers or {}))


@logger.inject_lambda_context(correlation_id_path=correlation_paths.API_GATEWAY_HTTP)
@log_slow_requests(logger)
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Answer one request of API Gateway's payload 2.0."""
    return app.resolve(event, context)
