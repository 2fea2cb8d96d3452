"""Small HTTP servers on loopback, in threads of this process."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server


class QuietHandler(WSGIRequestHandler):
    """Speaks HTTP/1.1, as real servers do: some senders wait for a line's end, not for the stream's."""

    protocol_version = "HTTP/1.1"

    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002 - werkzeug's name
        """Log nothing."""


class TalkingHandler(QuietHandler):
    """Prints one line for each request."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:  # noqa: ARG002
        """Print the request and its status, for the person who runs the server."""
        print(f"  {self.command:7} {self.path}  {int(code)}", flush=True)


@contextmanager
def serving(
    application: Any, port: int = 0, handler: type[WSGIRequestHandler] = QuietHandler
) -> Iterator[BaseWSGIServer]:
    """Serve a WSGI application with concurrent requests. Port 0 means a free port."""
    server = make_server("127.0.0.1", port, application, threaded=True, request_handler=handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def is_free(port: int) -> bool:
    """Check whether a port is free."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
