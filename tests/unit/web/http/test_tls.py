"""Connections with TLS."""

import ssl
import threading
from pathlib import Path

import pytest
import trustme

from tests.support.websites import Answer, drip, flood, page, redirect, silence, website
from tests.unit.web.http.slow_servers import BODY, BROKEN_OFF, CHUNKED, SECONDS, TOO_SLOW, in_time
from trackback.web.http.client import MAX_BODY, Fetcher
from trackback.web.http.failures import FetchFailed


@pytest.mark.parametrize("behaviour", [silence, drip(b"\x16\x03\x03\x40\0", b"a")], ids=["silence", "hello"])
def test_a_handshake_that_never_ends_is_left_in_time(behaviour: Answer) -> None:
    with website(behaviour) as site, in_time(), pytest.raises(FetchFailed, match=TOO_SLOW):
        Fetcher(loopback=True, seconds=SECONDS).get(f"https://127.0.0.1:{site.port}/")


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    """An authority of certificates."""
    return trustme.CA()


@pytest.fixture
def trusted(authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> trustme.CA:
    """The authority, in the system's store."""
    authority.cert_pem.write_to_path(str(tmp_path / "store.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "store.pem"))
    return authority


def tls_for(authority: trustme.CA, *names: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*names).configure_cert(context)
    return context


def at_blog(site_port: int, seconds: float = 5) -> bytes:
    fetcher = Fetcher(loopback=True, seconds=seconds, resolve=lambda _: ["127.0.0.1"])
    return fetcher.get(f"https://blog.example:{site_port}/").body


def test_tls_is_spoken_in_the_hosts_name(trusted: trustme.CA) -> None:
    tls = tls_for(trusted, "blog.example")
    asked: list[str | None] = []
    tls.sni_callback = lambda _socket, name, _context: asked.append(name)
    with website(page(MAX_BODY * b"a"), tls) as site:
        assert len(at_blog(site.port)) == MAX_BODY
    assert asked == ["blog.example"]
    assert f"Host: blog.example:{site.port}\r\n" in site.requests[0]


def test_an_address_may_have_a_certificate_too(trusted: trustme.CA) -> None:
    with website(page("Here."), tls_for(trusted, "127.0.0.1")) as site:
        assert Fetcher(loopback=True).get(site.url).body == b"Here."


@pytest.mark.parametrize("names", [("other.example",), ("127.0.0.1",), ("*.blog.example",)])
def test_a_certificate_for_another_name_is_refused(trusted: trustme.CA, names: tuple[str, ...]) -> None:
    with website(page(), tls_for(trusted, *names)) as site:
        with pytest.raises(FetchFailed, match="its server's certificate is not valid"):
            at_blog(site.port)
        assert site.requests == []


@pytest.mark.usefixtures("trusted")
def test_a_certificate_of_an_unknown_authority_is_refused() -> None:
    with website(page(), tls_for(trustme.CA(), "blog.example")) as site:
        with pytest.raises(FetchFailed, match="its server's certificate is not valid"):
            at_blog(site.port)
        assert site.requests == []


@pytest.mark.usefixtures("trusted")
@pytest.mark.parametrize("words", [b"HTTP/1.1 400 Bad Request\r\n\r\n", b"\x15\x03\x01\x00\x02\x02\x46", b""])
def test_a_server_that_speaks_no_tls_is_told(words: bytes) -> None:
    with website(words) as site, pytest.raises(FetchFailed) as failed:
        at_blog(site.port)
    assert str(failed.value) in {"no encrypted connection to its server came about", BROKEN_OFF}


@pytest.mark.parametrize(
    "behaviour",
    [silence, drip(b"HTTP/1.1 200 OK\r\n", b"A"), drip(BODY, b"a"), drip(CHUNKED, b"1\r\na\r\n")],
    ids=["silence", "headers", "body", "chunks"],
)
def test_a_slow_server_is_left_in_time_over_tls_too(trusted: trustme.CA, behaviour: Answer) -> None:
    tls = tls_for(trusted, "blog.example")
    with website(behaviour, tls) as site, in_time(), pytest.raises(FetchFailed, match=TOO_SLOW):
        at_blog(site.port, SECONDS)


def test_an_endless_body_is_cut_over_tls_too(trusted: trustme.CA) -> None:
    with website(flood(BODY, 65_536 * b"a"), tls_for(trusted, "blog.example")) as site:
        assert len(at_blog(site.port)) == MAX_BODY


def test_a_redirect_from_https_to_http_is_refused(trusted: trustme.CA) -> None:
    with website(page()) as plain, website(redirect(plain.url), tls_for(trusted, "blog.example")) as site:
        with pytest.raises(FetchFailed, match="it redirects from https to http"):
            at_blog(site.port)
        assert plain.connections == 0


def test_a_redirect_from_http_to_https_is_followed(trusted: trustme.CA) -> None:
    tls = tls_for(trusted, "127.0.0.1")
    with website(page("Here."), tls) as site, website(redirect(site.url)) as plain:
        assert Fetcher(loopback=True).get(plain.url).body == b"Here."


def test_many_fetch_at_once(trusted: trustme.CA) -> None:
    bodies: list[bytes] = []
    with website(page("Here."), tls_for(trusted, "127.0.0.1")) as site:
        fetcher = Fetcher(loopback=True)
        threads = [
            threading.Thread(target=lambda: bodies.append(fetcher.get(site.url).body)) for _ in range(16)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert bodies == 16 * [b"Here."]
