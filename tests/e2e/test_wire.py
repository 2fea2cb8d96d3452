"""What old and odd senders do on the wire, spoken to the running stack."""

import http.client
import socket
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.e2e.conftest import Running

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
SUCCESS = b'<?xml version="1.0" encoding="utf-8"?>\n<response>\n<error>0</error>\n</response>\n'


def ask(url: str, method: str = "GET", body: bytes | None = None, **headers: str) -> Any:
    """Return status, headers and body of one request; redirects are not followed."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request(method, parts.path + (f"?{parts.query}" if parts.query else ""), body, named)
    answer = connection.getresponse()
    found = answer.status, answer.headers, answer.read()
    connection.close()
    return found


MULTIPART = (
    b'--b\r\nContent-Disposition: form-data; name="url"\r\n\r\nhttps://a.example/mp\r\n'
    b'--b\r\nContent-Disposition: form-data; name="title"\r\n\r\nT\r\n--b--\r\n'
)
PINGS = [
    ("form", b"url=https://a.example/form&title=T%C3%A9", FORM, "Té"),
    ("no content type", b"url=https://a.example/none&title=T", {}, "T"),
    ("latin-1", b"url=https://a.example/latin&title=Caf\xe9", FORM, "Café"),
    (
        "shift_jis",
        b"url=https://a.example/sjis&charset=Shift_JIS&title=" + "髙い①".encode("cp932"),
        FORM,
        "髙い①",
    ),
    ("stray line break", b"url=https://a.example/xe&title=T\r\n", FORM, "T"),
    (
        "multipart",
        MULTIPART,
        {"Content-Type": "multipart/form-data; boundary=b"},
        "T",
    ),
]


@pytest.mark.parametrize(("body", "headers", "title"), [r[1:] for r in PINGS], ids=[r[0] for r in PINGS])
def test_a_ping_is_taken_however_it_is_sent(
    stack: Running, body: bytes, headers: dict[str, str], title: str
) -> None:
    status, _, answer = ask(stack.ping_url, "POST", body, **headers)
    assert (status, answer) == (200, SUCCESS)
    url = body.partition(b"https://")[2].partition(b"&")[0].partition(b"\r")[0].decode()
    assert [ping.texts.title for ping in stack.from_source(f"https://{url}")] == [title]


def test_a_sender_of_http_1_0_gets_lines_and_an_end(stack: Running) -> None:
    parts = urlsplit(stack.ping_url)
    body = b"url=https://a.example/old&title=Old"
    request = f"POST {parts.path} HTTP/1.0\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body
    with socket.create_connection(("127.0.0.1", parts.port or 80)) as wire:
        wire.sendall(request)
        answer = wire.makefile("rb").read()
    assert answer.startswith(b"HTTP/1.1 200")
    assert answer.endswith(SUCCESS)


def test_eight_copies_at_once_are_eight_successes_and_one_ping(stack: Running) -> None:
    body = b"url=https://a.example/eight&title=Eight"
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: ask(stack.ping_url, "POST", body, **FORM)[2], range(8)))
    assert answers == [SUCCESS] * 8
    assert [ping.texts.title for ping in stack.from_source("https://a.example/eight")] == ["Eight"]


ODD = [
    ("nothing", "POST", b"", {}),
    ("JSON", "POST", b'{"url": "https://a.example/"}', {"Content-Type": "application/json"}),
    ("Pingback", "POST", b"<methodCall></methodCall>", {"Content-Type": "text/xml"}),
    ("binary", "POST", bytes(range(256)) * 16, {"Content-Type": "application/octet-stream"}),
    ("64 KB and more", "POST", b"url=https://a.example/&excerpt=" + b"x" * 70_000, FORM),
    ("percent signs", "POST", b"%" * 60_000, FORM),
    ("an unknown charset", "POST", b"url=x&charset=utf-7", FORM),
    ("a strange verb", "BREW", None, {}),
]


@pytest.mark.parametrize(("method", "body", "headers"), [r[1:] for r in ODD], ids=[r[0] for r in ODD])
def test_nothing_odd_makes_a_server_error(
    stack: Running, method: str, body: bytes | None, headers: dict[str, str]
) -> None:
    status, _, answer = ask(stack.ping_url, method, body, **headers)
    assert status in {200, 405}
    assert b"<error>1</error>\n<message>" in answer


PATHS = [
    "/trackback/localhost/%00",
    "/trackback/%ff%fe/%e9",
    "/trackback/..%2f..%2fetc/passwd",
    "/trackback/[::1]/",
    "/pings/%00",
    "/pings/%ff",
    "/counts?post=%ff%00",
    "/counts?post=" + "a" * 8000,
    "/embed.js?x=%ff",
]


@pytest.mark.parametrize("method", ["GET", "POST", "HEAD", "OPTIONS"])
def test_no_path_makes_a_server_error(stack: Running, method: str) -> None:
    answers = {path: ask(stack.api + path, method)[:2] for path in PATHS}
    assert {path: status for path, (status, _) in answers.items() if status >= 500} == {}
    assert [path for path, (_, headers) in answers.items() if "Location" in headers] == []


def test_a_page_on_any_origin_may_read(stack: Running) -> None:
    status, headers, _ = ask(f"{stack.api}/pings/x.example/", Origin="https://blog.example")
    assert (status, headers["Access-Control-Allow-Origin"]) == (200, "*")
    preflight = {"Origin": "https://blog.example", "Access_Control_Request_Method": "GET"}
    status, headers, _ = ask(f"{stack.api}/pings/x.example/", "OPTIONS", None, **preflight)
    assert (status, headers["Access-Control-Allow-Methods"]) == (204, "GET,HEAD")


def test_a_ping_url_tells_its_methods_and_leads_a_person_to_the_post(stack: Running) -> None:
    status, headers, _ = ask(stack.ping_url, "OPTIONS")
    assert (status, headers["Allow"]) == (204, "POST, GET, HEAD, OPTIONS")
    for method in ("GET", "HEAD"):
        status, headers, _ = ask(stack.ping_url, method)
        assert (status, headers["Location"]) == (303, f"{stack.blog}/posts/hello-world/")


def test_what_is_no_route_is_not_found(stack: Running) -> None:
    assert ask(f"{stack.api}/nothing")[0] == 404
