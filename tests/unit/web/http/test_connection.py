"""Connections end in time and within their bytes, whatever the server does."""

import socket
import threading
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.support.websites import (
    Answer,
    drip,
    flood,
    page,
    redirect,
    reset,
    silence,
    watched_connects,
    website,
)
from tests.unit.web.http.slow_servers import BODY, BROKEN_OFF, CHUNKED, HEAD, SECONDS, TOO_SLOW, in_time
from trackback.web.http.client import MAX_BODY, Fetcher
from trackback.web.http.connection import MAX_ATTEMPTS
from trackback.web.http.failures import FetchFailed


@contextmanager
def in_little_memory() -> Iterator[None]:
    """Check that what is done never holds more than a page's bound a few times over."""
    tracemalloc.start()
    try:
        yield
        assert tracemalloc.get_traced_memory()[1] < 5 * MAX_BODY
    finally:
        tracemalloc.stop()


def failure(answer: Answer) -> str:
    with website(answer) as site, in_time(), pytest.raises(FetchFailed) as failed:
        Fetcher(loopback=True, seconds=SECONDS).get(site.url)
    return str(failed.value)


@pytest.mark.parametrize(
    "behaviour",
    [
        silence,
        drip(b"", b"H"),
        drip(b"HTTP/1.1 200 OK\r\n", b"A"),
        drip(b"HTTP/1.1 200 OK\r\n", b"A: b\r\n "),
        drip(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
        drip(BODY, b"a"),
        drip(HEAD + b"Content-Length: 1000000\r\n\r\n", b"a"),
        drip(CHUNKED, b"1\r\na\r\n"),
        drip(CHUNKED, b"0"),
        drip(CHUNKED + b"1;", b"x"),
        drip(CHUNKED + b"0\r\n", b"A: b\r\n"),
        drip(HEAD + b"Content-Length: 9\r\n\r\nabc", b""),
        drip(HEAD + b"Content-Encoding: gzip\r\n\r\n", b"\x1f\x8b\x08\0\0\0\0\0\0\3\3\0\0\0\0\0\0\0\0\0"),
    ],
    ids=[
        "silence",
        "status line",
        "header's name",
        "headers",
        "interim answers",
        "body",
        "body of a told length",
        "chunks",
        "chunk's length",
        "chunk's extension",
        "trailers",
        "body that stops",
        "empty gzip members",
    ],
)
def test_a_slow_server_is_left_in_time(behaviour: Answer) -> None:
    assert failure(behaviour) == TOO_SLOW


def test_slow_redirects_share_one_time() -> None:
    def slowly(connection: socket.socket, ends: threading.Event) -> None:
        ends.wait(0.08)
        connection.sendall(redirect("/"))

    assert failure(slowly) == TOO_SLOW


def test_a_slow_look_up_is_left_in_time() -> None:
    ends = threading.Event()

    def slowly(_: str) -> list[str]:
        ends.wait()
        return ["127.0.0.1"]

    with watched_connects() as connects, in_time(), pytest.raises(FetchFailed, match=TOO_SLOW):
        Fetcher(loopback=True, seconds=SECONDS, resolve=slowly).get("http://blog.example/")
    ends.set()
    assert connects == []


def test_a_server_that_takes_no_connection_is_left_in_time() -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=0) as listener, socket.socket() as filler:
        address = listener.getsockname()
        filler.connect(address)  # the queue is full now: further connections hang
        with in_time(), pytest.raises(FetchFailed) as failed:
            Fetcher(loopback=True, seconds=SECONDS).get(f"http://127.0.0.1:{address[1]}/")
    assert str(failed.value) == TOO_SLOW


@pytest.mark.parametrize(
    "start",
    [b"", b"HTTP/1.1 200", HEAD, HEAD + b"Content-Length: 9\r\n\r\nabc", CHUNKED + b"9\r\nabc"],
    ids=["nothing", "status line", "headers", "body", "chunk"],
)
def test_a_server_that_drops_the_line_is_told(start: bytes) -> None:
    assert failure(reset(start)) == BROKEN_OFF


@pytest.mark.parametrize(
    "behaviour",
    [
        flood(b"", 65_536 * b"a"),
        flood(b"HTTP/1.1 200 OK\r\n", b"A: b\r\n"),
        flood(b"HTTP/1.1 200 OK\r\n", 65_536 * b"a"),
        flood(b"", 1_000 * b"HTTP/1.1 100 Continue\r\n\r\n"),
        flood(CHUNKED, 10_000 * b"1;xxxxxxxxxxxx\r\na\r\n"),
        flood(CHUNKED + b"-1\r\n", 65_536 * b"a"),
        flood(CHUNKED + b"1;", 65_536 * b"x"),
        flood(CHUNKED + b"0\r\n", 65_536 * b"x"),
        flood(
            HEAD + b"Content-Encoding: gzip\r\n\r\n",
            1_000 * b"\x1f\x8b\x08\0\0\0\0\0\0\3\3\0\0\0\0\0\0\0\0\0",
        ),
        flood(HEAD + b"Content-Encoding: deflate\r\n\r\n\x78\x01", 10_000 * b"\0\0\0\xff\xff"),
    ],
    ids=[
        "status line",
        "headers",
        "one header",
        "interim answers",
        "tiny chunks",
        "negative chunk",
        "chunk's extension",
        "trailer",
        "empty gzip members",
        "empty deflate blocks",
    ],
)
def test_a_flood_ends_the_fetch(behaviour: Answer) -> None:
    with in_little_memory(), website(behaviour) as site, pytest.raises(FetchFailed) as failed:
        Fetcher(loopback=True).get(site.url)
    assert str(failed.value) in {
        "its server sends more than a page can need",
        "its server's answer is not HTTP",
        BROKEN_OFF,
    }


@pytest.mark.parametrize(
    "behaviour",
    [
        flood(BODY, 65_536 * b"a"),
        flood(HEAD + b"Content-Length: 5368709120\r\n\r\n", 65_536 * b"a"),
        flood(CHUNKED, b"10000\r\n" + 65_536 * b"a" + b"\r\n"),
        flood(CHUNKED + b"fffffffffffffff\r\n", 65_536 * b"a"),
    ],
    ids=["endless", "5 GB", "endless chunks", "huge chunk"],
)
def test_an_endless_body_is_cut(behaviour: Answer) -> None:
    with in_little_memory(), website(behaviour) as site:
        fetched = Fetcher(loopback=True).get(site.url)
    assert (len(fetched.body), fetched.whole) == (MAX_BODY, False)


def test_the_next_address_is_tried_when_one_takes_no_connection() -> None:
    with website(page("Here.")) as site:
        fetcher = Fetcher(loopback=True, resolve=lambda _: ["127.0.0.2", "::1", "127.0.0.1"])
        assert fetcher.get(f"http://blog.example:{site.port}/").body == b"Here."


def test_no_more_than_a_few_addresses_are_tried() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    fetcher = Fetcher(loopback=True, resolve=lambda _: [f"127.0.0.{n}" for n in range(2, 99)])
    with watched_connects() as connects, pytest.raises(FetchFailed, match="takes no connection"):
        fetcher.get(f"http://blog.example:{port}/")
    assert len(connects) == MAX_ATTEMPTS
