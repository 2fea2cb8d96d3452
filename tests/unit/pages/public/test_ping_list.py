"""A post's list as a page for people."""

import base64
import hashlib
import re
from dataclasses import fields, replace
from html import unescape
from pathlib import Path

import pytest
from lxml import html

from functions.serve import app
from tests.support.payloads import PAYLOADS
from trackback.model.listing import Cursor, Page, Summary
from trackback.model.posts import Post
from trackback.pages.public.ping_list import ListPages, is_page, post_name

PAGES = ListPages(Path(app.__file__).parent)
POST = Post("https://blog.example/2026/hello/", "blog.example/2026/hello")
PING = Summary(
    id="a" * 26,
    url="https://other.example/re?a=1&b=2",
    title="Re: Hello",
    excerpt="Some words",
    blog_name="Other",
    received_at="2026-11-22T06:11:01Z",
    verified=True,
)
NEXT = Cursor("2026-11-22T06:11:01.000Z", "a" * 26, 2)


def written(*pings: Summary, more: Cursor | None = None, limit: int = 50) -> str:
    return PAGES.page(POST, Page([*pings], len(pings), more), limit)


def page(*pings: Summary, more: Cursor | None = None, limit: int = 50) -> html.HtmlElement:
    return html.document_fromstring(written(*pings, more=more, limit=limit))


def text_of(element: html.HtmlElement, name: str) -> list[str]:
    return [found.text_content() for found in element.find_class(name)]


def test_each_ping_has_its_words_under_the_classes_of_the_contract() -> None:
    shown = page(PING, replace(PING, title="Second", excerpt=""))
    assert text_of(shown, "heading") == ["TrackBacks"]
    assert text_of(shown, "title") == ["Re: Hello", "Second"]
    assert text_of(shown, "blog") == ["Other", "Other"]
    assert text_of(shown, "date") == ["2026-11-22"] * 2
    assert text_of(shown, "excerpt") == ["Some words"]
    assert [item.tag for item in shown.find_class("list")[0]] == ["li", "li"]
    assert text_of(shown, "empty") == text_of(shown, "more") == []


def test_links_pass_no_rank_and_leave_the_frame() -> None:
    shown = page(PING, more=NEXT)
    (title,) = shown.find_class("title")
    assert (title.get("href"), title.get("rel")) == (PING.url, "nofollow ugc noopener")
    assert [base.attrib for base in shown.iter("base")] == [{"target": "_top"}]
    assert [link.get("href") for link in shown.find_class("post")[0].iter("a")] == [POST.url]


def test_older_pings_are_a_link_that_stays_in_the_frame() -> None:
    for limit, query in ((50, ""), (7, "limit=7&")):
        (more,) = page(PING, more=NEXT, limit=limit).find_class("more")
        (link,) = more.iter("a")
        assert link.get("href") == f"?{query}cursor={NEXT.encode()}"
        assert (link.get("target"), link.get("rel")) == ("_self", "next")


def test_a_post_without_pings_says_so() -> None:
    assert text_of(page(), "empty") == ["None yet."]


def test_a_post_that_is_not_ours_is_neither_named_nor_linked_to() -> None:
    shown = PAGES.page(Post("https://evil.example/", ""), Page([], 0, None))
    assert "evil" not in shown
    assert "<a " not in shown


def test_each_ping_says_that_its_language_is_unknown_and_finds_its_direction() -> None:
    shown = page(replace(PING, title="مرحبا"))
    (item,) = shown.find_class("item")
    assert (item.get("lang"), item.get("dir")) == ("", "auto")
    assert shown.find_class("excerpt")[0].get("dir") == "auto"


def test_whatever_a_text_holds_is_text() -> None:
    harmless = [marks(written(PING)), marks(written(replace(PING, url="")))]
    names = [field.name for field in fields(Summary)]
    shown = {text: written(Summary(**dict.fromkeys(names, text))) for _, text in PAYLOADS}  # type: ignore[arg-type]
    assert [text for text, page in shown.items() if marks(page) not in harmless] == []
    assert [text for text, page in shown.items() if text not in unescape(page)] == []


def marks(text: str) -> list[int]:
    """Return how often each character stands in a text that can begin or end a tag or a value."""
    return [text.count(mark) for mark in "<>\"'"]


def test_what_is_no_web_address_is_no_link() -> None:
    for url in ("javascript:alert(1)", "//other.example/", "data:text/html,x", ""):
        (title,) = page(replace(PING, url=url)).find_class("title")
        assert (title.tag, title.get("href")) == ("span", None)


def test_a_page_allows_its_own_style_and_nothing_else() -> None:
    shown = written(PING)
    (style,) = re.findall(r"<style>(.*?)</style>", shown, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert PAGES.headers["Content-Security-Policy"] == (
        f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    )
    assert not re.search(r"<script|<form|\son\w+=|\sstyle=|\ssrc=", shown)


def test_search_engines_find_the_post_and_not_its_list() -> None:
    assert PAGES.headers["X-Robots-Tag"] == "noindex"


@pytest.mark.parametrize("words", ["what is the <matter>", "What is the <matter>."])
def test_a_message_is_a_sentence_and_leads_to_the_newest(words: str) -> None:
    shown: html.HtmlElement = html.document_fromstring(PAGES.message(words))
    assert text_of(shown, "message") == ["What is the <matter>."]
    (link,) = shown.find_class("more")[0].iter("a")
    assert (link.get("href"), link.get("target")) == ("?", "_self")


@pytest.mark.parametrize(
    ("address", "post"),
    [
        ("blog.example/2026/hello/.html", "blog.example/2026/hello/"),
        ("blog.example/about.html/.html", "blog.example/about.html"),
        ("blog.example/.html", "blog.example/"),
        ("blog.example//.html", "blog.example//"),
        ("blog.example/v1.2/notes/.html", "blog.example/v1.2/notes/"),
        (".html", ""),
    ],
)
def test_a_last_segment_asks_for_the_page(address: str, post: str) -> None:
    assert is_page(address)
    assert post_name(address) == post


def test_an_address_of_many_dots_is_read_in_linear_time() -> None:
    post = f"blog.example/{'.' * 1_000_000}/a/"  # which would take hours in quadratic time
    assert post_name(post + ".html") == post


@pytest.mark.parametrize(
    "address",
    [
        "blog.example/about.html",
        "blog.example/2026/hello/",
        "blog.example/a.html/",
        "blog.example/.html/x",
        "",
    ],
)
def test_a_post_whose_own_address_ends_in_html_is_a_post(address: str) -> None:
    assert not is_page(address)
    assert post_name(address) == address
