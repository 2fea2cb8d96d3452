"""The HTTP client connects to public addresses only."""

import socket
from collections.abc import Sequence

import pytest

from tests.support.websites import page, redirect, watched_connects, website
from tests.unit.web.http.fetching import NOT_HTTP, NOT_PLAIN, NOT_PUBLIC, PORT, here, names
from trackback.web.http.client import Fetcher
from trackback.web.http.failures import FetchFailed, FetchRefused

UNKNOWN = "its server's name is unknown"


def refusal(url: str, fetcher: Fetcher | None = None) -> str:
    """Return the words in which a fetch is refused, before any connection is tried."""
    with watched_connects() as connects, pytest.raises(FetchFailed) as failure:
        (fetcher or Fetcher(seconds=5)).get(url)
    assert connects == []
    return str(failure.value)


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


def test_a_form_goes_to_no_private_address() -> None:
    with watched_connects() as connects, pytest.raises(FetchFailed, match="not on the public internet"):
        Fetcher(seconds=5).post("http://127.0.0.1/", {"a": "b"})
    assert connects == []


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


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_private_address_is_refused_however_it_is_written(scheme: str) -> None:
    refusals = {host: refusal(f"{scheme}://{host}/") for host in PRIVATE_HOSTS.split()}
    assert set(refusals.values()) <= {NOT_PUBLIC, UNKNOWN}, refusals


@pytest.mark.parametrize(
    "addresses",
    ["8.8.8.8 127.0.0.1", "10.0.0.1 8.8.8.8", "2606:4700::1 ::1", "8.8.8.8 fe80::1%2", "8.8.8.8 not-one"],
)
def test_one_private_address_among_public_ones_is_enough(addresses: str) -> None:
    for loopback in (False, True):
        fetcher = Fetcher(loopback=loopback, resolve=names(blog_example=addresses))
        assert refusal("http://blog.example/", fetcher) == NOT_PUBLIC


@pytest.mark.parametrize("address", ["10.0.0.1", "169.254.169.254", "0.0.0.0", "::", "::ffff:127.0.0.1"])
def test_the_local_stack_may_fetch_from_loopback_only(address: str) -> None:
    fetcher = Fetcher(loopback=True, resolve=names(blog_example=address))
    assert refusal("http://blog.example/", fetcher) == NOT_PUBLIC


@pytest.mark.parametrize("loopback", [False, True])
def test_other_ports_are_refused(*, loopback: bool) -> None:
    fetcher = Fetcher(loopback=loopback, resolve=names(blog_example="8.8.8.8"))
    ports = (1, 22, 81, 444, 8080, 8443, 65_535)
    refusals = {port: refusal(f"http://blog.example:{port}/", fetcher) for port in ports}
    assert refusals == dict.fromkeys(ports, PORT)


def test_an_odd_url_is_refused() -> None:
    urls = [
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
    ]
    assert {url: words for url in urls if (words := refusal(url)) != NOT_PLAIN} == {}


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
