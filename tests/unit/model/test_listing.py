"""What readers ask for and get, a page at a time."""

import base64

import pytest

from trackback.errors import BadQuery
from trackback.model.listing import DEFAULT_LIMIT, Cursor, Page, Summary, read_limit
from trackback.model.posts import Post

CURSOR = Cursor("2026-11-22T06:11:00.123Z", "abcdefghijklmnopqrstuvwx27", 12)
ENCODED = "MjAyNi0xMS0yMlQwNjoxMTowMC4xMjNaIGFiY2RlZmdoaWprbG1ub3BxcnN0dXZ3eDI3IDEy"


def _encode(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def test_a_cursor_comes_back_as_it_was() -> None:
    assert CURSOR.encode() == ENCODED
    assert Cursor.decode(ENCODED) == CURSOR


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="nothing"),
        pytest.param("a", id="a single letter"),
        pytest.param("1", id="a page number"),
        pytest.param("é", id="not ASCII"),
        pytest.param("a" * 100_000, id="a long one"),
        pytest.param(ENCODED[:-4], id="cut"),
        pytest.param(ENCODED + "MDAw" * 3, id="continued"),
        pytest.param(ENCODED + "=", id="padded"),
        pytest.param(ENCODED + "!", id="with a letter that is no base64"),
        pytest.param("%" + ENCODED, id="with such a letter before"),
        pytest.param(ENCODED + "\n", id="with a line break"),
        pytest.param(_encode("2026-11-22T06:11:00.123Z abcdefghijklmnopqrstuvwx27"), id="no count"),
        pytest.param(
            _encode("2026-11-22T06:11:00.123Z abcdefghijklmnopqrstuvwx27 -1"), id="a negative count"
        ),
        pytest.param(_encode("2026-11-22T06:11:00.123Z abcdefghijklmnopqrstuvwx27 012"), id="a leading zero"),
        pytest.param(
            _encode("2026-11-22T06:11:00.123Z abcdefghijklmnopqrstuvwx27 12\n"), id="a line break in it"
        ),
        pytest.param(_encode("2026-11-22T06:11:00.123Z post#blog.example/a 12"), id="another kind of id"),
        pytest.param(
            _encode("2026-11-22T06:11:00.123Z ABCDEFGHIJKLMNOPQRSTUVWX27 12"), id="an upper-case id"
        ),
        pytest.param(_encode("~ abcdefghijklmnopqrstuvwx27 12"), id="the post's own record"),
        pytest.param(_encode("2026-11-22T06:11:00.123Z abcdefghijklmnopqrstuvwx27 ١٢"), id="Arabic digits"),
    ],
)
def test_any_other_cursor_is_refused_with_help(text: str) -> None:
    with pytest.raises(BadQuery, match="cursor must be the value of next"):
        Cursor.decode(text)


def test_a_limit_is_read() -> None:
    limits = {None: DEFAULT_LIMIT, "1": 1, "50": 50, "100": 100, "007": 7}
    assert {text: read_limit(text) for text in limits} == limits


def test_any_other_limit_is_refused_with_help(subtests: pytest.Subtests) -> None:
    for text in ("", "0", "101", "-1", "+1", "1.0", "1e1", " 1", "1\n", "٥", "x", "9" * 5_000):
        with subtests.test(text[:9]), pytest.raises(BadQuery, match="limit must be a number from 1 to 100"):
            read_limit(text)


def test_a_page_is_the_contracts_json() -> None:
    summary = Summary("i", "http://o.example/", "T", "E", "B", "2026-11-22T06:11:00Z", verified=True)
    post = Post("https://blog.example/a/", "blog.example/a")
    assert Page([summary], 12, CURSOR).as_json(post) == {
        "post": "https://blog.example/a/",
        "count": 12,
        "pings": [
            {
                "id": "i",
                "url": "http://o.example/",
                "title": "T",
                "excerpt": "E",
                "blog_name": "B",
                "received_at": "2026-11-22T06:11:00Z",
                "verified": True,
            }
        ],
        "next": ENCODED,
    }
    assert Page([], 0, None).as_json(post)["next"] is None
