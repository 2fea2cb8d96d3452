"""The HTTP client's requests, and what it returns."""

import tomllib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from werkzeug.wrappers import Request, Response

from tests.stack.servers import serving
from tests.support.websites import page, redirect, website
from tests.unit.web.http.fetching import get, here, names
from trackback.web.http.client import USER_AGENT, Fetched, Fetcher
from trackback.web.http.failures import FetchFailed


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


def test_a_header_cannot_smuggle_another_in() -> None:
    with website(page()) as site:
        for name in ("X\r\nInjected", "X: y", "Grüße 💌"):
            with pytest.raises(FetchFailed):
                here().send(site.url, b"", "text/plain", {name: "a"})
        for value in ("a", "a\r\nInjected: b", "a\nb", "Grüße 💌"):
            with suppress(FetchFailed):
                here().send(site.url, b"", "text/plain", {"X": value})
    assert not any("\r\nInjected" in request for request in site.requests)


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
