"""Other people's web servers, on loopback: well-behaved ones, and misbehaving ones of every kind."""

import socket
import ssl
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

from trackback.web.http.addresses import is_loopback

Behaviour = Callable[[socket.socket, threading.Event], None]
"""Answers a request on its connection. The event is set when the server ends, to wake waiting behaviours."""
Answer = bytes | Behaviour

_TLS = b"\x16"


def page(body: str | bytes = "", status: str = "200 OK", **headers: str) -> bytes:
    """Return a response with its head. `_` in a header's name stands for `-`."""
    content = body.encode() if isinstance(body, str) else body
    given = {"Content-Type": "text/html; charset=utf-8", "Content-Length": str(len(content))}
    given |= {name.replace("_", "-").title(): value for name, value in headers.items()}
    lines = [f"HTTP/1.1 {status}", *(f"{name}: {value}" for name, value in given.items())]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + content


def redirect(location: str, status: str = "302 Found") -> bytes:
    """Return a redirect."""
    return page("Elsewhere.", status, Location=location)


class Website:
    """A server of answers by path. It records its requests unchanged."""

    def __init__(self, answers: Mapping[str, Answer] | Answer, tls: ssl.SSLContext | None) -> None:
        """Listen on a free port."""
        self.requests: list[str] = []
        self.connections = 0
        self.answers = answers
        self._tls = tls
        self._ends = threading.Event()
        self._threads: list[threading.Thread] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self.port}"
        self._start(self._accept)

    def close(self) -> None:
        """Stop the server and all running answers."""
        self._ends.set()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._threads[0].join()
        self._listener.close()
        for thread in self._threads:
            thread.join()

    def _start(self, work: Callable[..., None], *arguments: object) -> None:
        thread = threading.Thread(target=work, args=arguments)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while not self._ends.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            self._start(self._answer, connection)

    def _answer(self, connection: socket.socket) -> None:
        with suppress(OSError), connection:  # the client may disconnect at any time
            connection.settimeout(10)
            if self._tls:
                connection = self._tls.wrap_socket(connection, server_side=True)
            with connection:
                request = _head(connection)
                self.requests.append(request)
                self._behave(request, connection)

    def _behave(self, request: str, connection: socket.socket) -> None:
        answer = self.answers
        if isinstance(answer, Mapping):
            path = request.partition(" ")[2].partition(" ")[0]
            answer = answer.get(path, page("Not here.", "404 Not Found"))
        if isinstance(answer, bytes):
            connection.sendall(answer)
        else:
            answer(connection, self._ends)


def _head(connection: socket.socket) -> str:
    head = b""
    while b"\r\n\r\n" not in head and (more := connection.recv(4_096)):
        head += more
        if head.startswith(_TLS):  # TLS sent to a plain server: answer all the same
            break
    return head.decode("latin-1")


@contextmanager
def website(answers: Mapping[str, Answer] | Answer, tls: ssl.SSLContext | None = None) -> Iterator[Website]:
    """Serve answers by path, or one answer for everything, until the block ends."""
    site = Website(answers, tls)
    try:
        yield site
    finally:
        site.close()


def silence(_: socket.socket, ends: threading.Event) -> None:
    """Send nothing, and keep the connection open."""
    ends.wait()


def drip(start: bytes, drop: bytes) -> Behaviour:
    """Return a behaviour that sends `start`, and then `drop` repeatedly and slowly."""

    def behave(connection: socket.socket, ends: threading.Event) -> None:
        connection.sendall(start)
        while not ends.wait(0.01):
            connection.sendall(drop)

    return behave


def flood(start: bytes, more: bytes) -> Behaviour:
    """Return a behaviour that sends `start`, and then `more` repeatedly, as fast as possible."""

    def behave(connection: socket.socket, ends: threading.Event) -> None:
        connection.sendall(start)
        while not ends.is_set():
            connection.sendall(more)

    return behave


def reset(start: bytes) -> Behaviour:
    """Return a behaviour that sends `start` and resets the connection."""

    def behave(connection: socket.socket, _: threading.Event) -> None:
        connection.sendall(start)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")

    return behave


_watched: dict[int, list[tuple[str, int]]] = {}


def _note(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "socket.connect" and (seen := _watched.get(threading.get_ident())) is not None:
        host, port, *_ = arguments[1]
        seen.append((host, port))
        if not is_loopback(host):
            raise ConnectionRefusedError("no test leaves this machine")


sys.addaudithook(_note)


@contextmanager
def watched_connects() -> Iterator[list[tuple[str, int]]]:
    """List the addresses and ports that this thread tries to connect to, by Python's audit events.

    Connections to other machines are refused.
    """
    seen: list[tuple[str, int]] = []
    _watched[threading.get_ident()] = seen
    try:
        yield seen
    finally:
        del _watched[threading.get_ident()]
