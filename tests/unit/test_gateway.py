"""Requests of API Gateway: who asks, for which host, and what they sent, read strictly."""

from typing import Any

import pytest

from tests.support.events import FORM, http_event
from trackback.errors import BadQuery
from trackback.gateway import Fields, Request, first

KEY = "known to the CDN alone"
GATEWAY, SOURCE = "abc.execute-api.us-east-1.amazonaws.com", "192.0.2.1"
TOLD = {"x-viewer-address": "2001:db8::7", "x-viewer-host": "d111.cloudfront.net"}


@pytest.fixture(autouse=True)
def as_deployed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("API_URL")
    monkeypatch.setenv("CDN_KEY", KEY)


def event(headers: dict[str, str]) -> dict[str, Any]:
    return http_event("GET", "/moderate", headers={"host": GATEWAY, **headers})


def told(event: dict[str, Any]) -> tuple[str, str]:
    request = Request(event)
    return request.client_address, request.public_origin


def posted(body: bytes, content_type: str = FORM, *, base64_encoded: bool = True) -> dict[str, Any]:
    headers = {"content-type": content_type}
    return http_event("POST", "/moderate/decide", headers=headers, body=body, base64_encoded=base64_encoded)


def test_the_cdn_tells_the_viewers_address_and_the_host_that_was_asked() -> None:
    assert told(event({**TOLD, "x-cdn-key": KEY})) == ("2001:db8::7", "https://d111.cloudfront.net")


@pytest.mark.parametrize(
    "headers",
    [
        {},
        TOLD,
        {**TOLD, "x-cdn-key": ""},
        {**TOLD, "x-cdn-key": "guessed"},
        {**TOLD, "x-cdn-key": KEY.upper()},
        {**TOLD, "x-cdn-key": f"{KEY},{KEY}"},  # the gateway joins what comes twice
        {**TOLD, "x-cdn-key": "ключ \udc80"},
        {"x-cdn-key": KEY},
        {"x-cdn-key": KEY, "x-viewer-address": "", "x-viewer-host": ""},
        {"x-forwarded-for": "203.0.113.9", "x-forwarded-host": "evil.example", "x-real-ip": "203.0.113.9"},
    ],
    ids=lambda headers: ascii(headers.get("x-cdn-key", sorted(headers))),
)
def test_without_the_cdns_word_it_is_the_gateway_that_knows(headers: dict[str, str]) -> None:
    assert told(event(headers)) == (SOURCE, f"https://{GATEWAY}")


@pytest.mark.parametrize("sent", [{}, {"x-cdn-key": ""}])
@pytest.mark.parametrize("key", ["", None])
def test_where_there_is_no_key_nobody_has_it(
    sent: dict[str, str], key: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CDN_KEY") if key is None else monkeypatch.setenv("CDN_KEY", key)
    assert told(event({**TOLD, **sent})) == (SOURCE, f"https://{GATEWAY}")


def test_an_event_without_headers_is_one_of_the_gateways() -> None:
    assert told({**event({}), "headers": None}) == (SOURCE, f"https://{GATEWAY}")


def test_on_this_machine_a_setting_says_where_the_api_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("API_URL", "http://localhost:8080")
    assert told(event({**TOLD, "x-cdn-key": KEY}))[1] == "http://localhost:8080"


@pytest.mark.parametrize("base64_encoded", [True, False])
def test_a_form_has_all_values_of_each_field(base64_encoded: bool) -> None:
    body = "ping=a&ping=b&x=&é=%C3%A9+".encode()
    fields = Request(posted(body, base64_encoded=base64_encoded)).form()
    assert fields == {"ping": ["a", "b"], "x": [""], "é": ["é "]}
    assert (first(fields, "ping"), first(fields, "none")) == ("a", "")


def test_bytes_of_a_form_that_are_no_text_do_no_harm() -> None:
    assert Request(posted(b"a=%FF\xfe")).form() == {"a": ["\ufffd\ufffd"]}


@pytest.mark.parametrize(
    ("event", "words"),
    [
        (posted(b"a=b", "text/plain"), f"Send a form, as {FORM}."),
        (posted(b"a=b", "multipart/form-data; boundary=x"), f"Send a form, as {FORM}."),
        (posted(b"a=b", ""), f"Send a form, as {FORM}."),
        (posted(b"a=" + b"b" * 65_535), "The form is too large: at most 64 KB."),
        (posted(b"&".join([b"a=b"] * 201)), "Send at most 200 parameters."),
        ({**posted(b"a=b"), "body": "%"}, "The request's body is broken. Send it again."),
    ],
    ids=["text", "multipart", "untyped", "too large", "too many fields", "broken"],
)
def test_what_is_no_form_of_ours_is_refused(event: dict[str, Any], words: str) -> None:
    with pytest.raises(BadQuery) as refused:
        Request(event).form()
    assert str(refused.value) == words


@pytest.mark.parametrize(
    ("query", "parameters"),
    [
        ("post=a&post=b%2Cc", {"post": ["a", "b,c"]}),
        ("tab=spam&search=&x", {"tab": ["spam"], "search": [""], "x": [""]}),
        ("", {}),
    ],
)
def test_a_query_keeps_repeated_parameters_apart(query: str, parameters: Fields) -> None:
    request = Request(http_event("GET", "/counts", query=query))
    assert (request.query(), request.raw_query) == (parameters, query)


def test_a_query_has_a_limit_of_parameters() -> None:
    request = Request(http_event("GET", "/counts", query="&".join(["a=b"] * 3)))
    assert request.query(3) == request.query(None) == {"a": ["b"] * 3}
    with pytest.raises(BadQuery, match="at most 2 parameters"):
        request.query(2)


def test_a_cookie_is_found_among_others() -> None:
    request = Request(http_event("GET", "/moderate", headers={"cookie": "a=b; session=x=y; session2=z"}))
    assert [request.cookie(name) for name in ("session", "sess")] == ["x=y", ""]
    assert Request({}).cookie("a") == ""


@pytest.mark.parametrize("space", ["\u2000", "\xa0", "\x85", "\t"], ids=ascii)
def test_a_cookie_whose_name_begins_with_a_space_is_another(space: str) -> None:
    assert Request({"cookies": [f"{space}__Host-trackback=x"]}).cookie("__Host-trackback") == ""


def test_a_body_is_bytes_and_broken_base64_is_an_error() -> None:
    bodies = [posted(b"a\xff"), posted(b"a", base64_encoded=False), http_event("POST", "/")]
    assert [Request(each).body() for each in bodies] == [b"a\xff", b"a", b""]
    for body in ("!", "abc", "dXJs\nPQ==", "é", "\ud800"):
        with pytest.raises(ValueError, match=r"base64|padding|data"):
            Request({**posted(b"a"), "body": body}).body()


def test_header_names_are_in_any_case() -> None:
    request = Request(http_event("GET", "/", headers={"Accept": "text/html"}))
    assert [request.header(name) for name in ("accept", "Accept", "origin")] == ["text/html"] * 2 + [""]
