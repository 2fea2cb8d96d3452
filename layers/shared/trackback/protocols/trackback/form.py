"""Parses a ping's form fields, as bytes, from the requests that real senders post.

The body takes precedence over the query string (Apache Roller sends everything there). Other fields are
ignored: senders add their own, and some move a ping URL's query into the body.
"""

import base64
import binascii
import re
from collections.abc import Iterator, Mapping
from io import BytesIO
from typing import Any
from urllib.parse import unquote_to_bytes

from trackback.errors import PingRefused

MAX_BODY = 65_536
"""Maximum size of a request body, in bytes."""
MAX_FIELDS = 100
READ = {"url": 8_196, "title": 4_096, "excerpt": 8_192, "blog_name": 4_096, "charset": 64}
"""Bytes read per field: more than its maximum length, at 4 bytes per character."""

Form = dict[str, bytes]

_CHARSET = re.compile(r"""(?:^|[;,\s])charset\s*=\s*["']?([^\s;,"']+)""", re.IGNORECASE)


def read_form(event: Mapping[str, Any]) -> Form:
    """Return the fields of a request (API Gateway's payload 2.0), each with its first non-blank value.

    Raises:
        PingRefused: the body is too large, broken or not a form.
    """
    body = _body(event)
    content_type = _content_type(event)
    form: Form = {}
    for name, value in (*_pairs(body, content_type), *_urlencoded(_bytes(event.get("rawQueryString") or ""))):
        if name in READ and value.strip():
            form.setdefault(name, value[: READ[name]])
    if "url" not in form:
        raise PingRefused(_what_is_missing(body))
    return form


def charset_label(event: Mapping[str, Any]) -> str:
    """Return the charset in the request's Content-Type, or ""."""
    named = _CHARSET.search(_content_type(event))
    return named[1].lower() if named else ""


def _content_type(event: Mapping[str, Any]) -> str:
    return str((event.get("headers") or {}).get("content-type", ""))


def _body(event: Mapping[str, Any]) -> bytes:
    body = _bytes(event.get("body") or "")
    if event.get("isBase64Encoded"):
        try:
            body = base64.b64decode(body, validate=True)
        except binascii.Error:
            raise PingRefused("The request's body is broken. Send the ping again.") from None
    if len(body) > MAX_BODY:
        raise PingRefused("The ping is too large: at most 64 KB, please.")
    return body


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "replace")


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
