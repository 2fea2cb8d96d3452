"""Connections to addresses that somebody has judged, which take only so many seconds and so many bytes."""

import socket
import ssl
from collections.abc import Sequence
from contextlib import suppress
from time import monotonic
from typing import Any, cast

from urllib3.connection import HTTPConnection, HTTPSConnection

MAX_ATTEMPTS = 3
"""Addresses of one name that are tried: whoever owns the name must not have us knock at many doors."""


class Unreachable(Exception):
    """No address took the connection."""


class TooMuch(Exception):
    """The server sends more bytes than it was allowed."""


class Budget:
    """What a fetch may still take: seconds until its end, and bytes from the server that it talks to now."""

    def __init__(self, seconds: float) -> None:
        self._end = monotonic() + seconds
        self.bytes = 0

    def seconds(self) -> float:
        """Return the seconds left.

        Raises:
            TimeoutError: there are none.
        """
        left = self._end - monotonic()
        if left <= 0:
            raise TimeoutError
        return left


class _Socket(socket.socket):
    """A socket of which each wait ends with the budget, so that not even a drip of bytes outlasts it."""

    budget: Budget

    def recv_into(self, buffer: Any, nbytes: int | None = 0, flags: int = 0) -> int:
        if not self.budget.bytes:
            raise TooMuch
        self.settimeout(self.budget.seconds())
        count = super().recv_into(buffer, min(nbytes or len(buffer), self.budget.bytes), flags)
        self.budget.bytes -= count
        return count

    def sendall(self, data: Any, flags: int = 0) -> None:
        self.settimeout(self.budget.seconds())
        super().sendall(data, flags)


class _TlsSocket(_Socket, ssl.SSLSocket):
    """The same over TLS. Its handshake has the whole time that is left when it starts."""


class Connection(HTTPConnection):
    """A connection for one request to a host by its judged addresses, whatever its name leads to by now."""

    def __init__(self, host: str, port: int, addresses: Sequence[str], budget: Budget, **tls: Any) -> None:
        super().__init__(host, port, timeout=budget.seconds(), **tls)
        self._addresses = addresses[:MAX_ATTEMPTS]
        self.peer = ""
        self._budget = budget

    def _new_conn(self) -> socket.socket:
        """Connect; urllib3 would look the host's name up here. Each address gets its share of the time.

        Raises:
            Unreachable: none of them answers.
            TimeoutError: none of them does in time.
        """
        for left, address in zip(range(len(self._addresses), 0, -1), self._addresses, strict=True):
            with suppress(OSError):
                return self._attempt(address, self._budget.seconds() / left)
        self._budget.seconds()
        raise Unreachable

    def _attempt(self, address: str, seconds: float) -> socket.socket:
        attempt = _Socket(socket.AF_INET6 if ":" in address else socket.AF_INET)
        attempt.budget = self._budget
        try:
            attempt.settimeout(seconds)
            attempt.connect((address, self.port))
            attempt.settimeout(self._budget.seconds())
        except OSError:
            attempt.close()
            raise
        self.peer = address
        return attempt

    def connect(self) -> None:
        """Connect, and shake hands where TLS is spoken."""
        super().connect()
        cast("_Socket", self.sock).budget = self._budget  # over TLS, it is another socket now


class TlsConnection(Connection, HTTPSConnection):
    """The same over TLS; the certificate must be good for the host's name."""


def tls_context() -> ssl.SSLContext:
    """Return what verifies certificates by the system's store, and makes sockets that keep to a budget."""
    context = ssl.create_default_context()
    context.sslsocket_class = _TlsSocket
    return context
