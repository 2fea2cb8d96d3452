"""Why a fetch failed, in words for the blog's owner."""

import http.client
import socket
import ssl
import zlib
from collections.abc import Iterator
from contextlib import contextmanager

from urllib3 import exceptions as urllib3

from trackback.errors import TrackbackError
from trackback.web.http.connection import TooMuch, Unreachable

_BROKEN_OFF = "its server broke off before the end"
NOT_HTTP = "its server's answer is not HTTP"
_NOT_TLS = "no encrypted connection to its server came about"

_WORDS: dict[type[Exception], str] = {
    socket.gaierror: "its server's name is unknown",
    Unreachable: "its server takes no connection",
    TooMuch: "its server sends more than a page can need",
    ssl.SSLCertVerificationError: "its server's certificate is not valid",
    ssl.SSLError: _NOT_TLS,
    urllib3.SSLError: _NOT_TLS,
    zlib.error: "its server's answer is compressed in a way that cannot be read",
    http.client.IncompleteRead: _BROKEN_OFF,
    urllib3.ProtocolError: _BROKEN_OFF,
    OSError: _BROKEN_OFF,
    EOFError: _BROKEN_OFF,
    http.client.HTTPException: NOT_HTTP,
    urllib3.HTTPError: NOT_HTTP,
    ValueError: NOT_HTTP,
}
"""Messages for errors; the first match counts."""


class FetchFailed(TrackbackError):
    """There is no usable response; the message tells the blog's owner why."""


class FetchRefused(FetchFailed):
    """The URL must not be fetched, now or later; nothing was sent."""


class TooSlow(FetchFailed):
    """The server did not answer in time."""


@contextmanager
def in_words(seconds: float) -> Iterator[None]:
    """Turn each error of a fetch that had so many seconds into a FetchFailed."""
    try:
        yield
    except (TimeoutError, urllib3.TimeoutError):
        raise TooSlow(f"its server did not answer within {seconds:g} seconds") from None
    except tuple(_WORDS) as error:
        raise FetchFailed(next(_WORDS[kind] for kind in _WORDS if isinstance(error, kind))) from error
