"""The HTTP client for all requests to strangers' servers.

It resolves a name once, checks every address, and connects to a checked address, so that a second DNS lookup
cannot lead elsewhere (DNS rebinding). It checks every redirect in the same way. Time, bytes and redirects are
limited, and the environment supplies only the system's certificate store.
"""

import logging
import socket
import ssl
import threading
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import cached_property, partial
from http import HTTPStatus
from urllib.parse import urldefrag, urlencode, urljoin, urlsplit

from urllib3.response import BaseHTTPResponse

from trackback.errors import PingRefused
from trackback.urls import read_source
from trackback.web.http.addresses import is_loopback, is_public
from trackback.web.http.connection import Budget, Connection, TlsConnection, tls_context
from trackback.web.http.decompression import ACCEPTED, decompressed
from trackback.web.http.failures import NOT_HTTP, FetchFailed, FetchRefused, in_words

USER_AGENT = "Trackback/0.1.0 (looks at pages that send TrackBack pings)"
SECONDS = 10
"""Time limit of a fetch, with all DNS lookups and redirects."""
MAX_REDIRECTS = 5
MAX_BODY = 1_048_576
"""Maximum bytes of a body, after decompression; the rest is cut off."""
MAX_HEAD = 65_536
MAX_SENT = 2 * MAX_BODY
"""Maximum bytes of a body on the wire; only tiny chunks or useless compression exceed MAX_BODY."""

_OURS = {"Accept-Encoding": ACCEPTED, "Connection": "close"}
_HTML = "text/html,application/xhtml+xml;q=0.9,*/*;q=0.5"
_PORTS = {"http": 80, "https": 443}
_KEPT = {
    *("etag", "last-modified", "link", "location", "refresh", "retry-after", "x-pingback"),
    *("access-control-allow-origin", "content-security-policy"),
}
_PIECE = 16_384
_REDIRECTS = f"it redirects more than {MAX_REDIRECTS} times"

for _name in ("urllib3.connection", "urllib3.response"):  # they log malformed responses with a stack trace
    logging.getLogger(_name).setLevel(logging.ERROR)


Admit = Callable[[str, str], None]
"""Is called with a URL and the server's address before each connection, and may raise to prevent it.

Many pings to pages that redirect cannot direct our requests at one victim then.
"""


def _admit_all(_url: str, _address: str) -> None:
    """Prevent nothing."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """A response of any status, with its URL and server address; `whole` is False if the body was cut off."""

    url: str
    status: int
    content_type: str
    body: bytes
    whole: bool
    headers: Mapping[str, str]
    address: str = ""


class Fetcher:
    """Fetches strangers' pages; thread-safe."""

    def __init__(
        self,
        *,
        loopback: bool = False,
        seconds: float = SECONDS,
        resolve: Callable[[str], Sequence[str]] | None = None,
        user_agent: str = USER_AGENT,
    ) -> None:
        """Configure a client; `loopback` also allows this machine, at any port, for the local stack only."""
        self._ours = {**_OURS, "User-Agent": user_agent}
        self._loopback = loopback
        self._seconds = seconds
        self._resolve = resolve or _resolve

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        return tls_context()

    def get(
        self,
        url: str,
        *,
        accept: str = _HTML,
        headers: Mapping[str, str] = {},
        seconds: float = SECONDS,
        admit: Admit = _admit_all,
    ) -> Fetched:
        """Return the response to a GET, after redirects, within so many seconds or the client's own limit.

        Raises:
            FetchFailed: the URL must not be fetched, or there is no usable response.
        """
        asked = {**headers, **self._ours, "Accept": accept}
        seconds = min(seconds, self._seconds)
        with in_words(seconds):
            return self._follow(url, asked, Budget(seconds), admit)

    def post(self, url: str, form: Mapping[str, str]) -> Fetched:
        """Return the response to a form in UTF-8; otherwise like `send`."""
        body = urlencode(form).encode("ascii")
        return self.send(url, body, "application/x-www-form-urlencoded; charset=utf-8")

    def send(
        self,
        url: str,
        body: bytes,
        content_type: str,
        headers: Mapping[str, str] = {},
        *,
        repeated_by: Container[int] = (),
    ) -> Fetched:
        """Return the response to a POST; a redirect is returned and not followed.

        `repeated_by` lists redirect statuses that repeat the POST at the new location.

        Raises:
            FetchFailed: the URL must not be requested, or there is no usable response.
        """
        asked = {**headers, **self._ours, "Content-Type": content_type}

        with in_words(self._seconds):
            return self._post(url, body, asked, repeated_by)

    def _post(
        self, url: str, body: bytes, headers: Mapping[str, str], repeated_by: Container[int]
    ) -> Fetched:
        budget, url = Budget(self._seconds), _checked(url)
        for _ in range(MAX_REDIRECTS + 1):
            with self._answer(url, headers, budget, body) as (response, peer):
                location = response.headers.get("Location")
                if not location or response.status not in repeated_by:
                    return _fetched(url, response, peer)
            url = _redirected(url, location)
        raise FetchFailed(_REDIRECTS)

    def _follow(self, url: str, headers: Mapping[str, str], budget: Budget, admit: Admit) -> Fetched:
        url = _checked(url)
        for _ in range(MAX_REDIRECTS + 1):
            with self._answer(url, headers, budget, admit=admit) as (response, peer):
                location = response.get_redirect_location()
                page = None if location else _fetched(url, response, peer)
            if page and not (target := _refresh(page)):
                return page
            url = _allowed(url, target) if page else _redirected(url, location or "")
        raise FetchFailed(_REDIRECTS)

    @contextmanager
    def _answer(
        self,
        url: str,
        headers: Mapping[str, str],
        budget: Budget,
        body: bytes | None = None,
        *,
        admit: Admit = _admit_all,
    ) -> Iterator[tuple[BaseHTTPResponse, str]]:
        """Send one request; yield the response and the server's address."""
        parts = urlsplit(url)
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        with closing(self._connection(url, budget, partial(admit, url))) as connection:
            budget.bytes = MAX_HEAD
            method = "GET" if body is None else "POST"
            connection.request(method, target, body, headers=headers, preload_content=False)
            with closing(connection.getresponse()) as response:
                if response.status < HTTPStatus.OK:
                    raise FetchFailed(NOT_HTTP)
                budget.bytes = MAX_SENT
                yield response, connection.peer

    def _connection(self, url: str, budget: Budget, admit: Callable[[str], None]) -> Connection:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or _PORTS[parts.scheme]
        addresses = self._judged(host, port, budget)
        if parts.scheme == "https":
            return TlsConnection(host, port, addresses, budget, admit, ssl_context=self._tls)
        return Connection(host, port, addresses, budget, admit)

    def _judged(self, host: str, port: int, budget: Budget) -> Sequence[str]:
        """Return the host's addresses; raise FetchRefused if any is not public."""
        addresses = self._addresses(host, budget)
        if self._loopback and all(map(is_loopback, addresses)):
            return addresses
        if not all(map(is_public, addresses)):
            raise FetchRefused("its server is not on the public internet")
        if port not in _PORTS.values():
            raise FetchRefused("its port is neither 80 nor 443")
        return addresses

    def _addresses(self, host: str, budget: Budget) -> Sequence[str]:
        """Resolve a name, in a separate thread because the system's resolver has no timeout."""
        answer: Future[Sequence[str]] = Future()

        def ask() -> None:
            try:
                answer.set_result(self._resolve(host))
            except Exception as error:  # noqa: BLE001 - raised again by `answer.result`
                answer.set_exception(error)

        threading.Thread(target=ask, daemon=True).start()
        addresses = answer.result(timeout=budget.seconds())
        if not addresses:
            raise socket.gaierror
        return addresses


def _resolve(host: str) -> Sequence[str]:
    found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return [str(address[0]) for *_, address in found]


def _checked(url: str) -> str:
    try:
        return read_source(url).url
    except PingRefused:
        raise FetchRefused("its address is not a plain one of http or https") from None


def _redirected(url: str, location: str) -> str:
    """Return the target of a redirect; some servers send raw UTF-8, against the standard."""
    try:
        target = urljoin(url, location.encode("latin-1").decode("utf-8", "replace").strip())
    except ValueError:
        target = ""
    return _allowed(url, target)


def _allowed(url: str, target: str) -> str:
    """Return the address that a URL redirects to."""
    target = _checked(target)
    if url.startswith("https:") and target.startswith("http:"):
        raise FetchRefused("it redirects from https to http")
    return target


def _refresh(page: Fetched) -> str:
    """Return where a page sends its readers at once, or ""; a page that loads itself again is a page."""
    header = page.headers.get("refresh", "")
    if page.status != HTTPStatus.OK or not (header or b"refresh" in page.body[:_PIECE].lower()):
        return ""
    from trackback.web.html.refresh import refresh_target  # noqa: PLC0415 - the HTML parser, for few pages

    target = refresh_target(page.body, page.content_type, header, page.url)
    return target if target and urldefrag(target).url != urldefrag(page.url).url else ""


def _fetched(url: str, response: BaseHTTPResponse, peer: str) -> Fetched:
    headers = {name.lower(): value for name, value in response.headers.items()}
    body = bytearray()
    sent = response.stream(_PIECE, decode_content=False)
    for piece in decompressed(sent, headers.get("content-encoding", "")):
        body += piece
        if len(body) > MAX_BODY:
            break
    return Fetched(
        url=url,
        status=response.status,
        content_type=headers.get("content-type", ""),
        body=bytes(body[:MAX_BODY]),
        whole=len(body) <= MAX_BODY,
        headers={name: response.headers[name] for name in headers if name in _KEPT},  # joins repeated ones
        address=peer,
    )
