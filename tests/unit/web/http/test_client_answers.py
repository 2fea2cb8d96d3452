"""The HTTP client reads sloppy answers and refuses broken ones."""

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.websites import page
from tests.unit.web.http.fetching import NOT_HTTP, get
from trackback.web.http.client import MAX_BODY
from trackback.web.http.failures import FetchFailed

TOO_MUCH = "its server sends more than a page can need"
BROKEN_OFF = "its server broke off before the end"


@pytest.mark.parametrize(
    ("size", "whole"), [(0, True), (MAX_BODY - 1, True), (MAX_BODY, True), (MAX_BODY + 1, False)]
)
def test_a_body_is_cut_at_its_bound(size: int, *, whole: bool) -> None:
    fetched = get(page(size * b"a"))
    assert (len(fetched.body), fetched.whole) == (min(size, MAX_BODY), whole)


HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"


@pytest.mark.parametrize(
    ("answer", "body"),
    [
        (HEAD + b"\r\nabc", b"abc"),
        (HEAD + b"Content-Length: 2\r\n\r\nabc", b"ab"),
        (HEAD + b"Content-Length: x\r\n\r\nabc", b"abc"),
        (HEAD + b"Content-Length: -5\r\n\r\nabc", b"abc"),
        (HEAD + b"Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc", b"abc"),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n1;x=y\r\nd\r\n0\r\nA: b\r\n\r\n", b"abcd"),
        (HEAD + b"Content-Length: 9\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n", b"abc"),
        (b"HTTP/1.0 200 OK\r\n\r\nabc", b"abc"),
        (b"HTTP/1.1 200\r\n\r\nabc", b"abc"),
        (b"HTTP/1.1 100 Continue\r\n\r\n" + HEAD + b"\r\nabc", b"abc"),
        (HEAD + b"Garbage\r\n\r\nabc", b"abc"),
        (HEAD + b"\r\n" + bytes(range(256)), bytes(range(256))),
    ],
)
def test_a_sloppy_answer_is_read(answer: bytes, body: bytes) -> None:
    fetched = get(answer)
    assert (fetched.status, fetched.body, fetched.whole) == (200, body, True)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (b"", BROKEN_OFF),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabc", BROKEN_OFF),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n5\r\nabc", BROKEN_OFF),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n", BROKEN_OFF),
        (b"SSH-2.0-OpenSSH_9.6\r\n", NOT_HTTP),
        (b"\x15\x03\x01\x00\x02\x02\x46", NOT_HTTP),
        (b"\r\n\r\n\r\n", NOT_HTTP),
        (b"HTTP/1.1 twohundred OK\r\n\r\n", NOT_HTTP),
        (b"HTTP/1.1 99999 OK\r\n\r\n", NOT_HTTP),
        (b"HTTP/1.1 103 Early Hints\r\n\r\n" + HEAD + b"\r\nabc", NOT_HTTP),
        (b"HTTP/1.1 101 Switching Protocols\r\n\r\n", NOT_HTTP),
        (HEAD + b"Content-Length: 3\r\nContent-Length: 5\r\n\r\nabc", NOT_HTTP),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\nabc", BROKEN_OFF),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n-5\r\nabcdefgh", NOT_HTTP),
        (HEAD + 101 * b"A: b\r\n" + b"\r\nabc", NOT_HTTP),
        (HEAD + 90 * (b"A: " + 1_000 * b"b" + b"\r\n") + b"\r\nabc", TOO_MUCH),
        (HEAD + b"A: " + 65_537 * b"b", TOO_MUCH),
        (65_537 * b"a", TOO_MUCH),
        (5_000 * b"HTTP/1.1 100 Continue\r\n\r\n", TOO_MUCH),
    ],
)
def test_an_answer_that_cannot_be_relied_on_is_none(answer: bytes, words: str) -> None:
    with pytest.raises(FetchFailed) as failure:
        get(answer)
    assert str(failure.value) == words


PIECES = [
    HEAD,
    *b"""HTTP/1.1 302 Found\r
Location: / http:// [ Content-Length: Content-Encoding: gzip Transfer-Encoding: chunked -1 5 ffffffffffff
: ; 100 Continue""".split(b" "),
    *(b"\r\n", b"\r\n\r\n", b" ", b"\0", b"\xff", b"\x1f\x8b\x08\0"),
]


@settings(max_examples=300, derandomize=True, deadline=None, database=None)
@given(
    answer=st.lists(st.sampled_from(PIECES) | st.binary(max_size=4), max_size=12).map(b"".join),
    headed=st.booleans(),
)
def test_any_answer_is_fetched_or_told(answer: bytes, headed: bool) -> None:
    with suppress(FetchFailed):
        assert len(get(HEAD + answer if headed else answer, seconds=2).body) <= len(answer)
