"""The parsers, each as a function of a document's bytes and media type, with the errors that it declares."""

import zlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from trackback.errors import BadQuery, PingRefused
from trackback.gateway import Request
from trackback.model.listing import Cursor, read_limit
from trackback.model.posts import Sites, post_key
from trackback.protocols.trackback.discovery import discover
from trackback.protocols.trackback.form import charset_label, read_form
from trackback.protocols.trackback.receive import read_ping
from trackback.protocols.trackback.response import read_response
from trackback.receiving.post_links import PostLinks
from trackback.signing import Keyring, TokenExpired, TokenInvalid, read_link, read_session, read_sign_in
from trackback.urls import page_key, read_source
from trackback.web.budget import TooCostly
from trackback.web.feed import NotAFeed, find_feed, is_page, read_feed
from trackback.web.html.article import read_article
from trackback.web.html.page import page_text, read_page
from trackback.web.http.decompression import decompressed
from trackback.web.sites import site_of
from trackback.web.text.charset import decode

AT = "https://o.example/a"
NOW = datetime(2026, 12, 1, tzinfo=UTC)
KEYRING = Keyring("k" * 43)
POST = Sites("https://blog.example").find("blog.example/post")

HTML = ("text/html; charset=utf-8", "text/html", "text/html; charset=euc-jp", "text/html; charset=shift_jis")
FEEDS = ("application/xml", "application/feed+json", "text/xml; charset=gb18030")
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data; boundary=x")
LABELS = ("utf-8", "euc-jp", "big5", "iso-2022-jp", "", "koi8-r")


@dataclass(frozen=True)
class Parser:
    """A parser, the media types (or labels) that it is given, its errors, and the most bytes it ever gets."""

    parse: Callable[[bytes, str], Any]
    kinds: tuple[str, ...]
    errors: tuple[type[Exception], ...] = ()
    most: int = 1_000_000


def _page(body: bytes, kind: str) -> Any:
    post = PostLinks(frozenset({"blog.example/post"}))
    return read_page(body, kind, AT, post.matches, post.is_on_host)


def _event(body: bytes, kind: str) -> Request:
    text = body.decode("latin-1")
    context = {"http": {"method": "POST", "path": "/trackback/x", "sourceIp": "192.0.2.1"}, "domainName": "a"}
    return Request(
        {
            "rawPath": "/trackback/blog.example/post",
            "rawQueryString": text[:200],
            "headers": {"content-type": kind, "x-cdn-key": text[:20], "accept": text[:99]},
            "cookies": text.split(";"),
            "requestContext": context,
            "body": text,
            "isBase64Encoded": kind.endswith("base64"),
        }
    )


def _form(body: bytes, kind: str) -> Any:
    request = _event(body, kind)
    return read_ping(POST, read_form(request), charset_label(request), NOW)


def _gateway(body: bytes, kind: str) -> None:
    request = _event(body, kind)
    request.cookie("__Host-session")
    request.query()
    request.query(limit=None)
    request.form()


def _address(body: bytes, _: str) -> None:
    url = body.decode("utf-8", "replace")
    page_key(url)
    post_key(url)
    site_of(read_source(url).url)


def _cursor(body: bytes, _: str) -> None:
    text = body.decode("latin-1")
    for read in (Cursor.decode, read_limit):
        try:
            read(text)
        except BadQuery:
            continue


def _token(body: bytes, _: str) -> None:
    text = body.decode("latin-1")
    for read in (read_link, read_sign_in, read_session):
        try:
            read(KEYRING, text, NOW)
        except (TokenExpired, TokenInvalid):
            continue


def _inflate(body: bytes, kind: str) -> None:
    taken = 0
    for piece in decompressed([body[:16_384], body[16_384:]], kind):
        taken += len(piece)
        if taken > 1_048_576:
            break


PARSERS = {
    "page": Parser(_page, HTML),
    "article": Parser(lambda body, kind: read_article(body, kind, AT), HTML, (TooCostly,)),
    "discovery": Parser(lambda body, kind: discover(page_text(body, kind), AT).best(AT), HTML, (TooCostly,)),
    "feed": Parser(lambda body, kind: read_feed(body, kind, AT), FEEDS, (NotAFeed, TooCostly)),
    "feed-link": Parser(
        lambda body, kind: (is_page(body, kind), find_feed(body, kind, AT)), HTML, (TooCostly,)
    ),
    "charset": Parser(lambda body, kind: decode([body, body[:99]], [kind]), LABELS),
    "decompression": Parser(_inflate, ("gzip", "deflate", "x-gzip"), (zlib.error, EOFError)),
    "form": Parser(_form, FORMS, (PingRefused,), 65_536),
    "answer": Parser(lambda body, kind: read_response(200, {"Content-Type": kind}, body, NOW), HTML),
    "gateway": Parser(_gateway, (FORMS[0], f"{FORMS[0]}; base64"), (BadQuery,), 65_536),
    "address": Parser(_address, ("",), (PingRefused,), 65_536),
    "cursor": Parser(_cursor, ("",), (), 8_192),
    "token": Parser(_token, ("",), (), 8_192),
}
