"""Blogs on loopback that link to others and take pings, for tests of the sender."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from werkzeug.wrappers import Request, Response

from tests.stack.servers import serving

Page = str | Response | Callable[[Request], Response]

ACCEPTED = '<?xml version="1.0" encoding="utf-8"?>\n<response>\n<error>0</error>\n</response>\n'


def refused(words: str) -> str:
    """Return TrackBack's error response."""
    return ACCEPTED.replace("<error>0</error>", f"<error>1</error>\n<message>{words}</message>")


class Web:
    """One server with posts, linked pages and ping URLs. It records its requests.

    `/p/NAME` is a page with the ping URL `/tb/NAME`, which accepts pings unless `pages` says otherwise.
    """

    def __init__(self) -> None:
        self.pages: dict[str, Page] = {}
        self.pings: list[tuple[str, Mapping[str, str]]] = []
        self.asked: Counter[str] = Counter()
        self.requests: list[Request] = []
        self.url = ""
        self._lock = threading.Lock()

    def __call__(self, environ: Any, start_response: Any) -> Any:
        """Answer a request (PEP 3333)."""
        request = Request(environ)
        form = request.form.to_dict()
        with self._lock:
            self.requests.append(request)
            self.asked[f"{request.method} {request.path}"] += 1
            if request.method == "POST":
                self.pings.append((request.full_path.rstrip("?"), form))
        return self._answer(request)(environ, start_response)

    def _answer(self, request: Request) -> Response:
        page = self.pages.get(request.path)
        if callable(page) and not isinstance(page, Response):
            page = page(request)
        if isinstance(page, Response):
            return page
        if page is not None:
            return Response(page, content_type="text/html; charset=utf-8")
        if request.path.startswith("/p/"):
            name = request.path.removeprefix("/p/")
            return Response(
                f'<link rel="trackback" href="/tb/{name}"><p>{name}</p>', content_type="text/html"
            )
        if request.path.startswith("/tb/") and request.method == "POST":
            return Response(ACCEPTED, content_type="text/xml; charset=utf-8")
        return Response("Not here.", 404)

    def pinged(self) -> list[str]:
        """Return the names of the pinged pages, in order."""
        return [path.removeprefix("/tb/") for path, _ in self.pings]


def post(*targets: str, title: str = "My post") -> str:
    """Return the page of a post that links to `targets`."""
    links = "".join(f'<p>I have read <a href="{target}">what they say</a> of it.</p>' for target in targets)
    return f"<head><title>{title}</title></head><body><article><h1>{title}</h1>{links}</article></body>"


@contextmanager
def web(host: str = "127.0.0.1") -> Iterator[Web]:
    """Run such a server. `host` is one of its two names on loopback."""
    site = Web()
    with serving(site) as server:
        site.url = f"http://{host}:{server.port}"
        yield site
