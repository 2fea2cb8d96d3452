"""Pages of strangers are fetched, and nothing but pages of strangers."""

import socket
import tomllib
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from werkzeug.wrappers import Request, Response

from tests.stack.servers import serving
from tests.websites import page, redirect, watched_connects, website
from trackback.web.http.client import MAX_BODY, USER_AGENT, Fetched, Fetcher, FetchFailed, FetchRefused

UNKNOWN = "its server's name is unknown"
NOT_PUBLIC = "its server is not on the public internet"
PORT = "its port is neither 80 nor 443"
NOT_PLAIN = "its address is not a plain one of http or https"
NOT_HTTP = "its server's answer is not HTTP"
TOO_MUCH = "its server sends more than a page can need"
BROKEN_OFF = "its server broke off before the end"


def names(**addresses: str) -> Callable[[str], Sequence[str]]:
    """Return a look-up of names like `blog_example`, each with one or more addresses."""
    return lambda host: addresses[host.replace(".", "_").replace("-", "_")].split()


def here(seconds: float = 5) -> Fetcher:
    """Return a fetcher as the local stack has it."""
    return Fetcher(loopback=True, seconds=seconds)


def get(answer: bytes, seconds: float = 5) -> Fetched:
    """Return what is fetched from a server that answers so."""
    with website(answer) as site:
        return here(seconds).get(site.url)


def refusal(url: str, fetcher: Fetcher | None = None) -> str:
    """Return the words in which a fetch is refused, before any connection is tried."""
    with watched_connects() as connects, pytest.raises(FetchFailed) as failure:
        (fetcher or Fetcher(seconds=5)).get(url)
    assert connects == []
    return str(failure.value)


def test_a_page_comes_with_all_that_is_told_of_it() -> None:
    answer = page("<p>Grüße</p>", ETag='"7"', Link="<https://b.example/>; rel=x", Set_Cookie="a=b")
    with website({"/a?b=c": answer}) as site:
        fetched = here().get(f"{site.url}/a?b=c#d")
    assert fetched == Fetched(
        url=f"{site.url}/a?b=c#d",
        status=200,
        content_type="text/html; charset=utf-8",
        body="<p>Grüße</p>".encode(),
        whole=True,
        headers={"etag": '"7"', "link": "<https://b.example/>; rel=x"},
        address="127.0.0.1",
    )


@pytest.mark.parametrize("status", ["200 OK", "302 Found", "307 Temporary Redirect"])
def test_a_form_is_sent_once_and_a_redirect_of_it_not_followed(status: str) -> None:
    with website({"/form": page("ok", status, Location="/elsewhere"), "/elsewhere": page("no")}) as site:
        fetched = here().post(f"{site.url}/form", {"a": "Grüße & more", "b": ""})
        assert (str(fetched.status), fetched.body, site.connections) == (status[:3], b"ok", 1)


@pytest.mark.parametrize("status", ["302 Found", "307 Temporary Redirect", "308 Permanent Redirect"])
def test_a_form_is_sent_again_where_a_redirect_leads_that_keeps_it(status: str) -> None:
    answers = {"/a": redirect("/b", status), "/b": page("There.")}
    with website(answers) as site:
        fetched = here().send(f"{site.url}/a", b"x=y", "text/plain", repeated_by={307, 308})
        at, body = ("/a", b"Elsewhere.") if status.startswith("302") else ("/b", b"There.")
        assert (fetched.url, fetched.body) == (f"{site.url}{at}", body)
        assert all(request.startswith("POST ") for request in site.requests)


def test_a_form_is_not_sent_to_a_private_address_by_a_redirect_or_in_a_circle() -> None:
    with (
        website({"/a": redirect("http://10.0.0.1/", "307 Temporary")}) as site,
        watched_connects() as connects,
    ):
        with pytest.raises(FetchRefused, match=NOT_PUBLIC):
            here().send(f"{site.url}/a", b"", "text/plain", repeated_by={307})
        assert connects == [("127.0.0.1", site.port)]
    with website(redirect("/", "308 Permanent")) as site:
        with pytest.raises(FetchFailed, match="more than 5 times"):
            here().send(site.url, b"", "text/plain", repeated_by={308})
        assert site.connections == 6


def test_another_user_agent_may_be_given() -> None:
    with website(page()) as site:
        Fetcher(loopback=True, user_agent="Sender (why)").get(site.url)
    assert "\r\nUser-Agent: Sender (why)\r\n" in site.requests[0]


def test_a_body_is_sent_as_it_is_with_what_is_told_of_it() -> None:
    body = '{"title": "Grüße"}\n'.encode()
    seen: list[Request] = []

    def take(environ: Any, start_response: Any) -> Any:
        seen.append(Request(environ))
        assert seen[0].get_data() == body
        return Response("ok", 202)(environ, start_response)

    told = {"X-Id": "7", "Connection": "keep-alive", "User-Agent": "Another", "Content-Type": "text/plain"}
    with serving(take) as server:
        fetched = here().send(f"http://127.0.0.1:{server.port}/a?b", body, "application/json", told)
    assert (fetched.status, fetched.body) == (202, b"ok")
    assert (seen[0].method, seen[0].full_path) == ("POST", "/a?b")
    assert dict(seen[0].headers) == {
        "Host": f"127.0.0.1:{server.port}",
        "Content-Type": "application/json",
        "Content-Length": str(len(body)),
        "X-Id": "7",
        "Accept-Encoding": "gzip, deflate",
        "Connection": "close",
        "User-Agent": USER_AGENT,
    }


@pytest.mark.parametrize("name", ["X\r\nInjected", "X: y", "Grüße 💌"])
@pytest.mark.parametrize("value", ["a", "a\r\nInjected: b", "a\nb", "Grüße 💌"])
def test_a_header_cannot_smuggle_another_in(name: str, value: str) -> None:
    with website(page()) as site:
        with pytest.raises(FetchFailed):
            here().send(site.url, b"", "text/plain", {name: value})
        with suppress(FetchFailed):
            here().send(site.url, b"", "text/plain", {"X": value})
    assert not any("\r\nInjected" in request for request in site.requests)


def test_a_form_goes_to_no_private_address() -> None:
    with watched_connects() as connects, pytest.raises(FetchFailed, match="not on the public internet"):
        Fetcher(seconds=5).post("http://127.0.0.1/", {"a": "b"})
    assert connects == []


@pytest.mark.parametrize("status", ["204 None", "304 Same", "404 Not Found", "410 Gone", "500 Oh", "503 No"])
def test_a_status_is_an_answer_and_no_failure(status: str) -> None:
    assert get(page(status=status, Content_Length="0")).status == int(status[:3])


def test_the_request_names_the_service_and_the_host_and_asks_for_html() -> None:
    with website(page()) as site:
        here().get(f"{site.url}/a%20b?c", headers={"If-None-Match": '"7"'})
        first, *lines = site.requests[0].strip().split("\r\n")
    assert first == "GET /a%20b?c HTTP/1.1"
    assert dict(line.split(": ", 1) for line in lines) == {
        "Host": f"127.0.0.1:{site.port}",
        "If-None-Match": '"7"',
        "Accept": "text/html,application/xhtml+xml;q=0.9,*/*;q=0.5",
        "Accept-Encoding": "gzip, deflate",
        "Connection": "close",
        "User-Agent": USER_AGENT,
    }


def test_the_user_agent_has_the_projects_version() -> None:
    project = tomllib.loads(Path("pyproject.toml").read_text("utf-8"))["project"]
    assert USER_AGENT.startswith(f"Trackback/{project['version']} ")


@pytest.mark.parametrize("name", ["bücher.example", "xn--bcher-kva.example", "BÜCHER.example."])
def test_an_international_name_is_looked_up_and_named_in_ascii(name: str) -> None:
    with website(page()) as site:
        Fetcher(loopback=True, resolve=names(xn__bcher_kva_example="127.0.0.1")).get(
            f"http://{name}:{site.port}"
        )
    assert f"Host: xn--bcher-kva.example:{site.port}\r\n" in site.requests[0]


@pytest.mark.parametrize(
    ("url", "port"),
    [
        ("http://blog.example/", 80),
        ("https://blog.example", 443),
        ("http://blog.example:443/", 443),
        ("https://blog.example:80/", 80),
    ],
)
@pytest.mark.parametrize("loopback", [False, True])
def test_a_public_address_is_connected_to(url: str, port: int, *, loopback: bool) -> None:
    fetcher = Fetcher(loopback=loopback, resolve=names(blog_example="8.8.8.8 2606:4700::1"))
    with watched_connects() as connects, pytest.raises(FetchFailed, match="takes no connection"):
        fetcher.get(url)
    assert connects == [("8.8.8.8", port), ("2606:4700::1", port)]


PRIVATE_HOSTS = """
127.0.0.1 127.1 127.0.1 2130706433 0x7f.1 0x7f000001 017700000001 0177.0.0.1 0 0.0.0.0 ①②⑦.0.0.1 １２７.1
127。0。0。1 localhost LOCALHOST localhost. [::1] [::] [::ffff:127.0.0.1] [::ffff:7f00:1] [0:0:0:0:0:0:0:1]
[64:ff9b::7f00:1] [2002:7f00:1::] [::127.0.0.1] 169.254.169.254 2852039166 0xa9fea9fe [::ffff:169.254.169.254]
[fd00:ec2::254] [64:ff9b::a9fe:a9fe] 10.0.0.1 192.168.0.1 172.16.0.1 100.64.0.1 [fe80::1] [fc00::1] 224.0.0.1
255.255.255.255
"""


@pytest.mark.parametrize("host", PRIVATE_HOSTS.split())
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_private_address_is_refused_however_it_is_written(scheme: str, host: str) -> None:
    assert refusal(f"{scheme}://{host}/") in {NOT_PUBLIC, UNKNOWN}


@pytest.mark.parametrize(
    "addresses",
    ["8.8.8.8 127.0.0.1", "10.0.0.1 8.8.8.8", "2606:4700::1 ::1", "8.8.8.8 fe80::1%2", "8.8.8.8 not-one"],
)
@pytest.mark.parametrize("loopback", [False, True])
def test_one_private_address_among_public_ones_is_enough(addresses: str, *, loopback: bool) -> None:
    fetcher = Fetcher(loopback=loopback, resolve=names(blog_example=addresses))
    assert refusal("http://blog.example/", fetcher) == NOT_PUBLIC


@pytest.mark.parametrize("address", ["10.0.0.1", "169.254.169.254", "0.0.0.0", "::", "::ffff:127.0.0.1"])
def test_the_local_stack_may_fetch_from_loopback_only(address: str) -> None:
    fetcher = Fetcher(loopback=True, resolve=names(blog_example=address))
    assert refusal("http://blog.example/", fetcher) == NOT_PUBLIC


@pytest.mark.parametrize("port", [1, 22, 81, 444, 8080, 8443, 65_535])
@pytest.mark.parametrize("loopback", [False, True])
def test_other_ports_are_refused(port: int, *, loopback: bool) -> None:
    fetcher = Fetcher(loopback=loopback, resolve=names(blog_example="8.8.8.8"))
    assert refusal(f"http://blog.example:{port}/", fetcher) == PORT


@pytest.mark.parametrize(
    "url",
    [
        "ftp://blog.example/",
        "file:///etc/passwd",
        "gopher://blog.example/",
        "data:text/html,x",
        "//blog.example/",
        "blog.example",
        "",
        "http://",
        "http:///a",
        "http://a:b@blog.example/",
        "http://a@blog.example/",
        "http://blog.example\\@other.example/",
        "http://blog.example:x/",
        "http://blog.example:0/",
        "http://blog.example:99999/",
        "http://[::1%25lo]/",
        "http://[::1/",
        "http://a b.example/",
        "http://blog.example/\r\nHost: other.example",
        "http://blog.example/\0",
        "http://" + 260 * "a" + ".example/",
        "http://blog.example/" + 2_048 * "a",
    ],
)
def test_an_odd_url_is_refused(url: str) -> None:
    assert refusal(url) == NOT_PLAIN


def test_a_name_is_looked_up_once_and_no_answer_of_later_counts() -> None:
    asked: list[str] = []

    def rebinding(host: str) -> Sequence[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["10.0.0.1"]

    with website(page("Here.")) as site, watched_connects() as connects:
        fetched = Fetcher(loopback=True, resolve=rebinding).get(f"http://blog.example:{site.port}/")
    assert fetched.body == b"Here."
    assert asked == ["blog.example"]
    assert connects == [("127.0.0.1", site.port)]


def test_every_redirect_is_looked_up_and_judged_anew() -> None:
    answers = iter([["127.0.0.1"], ["10.0.0.1"]])
    with website({"/": redirect("/again")}) as site, watched_connects() as connects:
        fetcher = Fetcher(loopback=True, resolve=lambda _: next(answers))
        with pytest.raises(FetchFailed, match=NOT_PUBLIC):
            fetcher.get(f"http://blog.example:{site.port}/")
    assert connects == [("127.0.0.1", site.port)]


@pytest.mark.parametrize(
    ("failure", "words"),
    [
        (socket.gaierror(-2, "Name or service not known"), UNKNOWN),
        (UnicodeError("label too long"), NOT_HTTP),
        (TimeoutError(), "its server did not answer within 5 seconds"),
    ],
    ids=["unknown", "unreadable", "slow"],
)
def test_a_failing_look_up_is_told(failure: Exception, words: str) -> None:
    def fail(_: str) -> Sequence[str]:
        raise failure

    assert refusal("http://blog.example/", Fetcher(seconds=5, resolve=fail)) == words


def test_a_name_without_addresses_is_unknown() -> None:
    assert refusal("http://blog.example/", Fetcher(resolve=names(blog_example=""))) == UNKNOWN


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "303 See", "307 Temporary", "308 Permanent"])
def test_a_redirect_is_followed(status: str) -> None:
    with website({"/": redirect("a/?b#c", status), "/a/?b": page("There.")}) as site:
        fetched = here().get(site.url)
    assert (fetched.body, fetched.url) == (b"There.", f"{site.url}/a/?b#c")


@pytest.mark.parametrize(
    ("location", "path"),
    [
        ("/grüße", "/gr%C3%BC%C3%9Fe"),
        ("/gr%C3%BC", "/gr%C3%BC"),
        ("  /a b ", "/a%20b"),
        ("?q=ü", "/?q=%C3%BC"),
        ("../../a", "/a"),
    ],
)
def test_a_redirects_target_is_read_as_servers_send_it(location: str, path: str) -> None:
    answer = redirect("LOCATION").replace(b"LOCATION", location.encode())
    with website({"/": answer, path: page("There.")}) as site:
        assert here().get(f"{site.url}/").body == b"There."


@pytest.mark.parametrize("status", ["300 Choose", "302 Found", "304 Same"])
def test_a_status_that_leads_nowhere_is_an_answer(status: str) -> None:
    answer = redirect("/a", status) if status[:3] != "302" else page("", status)
    assert get(answer).status == int(status[:3])


def test_five_redirects_are_followed() -> None:
    with website({f"/{n}": redirect(f"/{n + 1}") for n in range(5)} | {"/5": page("There.")}) as site:
        assert here().get(f"{site.url}/0").body == b"There."


@pytest.mark.parametrize("start", ["/0", "/loop", "/a"])
def test_more_redirects_are_not(start: str) -> None:
    chain = {f"/{n}": redirect(f"/{n + 1}") for n in range(9)}
    with website({**chain, "/loop": redirect("/loop"), "/a": redirect("/b"), "/b": redirect("/a")}) as site:
        with pytest.raises(FetchFailed, match="it redirects more than 5 times"):
            here().get(site.url + start)
        assert site.connections == 6


@pytest.mark.parametrize(
    ("location", "words"),
    [
        ("http://10.0.0.1/", NOT_PUBLIC),
        ("http://169.254.169.254/latest/meta-data/", NOT_PUBLIC),
        ("//169.254.169.254/", NOT_PUBLIC),
        ("http://2852039166/", NOT_PUBLIC),
        ("http://[::ffff:a9fe:a9fe]/", NOT_PUBLIC),
        ("http://[fd00:ec2::254]/", NOT_PUBLIC),
        ("http://0/", NOT_PUBLIC),
        ("http://8.8.8.8:22/", PORT),
        ("https://8.8.8.8:6379/", PORT),
        ("file:///etc/passwd", NOT_PLAIN),
        ("ftp://8.8.8.8/", NOT_PLAIN),
        ("javascript:alert(1)", NOT_PLAIN),
        ("http://user:secret@8.8.8.8/", NOT_PLAIN),
        ("http://8.8.8.8\\@127.0.0.1/", NOT_PLAIN),
        ("http://[::1", NOT_PLAIN),
        ("http://a\0b/", NOT_PLAIN),
        ("/" + "a" * 2_048, NOT_PLAIN),
    ],
)
def test_a_redirect_leads_only_where_one_may_go(location: str, words: str) -> None:
    with website(redirect(location)) as site, watched_connects() as connects:
        with pytest.raises(FetchFailed) as failure:
            here().get(site.url)
        assert connects == [("127.0.0.1", site.port)]
    assert str(failure.value) == words


def test_no_cookie_is_kept_and_no_referrer_told() -> None:
    first = redirect("/b").replace(b"Location", b"Set-Cookie: a=b\r\nLocation")
    with website({"/a": first, "/b": page()}) as site:
        fetcher = here()
        fetcher.get(f"{site.url}/a")
        fetcher.get(f"{site.url}/b")
    assert len(site.requests) == 3
    assert not any("cookie" in request.lower() or "referer" in request.lower() for request in site.requests)


@pytest.fixture
def proxy(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[str]:
    """An environment that names a proxy and credentials for everything."""
    (tmp_path / ".netrc").write_text("default login me password secret\n", "utf-8")
    (tmp_path / ".netrc").chmod(0o600)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    with website(page("The proxy.")) as site:
        for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, site.url)
        monkeypatch.delenv("no_proxy", raising=False)
        monkeypatch.delenv("NO_PROXY", raising=False)
        yield site.url
        assert site.connections == 0


@pytest.mark.usefixtures("proxy")
def test_proxies_and_credentials_of_the_environment_are_not_used() -> None:
    with website(page("The site.")) as site:
        assert here().get(site.url).body == b"The site."
    assert "authorization" not in site.requests[0].lower()


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


def test_redirects_to_one_site_are_followed_only_as_often_as_is_allowed() -> None:
    allowed = [True, True, False]
    with website({"/": page("a victim")}) as victim, website(redirect(f"{victim.url}/")) as site:
        fetcher = Fetcher(loopback=True, seconds=5, may_redirect_to=lambda _: allowed.pop(0))
        assert [fetcher.get(site.url).body for _ in range(2)] == [b"a victim"] * 2
        with pytest.raises(FetchFailed, match="asked too often"):
            fetcher.get(site.url)
    assert victim.connections == 2


def test_a_redirect_within_a_site_needs_no_leave() -> None:
    with website({"/a": redirect("/b"), "/b": page("b")}) as site:
        fetcher = Fetcher(loopback=True, seconds=5, may_redirect_to=lambda _: False)
        assert fetcher.get(f"{site.url}/a").body == b"b"
