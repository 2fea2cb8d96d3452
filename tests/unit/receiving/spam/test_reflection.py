"""A source URL that holds the post's address proves nothing, however it is written in it."""

import base64
from urllib.parse import quote

import pytest

from trackback.receiving.spam.reflection import is_reflection

POST = "https://blog.example/2026/hello/"
KEY = "blog.example/2026/hello"


def b64(text: str) -> str:
    """Return a text in Base64."""
    return base64.b64encode(text.encode()).decode()


@pytest.mark.parametrize(
    "rest",
    [
        pytest.param(f"/?u={POST}", id="as it is"),
        pytest.param(f"/?u={KEY}", id="without scheme"),
        pytest.param(f"?{KEY}", id="as the whole query"),
        pytest.param(f"/#{POST}", id="as a fragment"),
        pytest.param(f"/proxy/{POST}", id="in the path"),
        pytest.param("/web/https:/blog.example//2026/hello", id="in the path, with other slashes"),
        pytest.param("/?u=http://www.BLOG.example:80/2026/hello/index.html%3Fa=b", id="as a variant"),
        pytest.param(f"/?u={quote(POST, '')}", id="percent-encoded"),
        pytest.param(f"/?u={quote(quote(POST, ''), '')}", id="percent-encoded twice"),
        pytest.param(f"/?u={quote(quote(quote(POST, ''), ''), '')}", id="percent-encoded three times"),
        pytest.param("/?u=%62log.exampl%65/2026/%68ello", id="letters percent-encoded"),
        pytest.param("/?u=https&colon;//blog&period;example&#x2f;2026&#47;hello", id="as entities"),
        pytest.param("/?u=%26%2347;blog.example%26%2347;2026/hello", id="entities, percent-encoded"),
        pytest.param(r'/?q={"u":"https:\/\/blog.example\/2026\/hello"}', id="in JSON"),
        pytest.param(f"/?u={b64(POST)}", id="in Base64"),
        pytest.param(f"/?u={b64('x' + POST)}&v=1", id="in Base64, shifted by one"),
        pytest.param(f"/x/{b64('xy' + KEY)}/", id="in Base64, shifted by two"),
        pytest.param(f"/?u={quote(b64(KEY), '')}", id="in Base64, percent-encoded"),
        pytest.param(f"/?u={KEY.encode().hex()}", id="in hexadecimal"),
        pytest.param(f"/?u={POST.encode().hex().upper()}", id="in upper-case hexadecimal"),
    ],
)
def test_a_url_that_holds_the_address_is_a_reflection(rest: str) -> None:
    assert is_reflection(f"https://o.example{rest}", KEY)


@pytest.mark.parametrize(
    "url",
    [
        pytest.param("https://o.example/re-hello", id="an ordinary page"),
        pytest.param("https://o.example/2026/hello", id="the same path elsewhere"),
        pytest.param(
            "https://blog.example/2026/hello/part-2", id="a page of the blog itself, below the post"
        ),
        pytest.param("https://o.example/?u=https://blog.example/2026/hello-world", id="a longer name"),
        pytest.param("https://o.example/?u=https://blog.example/2026/hello.html", id="a name with a suffix"),
        pytest.param("https://o.example/?u=https://blog.example/", id="the blog's home page"),
        pytest.param("https://o.example/?u=https://myblog.example/2026/hello", id="a longer host"),
        pytest.param("https://o.example/?u=https://x.blog.example/2026/hello", id="a host below"),
        pytest.param("https://o.example", id="nothing but a host"),
        pytest.param("", id="nothing"),
    ],
)
def test_any_other_url_is_none(url: str) -> None:
    assert not is_reflection(url, KEY)


@pytest.mark.parametrize("path", ["/2026/日本", "/2026/%E6%97%A5%E6%9C%AC"])
@pytest.mark.parametrize("host", ["bücher.example", "xn--bcher-kva.example"])
def test_a_foreign_address_is_found_in_any_form(host: str, path: str) -> None:
    key = "xn--bcher-kva.example/2026/%E6%97%A5%E6%9C%AC"
    for url in (f"https://{host}{path}", quote(f"{host}{path}"), b64(f"https://{host}{path}")):
        assert is_reflection(f"https://o.example/?u={url}", key)


def test_a_host_that_only_seems_international_is_compared_as_it_is() -> None:
    assert is_reflection("https://o.example/?u=xn--.example/a", "xn--.example/a")
    assert not is_reflection("https://o.example/", "xn--.example/a")
