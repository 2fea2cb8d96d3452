"""Links lead where a browser would go."""

import pytest

from trackback.web.html.href import published, resolve

BASE = "https://o.example/blog/re?q#f"


@pytest.mark.parametrize(
    ("href", "url"),
    [
        pytest.param("", "https://o.example/blog/re?q", id="nothing"),
        pytest.param("#x", "https://o.example/blog/re?q#x", id="a fragment"),
        pytest.param("?a=/b/../c", "https://o.example/blog/re?a=/b/../c", id="a query"),
        pytest.param("a", "https://o.example/blog/a", id="a name"),
        pytest.param("../../a", "https://o.example/a", id="dots"),
        pytest.param("/a/%2e%2E/b", "https://o.example/b", id="encoded dots"),
        pytest.param("//x.example/a/../../b/.", "https://x.example/b/", id="dots behind a host"),
        pytest.param("//x.example//y.example/./a", "https://x.example//y.example/a", id="no second host"),
        pytest.param("//x.example//[/./a", "https://x.example//[/a", id="no second host that cannot be one"),
        pytest.param("\\a", "https://o.example/a", id="a backslash"),
        pytest.param("?\\a", "https://o.example/blog/re?\\a", id="a backslash in the query"),
        pytest.param("////x.example/a", "https://x.example/a", id="too many slashes"),
        pytest.param("https:a", "https://o.example/blog/a", id="the page's scheme alone"),
        pytest.param("https:/a", "https://o.example/a", id="the page's scheme and one slash"),
        pytest.param("http:x.example", "http://x.example", id="another scheme alone"),
        pytest.param("\x01 HT\ntp:\\\\x.example/a \x1f", "http://x.example/a", id="blanks"),
        pytest.param("//me@you@x.example/a", "https://x.example/a", id="a user name"),
        pytest.param("//%78.example/%78", "https://x.example/%78", id="an encoded host"),
        pytest.param("//x.example?a", "https://x.example?a", id="a query behind the host"),
        pytest.param("javascript:x", None, id="a script"),
        pytest.param("a:b", None, id="an unknown scheme"),
        pytest.param("//", None, id="no host"),
        pytest.param("http://me@/", None, id="a user name but no host"),
        pytest.param("//a b/", None, id="a space in the host"),
        pytest.param("//a%00b/", None, id="a NUL in the host"),
        pytest.param("//a%2fb/", None, id="an encoded slash in the host"),
    ],
)
def test_a_link_resolves_as_in_a_browser(href: str, url: str | None) -> None:
    assert resolve(href, BASE) == url


def test_a_base_that_cannot_be_read_resolves_nothing() -> None:
    assert resolve("a", "http://[x/") is None
    assert resolve("a", "") is None
    assert resolve("a", f"https://o.example/{'x' * 3_000}/") is None


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://bücher.example/ä b", "https://xn--bcher-kva.example/%C3%A4%20b"),
        (f"https://o.example/{'x' * 3_000}", None),
        ("https://o..example/", None),
        (None, None),
    ],
)
def test_a_published_url_is_short_and_ascii(url: str | None, expected: str | None) -> None:
    assert published(url) == expected
