"""Serves approved pings as JSON and HTML, their counts, the embed's files, and the HTML to paste."""

import hashlib
import json
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.logging import correlation_paths
from aws_lambda_powertools.utilities.typing import LambdaContext

from trackback.errors import BadQuery, PingRefused, TableBusy
from trackback.gateway import Fields, Request
from trackback.model.listing import Cursor, Page, read_limit
from trackback.model.posts import MAX_KEY, Post, Sites, post_key
from trackback.pages.public.content_negotiation import prefers_html
from trackback.pages.public.embed import SHORT, Embed
from trackback.pages.public.ping_list import HTML, ListPages, is_page, post_name
from trackback.paths import LISTS
from trackback.request_log import log_slow_requests
from trackback.storage.pings import PingStore
from trackback.storage.posts import post_titles
from trackback.storage.table import Table

READ = ["GET", "HEAD"]
MAX_POSTS = 50
MAX_PARAMETERS = 100

FRESH = "public, max-age=60, stale-while-revalidate=600"

# At import, so that a missing setting fails the start and not the third page view.
sites = Sites(os.environ["SITES"])
table = Table(os.environ["TABLE"])
ping_store = PingStore(table)
embed = Embed(Path(__file__).parent)
list_pages = ListPages(Path(__file__).parent)

logger = Logger()
app = APIGatewayHttpResolver()


@app.route(LISTS + r"[\s\S]+", method=READ)  # powertools' own path parameters match no slash
def pings() -> Response[str]:
    """List a post's approved pings page by page, as JSON or, if the client prefers it, as HTML.

    A post without pings has an empty list.
    """
    name = post_name(_request().path.removeprefix(LISTS))
    query = _query()
    limit = read_limit(query.get("limit", [None])[0])
    cursor = Cursor.decode(query["cursor"][0]) if "cursor" in query else None
    try:
        post = sites.find(name)
        page = ping_store.approved(post.key, limit, cursor)
    except PingRefused:
        post, page = Post(f"https://{name}", ""), Page([], 0, None)
    if _is_for_people():
        return _cached(list_pages.page(post, page, limit), FRESH, HTML, list_pages.headers | _varies())
    return _cached(_json(page.as_json(post)), FRESH, more=_varies())


@app.route("/counts", method=READ)
def counts() -> Response[str]:
    """Return the number of approved pings of each post, under the names in the query."""
    posts = _query().get("post", [])
    if not 1 <= len(posts) <= MAX_POSTS:
        raise BadQuery(f"send post=host/path, once for each of 1 to {MAX_POSTS} posts")
    keys = {post: post_key(post) for post in posts}
    found = ping_store.counts(key for key in keys.values() if sites.serves(key) and len(key) <= MAX_KEY)
    return _cached(_json({"counts": {post: found.get(key, 0) for post, key in keys.items()}}), FRESH)


@app.route("/snippet", method=READ)
def paste() -> Response[str]:
    """Return the HTML to paste for a post, with the API address of this request."""
    from trackback.pages.public.snippet import snippet  # noqa: PLC0415 - readers never need it

    names = _query().get("post", [])
    if len(names) != 1:
        raise BadQuery("send post=host/path, the permalink of one post")
    try:
        post = sites.find(re.split("[?#]", names[0], maxsplit=1)[0])
    except PingRefused:
        raise BadQuery("post must be the permalink of a post on one of the blogs served here") from None
    title = post_titles(table, [post.key]).get(post.key, "")
    text = snippet(_request().public_origin, post, title, embed)
    return _cached(text, FRESH, "text/plain; charset=utf-8")


@app.route(r"/embed\.js", method=READ)
@app.route(r"/embed/[^/]+", method=READ)
@app.route(r"/[^/]+", method=READ)  # the first matching route answers
def embed_file() -> Response[str]:
    """Return a file of the embed: the script, also by versioned name, or a part that it loads on demand."""
    if found := embed.find(_request().path):
        return _cached(found.text, found.cache, "text/javascript; charset=utf-8")
    return _message(404, "There is no such file.", {"Cache-Control": SHORT})


@app.exception_handler(BadQuery)
def explain(error: BadQuery) -> Response[str]:
    """Return 400 with what to send instead."""
    return _message(400, str(error))


@app.exception_handler(TableBusy)
def slow_down(busy: TableBusy) -> Response[str]:
    """Return 429 if the table's throughput limit is reached."""
    logger.warning("the table's ceiling is reached")
    return _message(429, str(busy), {"Retry-After": "60"})


def _request() -> Request:
    return Request(app.current_event.raw_event)


def _query() -> Fields:
    try:
        return _request().query(MAX_PARAMETERS)
    except BadQuery:  # in lower case, as the API's other messages are
        raise BadQuery(f"send at most {MAX_PARAMETERS} parameters") from None


def _is_for_people() -> bool:
    """Check whether the client wants the list as HTML."""
    request = _request()
    return request.path.startswith(LISTS) and (
        is_page(request.path) or prefers_html(request.header("accept"))
    )


def _varies() -> dict[str, str]:
    """Return the `Vary` header of a list that is negotiated by `Accept`."""
    return {} if is_page(_request().path) else {"Vary": "Accept"}


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _cached(
    body: str, cache: str, content_type: str = "application/json", more: Mapping[str, str] = {}
) -> Response[str]:
    """Answer with a strong ETag, or with 304 if the client already has this body."""
    etag = f'"{hashlib.sha256(body.encode()).hexdigest()[:32]}"'
    headers = {"ETag": etag, "Cache-Control": cache, "X-Content-Type-Options": "nosniff", **more}
    known = _request().header("if-none-match")
    if known.strip() == "*" or etag in (tag.strip().removeprefix("W/") for tag in known.split(",")):
        return Response(304, body="", headers=headers)
    return Response(200, content_type, body, headers=headers)


def _message(status: int, words: str, headers: dict[str, str] | None = None) -> Response[str]:
    safe = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"} | (headers or {})
    if _is_for_people():
        return Response(status, HTML, list_pages.message(words), headers=safe | list_pages.headers)
    return Response(status, "application/json", _json({"message": words}), headers=safe)


@logger.inject_lambda_context(correlation_id_path=correlation_paths.API_GATEWAY_HTTP)
@log_slow_requests(logger)
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Answer one request of API Gateway's payload 2.0."""
    return app.resolve(event, context)
