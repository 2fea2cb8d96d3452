"""A post's title, names, language and address, and pages that are hostile."""

import pytest

from tests.support.linear_time import LIMIT, growth, not_linear
from tests.unit.web.html.articles import AT, A, read, targets
from trackback.web.html.article import read_article


@pytest.mark.parametrize(
    ("head", "title", "blog_name"),
    [
        pytest.param("<title>Re: Hello</title>", "Re: Hello", "blog.example", id="a title only"),
        pytest.param(
            '<title>Re: Hello</title><meta property="og:title" content="Hello &amp; re">'
            '<meta property="og:site_name" content="My Blog">',
            "Hello & re",
            "My Blog",
            id="Open Graph",
        ),
        pytest.param(
            "<title>Re: Hello – My Blog</title><meta name=application-name content='My Blog'>",
            "Re: Hello",
            "My Blog",
            id="the blog's name behind the title",
        ),
        pytest.param(
            "<title>My Blog » Re: Hello</title>"
            "<link rel=alternate type=application/rss+xml title='My Blog » Feed' href=/f>",
            "Re: Hello",
            "My Blog",
            id="the blog's name before it, as the feed tells it",
        ),
        pytest.param(
            "<title>My Blog</title><link rel=alternate type=application/atom+xml title='My Blog' href=/f>",
            "My Blog",
            "My Blog",
            id="the blog's name for a title",
        ),
        pytest.param(
            "<title>Why?</title><link rel=alternate type=application/atom+xml title='RSS' href=/f>",
            "Why?",
            "blog.example",
            id="a feed without a name",
        ),
        pytest.param(
            "<title> \n</title>", "blog.example/2026/re-hello/", "blog.example", id="an empty title"
        ),
        pytest.param("", "blog.example/2026/re-hello/", "blog.example", id="nothing"),
        pytest.param(
            f"<title>{'x' * 1_000}</title><meta name=application-name content='{'y' * 1_000}'>",
            "x" * 249 + "…",
            "y" * 249 + "…",
            id="long ones",
        ),
        pytest.param(
            "<title>\u202eRe:\0 &lt;b&gt;Hello&lt;/b&gt;\n</title>",
            "Re:\ufffd Hello",
            "blog.example",
            id="odd characters",
        ),
    ],
)
def test_title_and_blog_name_are_never_empty(head: str, title: str, blog_name: str) -> None:
    article = read(f"{head}<article>{A}</article>")
    assert (article.title, article.blog_name) == (title, blog_name)


def test_the_title_of_a_picture_is_not_the_post_s() -> None:
    assert read("<title>Re: Hello</title><svg><title>no</title></svg>").title == "Re: Hello"


def test_language_and_summary_are_told() -> None:
    article = read('<html lang="de-CH"><meta name="Description" content="Über &quot;Hallo&quot;.">')
    assert (article.language, article.summary) == ("de-CH", 'Über "Hallo".')
    assert read("<html lang='no language'>").language == ""


@pytest.mark.parametrize(
    ("canonical", "url"),
    [
        ("https://blog.example/2026/re-hello/", "https://blog.example/2026/re-hello/"),
        ("https://blog.example/2026/re-hello", "https://blog.example/2026/re-hello"),
        ("/2026/re-hello/index.html", "http://blog.example/2026/re-hello/index.html"),
        ("https://blog.example/", "http://blog.example/2026/re-hello/?utm_source=feed"),
        ("https://no.example/2026/re-hello/", "http://blog.example/2026/re-hello/?utm_source=feed"),
        ("javascript:no", "http://blog.example/2026/re-hello/?utm_source=feed"),
        ("", "http://blog.example/2026/re-hello/?utm_source=feed"),
    ],
)
def test_its_permalink_is_the_canonical_url_if_that_is_the_same_page(canonical: str, url: str) -> None:
    page = f'<link rel=canonical href="{canonical}"><article>{A}</article>'
    assert read(page, "http://blog.example/2026/re-hello/?utm_source=feed#x").url == url


def test_a_page_in_another_charset_is_read() -> None:
    page = f"<meta charset=shift_jis><title>再び</title><article><p>これは{A}です。</article>"
    article = read_article(page.encode("cp932"), "text/html", AT)
    assert (article.title, article.links[0].passage) == ("再び", "これはoneです。")


HOSTILE = [
    "<a href=https://a.example/>",
    "<a href=x>",
    "<article>",
    "<article></article>",
    "<div class=h-entry><h1>",
    "<div>",
    "</div>",
    "<p><li></p>",
    "<td><tr>",
    "<template>",
    "<div class='",
    "<p class=e-content>x",
    "<title>x</title>",
    "<meta name=x content=y>",
    "<base href=/x>",
    "x. ",
    "</a>",
    "<main>",
    "e\u0301",
]


@pytest.mark.parametrize(("before", "after"), [("", f"<article>{A}"), (f"<article>{A}<p>", "")])
def test_a_hostile_page_takes_linear_time(before: str, after: str) -> None:
    def read_around(pieces: str) -> None:
        read(before + pieces + after, content=pieces)

    assert not_linear(HOSTILE, read_around, 60_000) == {}


def test_elements_that_were_not_begun_are_ended_in_linear_time() -> None:
    def read_ends(number: int) -> None:
        page = "<article>" + "<div>" * number + "</section></li>" * (number // 2) + A
        assert targets(page) == ["https://a.example/1"]

    assert growth(read_ends, 20_000) <= LIMIT
