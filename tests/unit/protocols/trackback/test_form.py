"""Bodies and query strings as senders really post them."""

import base64
from typing import Any

import pytest

from tests.support.events import FORM, form_event, http_event
from trackback.errors import PingRefused
from trackback.gateway import Request
from trackback.protocols.trackback.form import Form, charset_label, read_form

URL = b"url=http%3A%2F%2Fother.example%2F"
FORM_DATA = 'multipart/form-data; boundary="X"'


def _part(name: str, value: bytes, more: str = "") -> bytes:
    return f'--X\r\nContent-Disposition: form-data; name="{name}"{more}\r\n\r\n'.encode() + value + b"\r\n"


def _text_event(body: bytes, content_type: str) -> dict[str, Any]:
    headers = {"content-type": content_type}
    return http_event("POST", "/trackback/blog.example/", headers=headers, body=body, base64_encoded=False)


def read(event: dict[str, Any]) -> Form:
    return read_form(Request(event))


@pytest.mark.parametrize(
    ("body", "form"),
    [
        pytest.param(
            b"title=It%26%238217%3Bs&url=http%3A%2F%2Fwp.example%2F&blog_name=Tom+%26amp%3B+Jo&excerpt=a+%26%238230%3B",
            {
                "title": b"It&#8217;s",
                "url": b"http://wp.example/",
                "blog_name": b"Tom &amp; Jo",
                "excerpt": b"a &#8230;",
            },
            id="WordPress 6.1.9",
        ),
        pytest.param(
            URL + b"&title=%93%FA%96%7B", {"title": b"\x93\xfa\x96{"}, id="escaped bytes stay bytes"
        ),
        pytest.param(URL + b"&title=\x93\xfa\x96{", {"title": b"\x93\xfa\x96{"}, id="raw bytes stay bytes"),
        pytest.param(URL + b"&charset=euc-kr", {"charset": b"euc-kr"}, id="charset as a field"),
        pytest.param(
            URL + b"&title=a+b%2B%20c", {"title": b"a b+ c"}, id="plus is a space, escaped it is not"
        ),
        pytest.param(
            URL + b"&title=100%&excerpt=%zz%4", {"title": b"100%", "excerpt": b"%zz%4"}, id="stray percent"
        ),
        pytest.param(URL + b"&title=a=b=c", {"title": b"a=b=c"}, id="equals signs in a value"),
        pytest.param(
            URL + b"&title=a;excerpt=b", {"title": b"a;excerpt=b"}, id="a semicolon separates nothing"
        ),
        pytest.param(URL + b"&title&excerpt=", {}, id="names without values"),
        pytest.param(
            URL + b"&title=&title=+&title=T&title=U", {"title": b"T"}, id="the first filled one of many"
        ),
        pytest.param(URL + b"&tb_id=1&p=2&__mode=x&id=3", {}, id="fields of the sender's own"),
        pytest.param(
            URL + b"&amp;title=T&amp;excerpt=E", {"title": b"T", "excerpt": b"E"}, id="&amp; as separator"
        ),
        pytest.param(b"title=T&" + URL + b"\r\n", {"title": b"T"}, id="a line break after the body"),
        pytest.param(b"\xef\xbb\xbf" + URL, {}, id="a raw byte order mark"),
        pytest.param(b"%EF%BB%BF" + URL, {}, id="an escaped byte order mark"),
        pytest.param(b"&&" + URL + b"&&", {}, id="empty pairs"),
    ],
)
def test_a_form_is_read(body: bytes, form: dict[str, bytes]) -> None:
    assert read(form_event(body)) == {"url": b"http://other.example/"} | form


def test_an_unescaped_url_loses_its_tail_and_is_taken() -> None:
    assert read(form_event(b"url=http://other.example/?a=1&b=2&title=T")) == {
        "url": b"http://other.example/?a=1",
        "title": b"T",
    }


@pytest.mark.parametrize(
    "content_type",
    ["", FORM, FORM.upper(), f"{FORM}; charset=x", "text/html", "application/octet-stream", "a/b/c", ";;"],
)
def test_a_form_is_a_form_under_any_media_type(content_type: str) -> None:
    assert read(form_event(URL, content_type)) == {"url": b"http://other.example/"}


def test_a_form_may_come_as_text() -> None:
    assert read(_text_event(URL + b"&title=caf\xc3\xa9", "text/plain")) == {
        "url": b"http://other.example/",
        "title": "café".encode(),
    }


@pytest.mark.parametrize(
    ("body", "query", "form"),
    [
        pytest.param(
            b"", "url=http%3A%2F%2Fr%2F&title=T", {"url": b"http://r/", "title": b"T"}, id="all in the query"
        ),
        pytest.param(
            b"title=T", "url=http://r/", {"url": b"http://r/", "title": b"T"}, id="some in the query"
        ),
        pytest.param(b"url=http://b/", "url=http://q/", {"url": b"http://b/"}, id="the body counts first"),
        pytest.param(b"url=", "url=http://q/", {"url": b"http://q/"}, id="an empty field is none"),
        pytest.param(
            b"url=http://b/", "amp;title=T", {"url": b"http://b/", "title": b"T"}, id="amp; is dropped"
        ),
        pytest.param(b"", "url=http://a/&url=http://b/", {"url": b"http://a/"}, id="repeated, never joined"),
    ],
)
def test_body_and_query_are_one_form(body: bytes, query: str, form: dict[str, bytes]) -> None:
    assert read(form_event(body, query=query)) == form


@pytest.mark.parametrize(
    ("body", "form"),
    [
        pytest.param(_part("url", b"http://o/") + b"--X--\r\n", {}, id="one part"),
        pytest.param(
            _part("url", b"http://o/") + _part("title", b"\x93\xfa") + b"--X--\r\n",
            {"title": b"\x93\xfa"},
            id="bytes as they are",
        ),
        pytest.param(
            _part("title", b"T", '; filename="a.txt"') + _part("url", b"http://o/") + b"--X--\r\n",
            {},
            id="a file is no field",
        ),
        pytest.param(
            b"preamble\r\n" + _part("url", b"http://o/") + b"--X--\r\nend", {}, id="text around the parts"
        ),
        pytest.param(_part("url", b"http://o/") + _part("a", b"") * 99 + b"--X--\r\n", {}, id="100 parts"),
    ],
)
def test_a_multipart_form_is_read(body: bytes, form: dict[str, bytes]) -> None:
    assert read(form_event(body, FORM_DATA)) == {"url": b"http://o/"} | form


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        pytest.param(b"", FORM_DATA, id="nothing"),
        pytest.param(_part("url", b"http://o/"), FORM_DATA, id="never closed"),
        pytest.param(_part("url", b"http://o/") + b"--X--", "multipart/form-data", id="no boundary"),
        pytest.param(
            _part("url", b"http://o/") + b"--X--", "multipart/form-data; boundary=Y", id="another boundary"
        ),
        pytest.param(b"--X\r\n\r\nabc\r\n--X--", FORM_DATA, id="a part without a name"),
        pytest.param(b"--X\r\nnonsense\r\n\r\nabc\r\n--X--", FORM_DATA, id="a header that is none"),
        pytest.param(b"a", "multipart/form-data; boundary=\xff\u20ac", id="a boundary that is not ASCII"),
        pytest.param(
            b"a", f"multipart/form-data; boundary={'b' * 70_000}", id="a boundary longer than the body"
        ),
        pytest.param(_part("a", b"") * 101 + b"--X--", FORM_DATA, id="101 parts"),
    ],
)
def test_a_broken_multipart_form_is_refused(body: bytes, content_type: str) -> None:
    with pytest.raises(PingRefused, match="The multipart form is broken"):
        read(form_event(body, content_type))


@pytest.mark.parametrize(
    ("event", "words"),
    [
        pytest.param(form_event(b""), "The field url is missing", id="nothing"),
        pytest.param({}, "The field url is missing", id="not even an event"),
        pytest.param(form_event(b"title=T"), "The field url is missing", id="no url"),
        pytest.param(form_event(b"url=+%20%0A"), "The field url is missing", id="a blank url"),
        pytest.param(
            form_event(b"url[]=http://o/&URL=http://o/"), "The field url is missing", id="other names"
        ),
        pytest.param(form_event("url=http://o/".encode("utf-16")), "The field url is missing", id="UTF-16"),
        pytest.param(
            _text_event(b'{"url": "http://o/"}', "application/json"), "Send the ping as a form", id="JSON"
        ),
        pytest.param(
            _text_event(b"\xef\xbb\xbf [1]", "application/json"), "Send the ping as a form", id="a list"
        ),
        pytest.param(_text_event(b"<ping/>", "text/xml"), "Send the ping as a form", id="XML"),
        pytest.param(
            _text_event(b'<?xml version="1.0"?>\n<methodCall>', "text/xml"),
            "not a Pingback server",
            id="Pingback",
        ),
    ],
)
def test_what_is_no_ping_is_refused_with_help(event: dict[str, Any], words: str) -> None:
    with pytest.raises(PingRefused, match=words):
        read(event)


@pytest.mark.parametrize("body", ["!", "abc", "dXJs\nPQ==", "é", "\ud800"])
def test_broken_base64_is_refused(body: str) -> None:
    with pytest.raises(PingRefused, match="body is broken"):
        read({**form_event(URL), "body": body})


def test_a_body_of_64_kb_is_taken_and_one_byte_more_is_not() -> None:
    body = URL + b"&title=" + b"a" * (65_536 - len(URL) - 7)
    assert read(form_event(body))["title"] == b"a" * 4_096  # all that is looked at
    with pytest.raises(PingRefused, match="at most 64 KB"):
        read(form_event(body + b"a"))


def test_the_size_counts_in_bytes_also_where_the_body_is_text() -> None:
    with pytest.raises(PingRefused, match="at most 64 KB"):
        read(_text_event(URL + "é".encode() * 32_760, "text/plain"))


def test_a_form_of_100_fields_is_taken_and_one_more_is_not() -> None:
    assert read(form_event(b"a=1&" * 99 + URL)) == {"url": b"http://other.example/"}
    with pytest.raises(PingRefused, match="too many fields"):
        read(form_event(b"a=1&" * 100 + URL))
    with pytest.raises(PingRefused, match="too many fields"):
        read(form_event(URL, query="&" * 100))


@pytest.mark.parametrize(
    ("content_type", "label"),
    [
        (FORM, ""),
        (f"{FORM}; charset=UTF-8", "utf-8"),
        (f'{FORM};CHARSET="EUC-KR"; a=b', "euc-kr"),
        (f"{FORM}; charset = euc-kr", "euc-kr"),
        (f"{FORM}; x-charset=big5; charset=euc-kr", "euc-kr"),
        (f"{FORM}; charset=euc-kr, text/plain; charset=big5", "euc-kr"),
        (f"{FORM}; charset=", ""),
        ("", ""),
    ],
)
def test_the_content_type_names_a_charset_or_none(content_type: str, label: str) -> None:
    assert charset_label(Request(form_event(URL, content_type))) == label


def test_the_event_is_api_gateways() -> None:
    event = http_event(
        "POST",
        "/trackback/blog.example/é/",
        query="a=1&a=2&b",
        headers=[("X-A", "1"), ("x-a", "2"), ("User-Agent", "W"), ("Cookie", "a=1; b=2")],
        body=b"\xff",
    )
    assert event["headers"] == {"x-a": "1,2", "user-agent": "W"}
    assert event["cookies"] == ["a=1", "b=2"]
    assert event["queryStringParameters"] == {"a": "1,2", "b": ""}
    assert event["requestContext"]["http"]["userAgent"] == "W"
    assert base64.b64decode(event["body"]) == b"\xff"
    assert event["isBase64Encoded"] is True
    assert not {"body", "queryStringParameters", "cookies"} & http_event("GET", "/counts").keys()
