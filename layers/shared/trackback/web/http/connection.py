"""Connections to checked addresses, with limits on time and bytes."""

import socket
import ssl
from collections.abc import Callable, Sequence
from contextlib import suppress
from time import monotonic
from typing import Any, cast

from urllib3.connection import HTTPConnection, HTTPSConnection

MAX_ATTEMPTS = 3
"""Addresses tried per name, so that the owner of a name cannot make us probe many hosts."""


class Unreachable(Exception):
    """No address accepted the connection."""


class TooMuch(Exception):
    """The server sends more bytes than allowed."""


class Budget:
    """The limits left to a fetch: seconds in total, and bytes from the current server."""

    def __init__(self, seconds: float) -> None:
        self._end = monotonic() + seconds
        self.bytes = 0

    def seconds(self) -> float:
        """Return the seconds left.

        Raises:
            TimeoutError: no time is left.
        """
        left = self._end - monotonic()
        if left <= 0:
            raise TimeoutError
        return left


class _Socket(socket.socket):
    """A socket whose every wait ends with the budget, so that slow drips of bytes cannot outlast it."""

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
    """The same over TLS. Its handshake may use all the time left when it starts."""


class Connection(HTTPConnection):
    """A connection for one request, to checked addresses of the host; it does not resolve the name again."""

    def __init__(
        self,
        host: str,
        port: int,
        addresses: Sequence[str],
        budget: Budget,
        admit: Callable[[str], None] = lambda _: None,
        **tls: Any,
    ) -> None:
        """`admit` is called with each address before it is tried, and may raise."""
        super().__init__(host, port, timeout=budget.seconds(), **tls)
        self._admit = admit
        self._addresses = addresses[:MAX_ATTEMPTS]
        self.peer = ""
        self._budget = budget

    def _new_conn(self) -> socket.socket:
        """Connect without the DNS lookup that urllib3 would do here; each address gets its share of the time.

        Raises:
            Unreachable: no address accepts the connection.
            TimeoutError: no address accepts it in time.
        """
        for left, address in zip(range(len(self._addresses), 0, -1), self._addresses, strict=True):
            self._admit(address)
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
        """Connect, with a handshake for TLS."""
        super().connect()
        cast("_Socket", self.sock).budget = self._budget  # TLS has replaced the socket


class TlsConnection(Connection, HTTPSConnection):
    """The same over TLS; the certificate must be valid for the host's name."""


def tls_context() -> ssl.SSLContext:
    """Return a context that verifies against the system's certificate store; its sockets keep to a budget."""
    context = ssl.create_default_context()
    context.sslsocket_class = _TlsSocket
    return context
