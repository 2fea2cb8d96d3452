"""Pages that link to the measured post, on a loopback address for each ping: no host is asked twice."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

_FILLER = (
    "<p>There is more to say about links, and about what they are for, and here some of it is said.</p>\n"
)
PAGE_BYTES = 60_000
"""An ordinary weblog's page."""
LARGEST = "/a-megabyte"
LARGEST_BYTES = 1_000_000


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = self._page().encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _page(self) -> str:
        assert isinstance(self.server, _Server)
        link = f'<p>An answer to <a href="{self.server.post}">why we still link</a>, at length.</p>'
        filler = _FILLER * ((LARGEST_BYTES if self.path == LARGEST else PAGE_BYTES) // len(_FILLER))
        head = "<!doctype html><html lang=en><title>An answer</title><body><article><h1>An answer</h1>"
        return f"{head}{link}{filler}</article></body></html>"

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    post = ""


@contextmanager
def sources(post: str = "/2026/why-we-still-link") -> Iterator[int]:
    """Serve them, and the post itself, on every address of the loopback net; the value is the port."""
    with _Server(("0.0.0.0", 0), _Handler) as server:
        server.post = f"http://localhost:{server.server_port}{post}"
        threading.Thread(target=server.serve_forever, args=[0.05], daemon=True).start()
        yield server.server_port
        server.shutdown()
