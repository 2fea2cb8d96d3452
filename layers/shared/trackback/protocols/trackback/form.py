"""Parses a ping's form fields, as bytes, from the requests that real senders post.

The body takes precedence over the query string (Apache Roller sends everything there). Other fields are
ignored: senders add their own, and some move a ping URL's query into the body.
"""

import re
from collections.abc import Iterator
from io import BytesIO
from urllib.parse import unquote_to_bytes

from trackback.errors import PingRefused
from trackback.gateway import MAX_BODY, Request

MAX_FIELDS = 100
READ = {"url": 8_196, "title": 4_096, "excerpt": 8_192, "blog_name": 4_096, "charset": 64}
"""Bytes read per field: more than its maximum length, at 4 bytes per character."""

Form = dict[str, bytes]

_CHARSET = re.compile(r"""(?:^|[;,\s])charset\s*=\s*["']?([^\s;,"']+)""", re.IGNORECASE)


def read_form(request: Request) -> Form:
    """Return the fields of a ping's request, each with its first non-blank value.

    Raises:
        PingRefused: the body is too large, broken or not a form.
    """
    body, query = _body(request), request.raw_query.encode("utf-8", "replace")
    form: Form = {}
    for name, value in (*_pairs(body, request.header("content-type")), *_urlencoded(query)):
        if name in READ and value.strip():
            form.setdefault(name, value[: READ[name]])
    if "url" not in form:
        raise PingRefused(_what_is_missing(body))
    return form


def charset_label(request: Request) -> str:
    """Return the charset in the request's Content-Type, or ""."""
    named = _CHARSET.search(request.header("content-type"))
    return named[1].lower() if named else ""


def _body(request: Request) -> bytes:
    try:
        body = request.body()
    except ValueError:
        raise PingRefused("The request's body is broken. Send the ping again.") from None
    if len(body) > MAX_BODY:
        raise PingRefused("The ping is too large: at most 64 KB, please.")
    return body


def _pairs(body: bytes, content_type: str) -> Iterator[tuple[str, bytes]]:
    if content_type.lower().startswith("multipart/form-data"):
        return _multipart(body, content_type)
    return _urlencoded(body)


def _urlencoded(data: bytes) -> Iterator[tuple[str, bytes]]:
    """Split a form without `parse_qsl` of the standard library, which cannot return non-ASCII bytes."""
    if data.count(b"&") >= MAX_FIELDS:
        raise PingRefused(f"The form has too many fields: at most {MAX_FIELDS}, please.")
    data = data.removesuffix(b"\r\n")  # XE appends a line break to the body
    for pair in data.split(b"&"):
        name, _, value = pair.partition(b"=")
        yield _name(_unquote(name)), _unquote(value)


def _unquote(data: bytes) -> bytes:
    return unquote_to_bytes(data.replace(b"+", b" "))


def _name(raw: bytes) -> str:
    """Return a field's name without a byte order mark, and without the "amp;" of an undecoded "&amp;"."""
    return raw.decode("utf-8-sig", "replace").strip().removeprefix("amp;")


def _multipart(body: bytes, content_type: str) -> Iterator[tuple[str, bytes]]:
    import multipart  # noqa: PLC0415 - few senders post multipart forms

    boundary = multipart.parse_options_header(content_type)[1].get("boundary", "")
    try:
        parser = multipart.MultipartParser(BytesIO(body), boundary, len(body), part_limit=MAX_FIELDS)
        for part in parser:
            if not part.filename:
                yield part.name, part.raw
    except (multipart.MultipartError, ValueError):
        raise PingRefused("The multipart form is broken. Send application/x-www-form-urlencoded.") from None


def _what_is_missing(body: bytes) -> str:
    start = body[:512].lstrip(b"\xef\xbb\xbf \t\r\n")
    if b"<methodCall" in start:
        return "This is a TrackBack ping URL, not a Pingback server: post a form with the field url."
    if start[:1] in {b"{", b"[", b"<"}:
        return "Send the ping as a form (application/x-www-form-urlencoded) with the field url."
    return "The field url is missing: send the permalink of the page that links to this post."
