"""What a ping says, as receivers want it, and its bytes on the wire."""

import re
from dataclasses import replace
from urllib.parse import parse_qsl

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trackback.gateway import Request
from trackback.protocols.trackback.client import compose, encode
from trackback.protocols.trackback.form import charset_label, read_form
from trackback.web.html.article import Article, Citation, read_article
from trackback.web.text.charset import decode

TARGET = "https://other.example/2026/hello/"
AT = "https://blog.example/re-hello"
PIECES = """
<a/href="https://a.example/1"> </a> <a/href="//b.example"> <area/href="https://c.example/"/alt="map"> <p> </p>
<li> <div> </div> <article> </article> <main> <nav> </nav> <h1> <div/class="e-content"> <div/class="comments">
<title> </title> <base/href="x"> <meta/name="description"/content="words"> <link/rel="canonical"/href="#x">
<template> <script> </script> <!-- --> < & &lt; &#0; &#xd800; . ! ? \u3002 \u202e \u200b \u0301 \0 words
\u65e5\u672c \U0001f48c
""".split()  # noqa: SIM905 - a list of words
LONG = "This sentence says what the post is about, and that is enough for whoever reads it."


def article(**values: str) -> Article:
    """Return a post without links."""
    known = Article(url=AT, title="Re: Hello", blog_name="My Blog", language="", summary="", links=())
    return replace(known, **values)  # type: ignore[arg-type]


def test_all_four_fields_are_sent_as_plain_text() -> None:
    page = """<title>Tom &amp; Jo&#8217;s</title><meta property="og:site_name" content="A &lt; B">
    <article><p>There was &quot;nothing&quot; &amp; more. Then I read
    <a href="https://other.example/2026/hello/">“Hello, <b>world</b>”</a>, and it is good. All.</article>"""
    post = read_article(page.encode(), "text/html", AT)
    assert compose(post, post.links[0]) == {
        "title": "Tom & Jo’s",
        "url": AT,
        "blog_name": "A < B",
        "excerpt": 'There was "nothing" & more. Then I read “Hello, world”, and it is good. All.',
    }


@pytest.mark.parametrize(
    ("passage", "summary", "excerpt"),
    [
        pytest.param(LONG, "My week.", LONG, id="a passage that says enough"),
        pytest.param("Hello", "My week.", "Hello — My week.", id="a short one, with the summary"),
        pytest.param("Hello", "", "Hello", id="a short one alone"),
        pytest.param("", "My week.", "My week.", id="an image without words"),
        pytest.param("", "", "Re: Hello", id="nothing at all"),
    ],
)
def test_an_excerpt_is_never_empty(passage: str, summary: str, excerpt: str) -> None:
    form = compose(article(summary=summary), Citation(TARGET, "", passage))
    assert form["excerpt"] == excerpt


def test_an_excerpt_is_no_longer_than_receivers_take() -> None:
    form = compose(article(summary="words " * 60), Citation(TARGET, "", "Hello"))
    assert 240 < len(form["excerpt"]) <= 252
    assert form["excerpt"].endswith("…")


def test_the_bytes_are_ascii_and_only_the_header_names_their_charset() -> None:
    form = compose(article(title="Grüße & 日本語 🎉"), Citation(TARGET, "", "a+b = 100% «c»"))
    body, headers = encode(form)
    assert re.fullmatch(rb"[A-Za-z0-9%&=+._~-]+", body)
    assert headers == {"Content-Type": "application/x-www-form-urlencoded; charset=UTF-8"}
    assert parse_qsl(body.decode("ascii"), strict_parsing=True) == [*form.items()]


def test_our_own_receiver_reads_what_is_sent() -> None:
    form = compose(article(title="Grüße", blog_name="日本語"), Citation(TARGET, "", "💌"))
    body, headers = encode(form)
    event = {"body": body.decode(), "headers": {"content-type": headers["Content-Type"]}}
    received = read_form(Request(event))
    assert charset_label(Request(event)) == "utf-8"
    assert decode([received[name] for name in form], ["utf-8"]).texts == list(form.values())


@settings(max_examples=300, derandomize=True, deadline=None, database=None)
@given(
    pieces=st.lists(st.sampled_from([*PIECES, " "]), max_size=60),
    content=st.lists(st.sampled_from(PIECES), max_size=9),
    url=st.sampled_from([AT, "http://[::1]:8081/", "https://xn--wgv71a.example/?a=b"]),
)
def test_whatever_a_post_holds_its_pings_are_whole(pieces: list[str], content: list[str], url: str) -> None:
    post = read_article("".join(pieces).encode("utf-8", "replace"), "text/html", url, "".join(content))
    for citation in (*post.links, Citation(TARGET, "", "")):
        form = compose(post, citation)
        encode(form)
        assert re.fullmatch("https?://[!-~]+", form["url"])
        for name, most in (("title", 250), ("blog_name", 250), ("excerpt", 252)):
            assert 0 < len(form[name]) <= most
            assert form[name] == " ".join(form[name].split())
            assert not re.search("[\x00\u202e\u200b\ud800]", form[name])
