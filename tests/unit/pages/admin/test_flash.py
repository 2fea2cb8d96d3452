"""Notices, as a cookie carries them from a POST to the next page."""

import re

import pytest

from trackback.pages.admin.flash import Flash


@pytest.mark.parametrize(
    "notice",
    [
        Flash("Saved."),
        Flash("“x”; y=1, é\r\nSet-Cookie: a=b", is_error=True),
        Flash("2 approved.", undo=("a" * 26 + ":approved:", "b" * 26 + ":approved:")),
        Flash("1 approved.", see="/pings/blog.example/%25252F/%C3%BC/.html?at=1795690000"),
    ],
    ids=["words", "odd characters", "undo", "a list"],
)
def test_a_notice_survives_a_cookie(notice: Flash) -> None:
    value = notice.encode()
    assert re.fullmatch(r"[\w%+=&.:-]+", value, re.ASCII)
    assert Flash.decode(value) == notice


def test_a_page_of_pings_fits_and_more_leave_out_the_undo() -> None:
    page, many = (("a" * 26 + ":approved:",) * number for number in (25, 100))
    assert Flash.decode(Flash("x", undo=page).encode()) == Flash("x", undo=page)
    assert Flash.decode(Flash("x", undo=many).encode()) == Flash("x")
    long = f"/pings/{'%C3%BC' * 300}/.html"
    assert Flash.decode(Flash("x", undo=page, see=long).encode()) == Flash("x", undo=page)


def test_a_notice_leads_to_a_list_of_this_service_or_nowhere() -> None:
    for elsewhere in ("https://evil.example/pings/", "//evil.example", "javascript:x"):
        assert Flash.decode(Flash("x", see=elsewhere).encode()) == Flash("x")


@pytest.mark.parametrize("value", ["", "x", "undo=a", "%ff", "&" * 500, "words=", "\u202e"])
def test_a_cookie_that_holds_no_notice_is_none(value: str) -> None:
    assert Flash.decode(value) is None
