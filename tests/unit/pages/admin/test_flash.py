"""Notices, as a cookie carries them from a POST to the next page."""

import re

import pytest

from trackback.pages.admin.flash import Notice


@pytest.mark.parametrize(
    "notice",
    [
        Notice("Saved."),
        Notice("“x”; y=1, é\r\nSet-Cookie: a=b", amiss=True),
        Notice("2 approved.", undo=("a" * 26 + ":approved:", "b" * 26 + ":approved:")),
        Notice("1 approved.", see="/pings/blog.example/%25252F/%C3%BC/.html?at=1795690000"),
    ],
    ids=["words", "odd characters", "undo", "a list"],
)
def test_a_notice_survives_a_cookie(notice: Notice) -> None:
    value = notice.encode()
    assert re.fullmatch(r"[\w%+=&.:-]+", value, re.ASCII)
    assert Notice.decode(value) == notice


def test_a_page_of_pings_fits_and_more_leave_out_the_undo() -> None:
    page, many = (("a" * 26 + ":approved:",) * number for number in (25, 100))
    assert Notice.decode(Notice("x", undo=page).encode()) == Notice("x", undo=page)
    assert Notice.decode(Notice("x", undo=many).encode()) == Notice("x")
    long = f"/pings/{'%C3%BC' * 300}/.html"
    assert Notice.decode(Notice("x", undo=page, see=long).encode()) == Notice("x", undo=page)


def test_a_notice_leads_to_a_list_of_this_service_or_nowhere() -> None:
    for elsewhere in ("https://evil.example/pings/", "//evil.example", "javascript:x"):
        assert Notice.decode(Notice("x", see=elsewhere).encode()) == Notice("x")


@pytest.mark.parametrize("value", ["", "x", "undo=a", "%ff", "&" * 500, "words=", "\u202e"])
def test_a_cookie_that_holds_no_notice_is_none(value: str) -> None:
    assert Notice.decode(value) is None
