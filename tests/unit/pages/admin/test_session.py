"""Requests to the author's pages, read strictly."""

from typing import Any

import pytest

from tests.events import FORM, http_event
from trackback.errors import BadQuery
from trackback.pages.admin.session import ForeignForm, cookie, field, read_fields, read_query, refuse_foreign


def posted(body: bytes, content_type: str = FORM, *, base64_encoded: bool = True) -> dict[str, Any]:
    headers = {"content-type": content_type}
    return http_event("POST", "/moderate/decide", headers=headers, body=body, base64_encoded=base64_encoded)


@pytest.mark.parametrize("base64_encoded", [True, False])
def test_fields_come_with_all_their_values(base64_encoded: bool) -> None:
    fields = read_fields(posted("ping=a&ping=b&x=&é=%C3%A9+".encode(), base64_encoded=base64_encoded))
    assert fields == {"ping": ["a", "b"], "x": [""], "é": ["é "]}
    assert (field(fields, "ping"), field(fields, "none")) == ("a", "")


def test_bytes_that_are_no_text_do_no_harm() -> None:
    assert read_fields(posted(b"a=%FF\xfe")) == {"a": ["\ufffd\ufffd"]}


@pytest.mark.parametrize(
    "event",
    [
        posted(b"a=b", "text/plain"),
        posted(b"a=b", "multipart/form-data; boundary=x"),
        posted(b"a=b", ""),
        posted(b"a=" + b"b" * 70_000),
        posted(b"&".join([b"a=b"] * 201)),
        {**posted(b"a=b"), "body": "%"},
    ],
    ids=["text", "multipart", "untyped", "too large", "too many fields", "broken"],
)
def test_what_is_no_form_of_ours_is_refused(event: dict[str, Any]) -> None:
    with pytest.raises(BadQuery):
        read_fields(event)


def test_a_query_has_one_value_a_name() -> None:
    assert read_query(http_event("GET", "/moderate", query="tab=spam&tab=x&search=")) == {
        "tab": "spam",
        "search": "",
    }


def test_a_cookie_is_found_among_others() -> None:
    event = http_event("GET", "/moderate", headers={"cookie": "a=b; session=x=y; session2=z"})
    assert (cookie(event, "session"), cookie(event, "sess"), cookie({}, "a")) == ("x=y", "", "")


@pytest.mark.parametrize("space", ["\u2000", "\xa0", "\x85", "\t"], ids=ascii)
def test_a_cookie_whose_name_begins_with_a_space_is_another(space: str) -> None:
    assert cookie({"cookies": [f"{space}__Host-trackback=x"]}, "__Host-trackback") == ""


@pytest.mark.parametrize(
    ("headers", "passes"),
    [
        ({}, True),
        ({"origin": "https://api.example", "sec-fetch-site": "same-origin"}, True),
        ({"sec-fetch-site": "none"}, True),
        ({"origin": "https://evil.example"}, False),
        ({"origin": "https://api.example.evil.example"}, False),
        ({"origin": "null"}, False),
        ({"sec-fetch-site": "cross-site"}, False),
        ({"origin": "https://api.example", "sec-fetch-site": "same-site"}, False),
    ],
)
def test_forms_come_from_our_own_pages(headers: dict[str, str], passes: bool) -> None:
    event = http_event("POST", "/moderate/decide", headers=headers)
    if passes:
        refuse_foreign(event)
    else:
        with pytest.raises(ForeignForm):
            refuse_foreign(event)
