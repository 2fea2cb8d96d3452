"""Fetches from servers that take their time or send too much, with a bound on both."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

SECONDS = 0.2
TOO_SLOW = "its server did not answer within 0.2 seconds"
BROKEN_OFF = "its server broke off before the end"
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
BODY = HEAD + b"\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"


@contextmanager
def in_time() -> Iterator[None]:
    """Check that what is done stops when the fetch's time is over, or a while later on a busy machine."""
    start = time.monotonic()
    yield
    assert time.monotonic() - start < SECONDS + 15
