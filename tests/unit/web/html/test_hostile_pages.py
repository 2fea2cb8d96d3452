"""Whatever page a stranger serves, the link finder comes to an end, and what it returns is harmless."""

import re
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trackback.model.posts import post_key
from trackback.receiving.post_links import PostLinks
from trackback.receiving.spam.reflection import is_reflection
from trackback.web.html.link_reader import Document
from trackback.web.html.page import read_page

MB = 1_000_000  # what the fetcher lets through
KEY = "blog.example/post"
LINK = "<a href=https://blog.example/post>here</a>"
HIDDEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\u200b\u2028\u2029\u202a-\u202e\u2060\u2066-\u2069\ufdd0-\ufdef\ufeff\ufffe\uffff\ud800-\udfff]"
)
URL = re.compile(r"https?://[!-~]+")

bounded = settings(max_examples=300, derandomize=True, deadline=None, database=None)

WORDS = b"""
< </ > /> <!-- --> --!> <![CDATA[ ]]> <!doctype <? <a <a> </a> <area <base <p> </p> <div> <svg> <img <br>
<html <title> </title> <script> </script> <style> <template> </template> <noscript> </noscript> <textarea>
</textarea> <iframe> <xmp> <plaintext> <link <meta <table> <b> <img/ <br/ href= rel=canonical rel=nofollow
lang=de charset= alt= = " ' & &amp; &lt; &# &#x202e; &#0; &#xd800; ; 99999999999999999999 . ! ? # @ : // /
\\ % %2f https://blog.example/post https://o.example/ blog.example http: javascript: utf-16
shift_jis utf-8 /post x
"""
BYTES = (
    "00 0d0a 20 09 efbbbf fffe feff 0000feff 1b2442 8fa1 93fa e697a5 e280ae e2808b eda080 efbfbe cc81 80 ff"
)
pieces = st.sampled_from([*map(bytes.fromhex, BYTES.split()), *WORDS.split(), b" "])
raw = st.lists(pieces | st.binary(max_size=4), max_size=60).map(b"".join)
pages = raw | st.builds(b"".join, st.tuples(raw, st.just(LINK.encode()), raw))
types = st.sampled_from(["text/html", "", "text/html; charset=shift_jis", "text/html; charset=utf-8", "x/y"])
addresses = st.sampled_from(["https://o.example/a?b", "http://blog.example/", "https://[::1]/", ""])


def read(page: bytes, content_type: str = "text/html", url: str = "https://o.example/") -> Document:
    """Read a page as verification does."""
    post = PostLinks(frozenset({KEY}))
    return read_page(page, content_type, url, post.matches, post.is_on_host)


def filled(piece: str, *, size: int = MB) -> str:
    """Return as many pieces as fit."""
    return piece * (size // len(piece))


HUGE = {  # what stands before the link, and behind it
    "<": (filled("<"), ""),
    "<a, which is one tag": (filled("<a "), ""),
    "&": (filled("&"), ""),
    "one huge number": ("&#" + filled("9"), ";"),
    "entities": (filled("&lt"), ""),
    "nested div": (filled("<div>"), ""),
    "nested a": (filled("<a href=/x>"), ""),
    "misnested formatting": (filled("<b><p>"), ""),
    "nested tables": (filled("<table>"), ""),
    "ends of nothing behind": (filled("<x>", size=MB // 2), filled("</y>", size=MB // 2)),
    "ends of nothing before": (filled("<x>", size=MB // 2) + filled("</y>", size=MB // 2), ""),
    "ends of p": (filled("<svg><a>", size=MB // 2) + filled("</p>", size=MB // 2), ""),
    "many pages in one": (filled("<body><html lang=x>"), ""),
    "one attribute many times": ("<p " + filled("a=b ") + ">", ""),
    "many attributes": ("<p " + " ".join(f"a{n}" for n in range(MB // 8)) + ">", ""),
    "one huge attribute": (f"<p title='{filled('x')}'>", ""),
    "many titles": (filled("<title> </title>"), ""),
    "many templates": (filled("<template></template>"), ""),
    "one huge comment": (f"<!--{filled('-')}-->", ""),
    "many comments": (filled("<!-->"), ""),
    "ends without names": (filled("</") + ">", ""),
    "entity declarations": (filled("<!ENTITY a '&a;&a;'>"), "&a;"),
    "NULs": (filled("\0"), ""),
    "spaces": (filled(" "), ""),
    "full stops": (filled("."), ""),
    "combining marks": (filled("e" + "\u0301" * 99), filled("\u0301")),
    "scripts in a script": ("<script>" + filled("<!--<script>") + "--></script>", ""),
    "ends that are none": ("<textarea>" + filled("</textare"), "</textarea>" + LINK),
    "many links": ("".join(f"<a href={n}>" for n in range(MB // 14)), ""),
    "many links to the post": (filled(LINK.replace("href", "rel=ugc href")), ""),
    "a huge rel": (f"<a rel='{filled('ugc ')}' href=/x>", ""),
    "a huge href": (f"<a href='{filled('../')}'>", ""),
    "many bases": ("<base href=/>" + filled("<base href=/x>"), ""),
    "a huge base": (f"<base href='/{filled('x', size=MB // 2)}'>", filled("<a href=x>")),
    "a long base": (f"<base href=/{'x' * 2_000}/>", filled("<a href=x>")),
    "a late long base": (filled("<a href=x>"), f"<base href=/{'x' * 2_000}/>"),
    "a base with IDNA": ("<base href=//\u00e9.\u00e9.\u00e9/>", filled("<a href=x>")),
    "many links to one host": (filled("<a href=//x>"), ""),
    "IDNA hosts": ("".join(f"<a href=//\u00e9{n}>" for n in range(MB // 14)), ""),
    "many links to the blog": (filled("<a rel=ugc href=//blog.example/\u00e9>"), ""),
}


def test_a_huge_page_is_read_to_the_link(subtests: pytest.Subtests) -> None:
    for name, (before, after) in HUGE.items():
        with subtests.test(name):
            link = read((before + LINK + after).encode()).link
            assert link
            assert link.url == "https://blog.example/post"
            assert link.text.startswith("here")
            assert len(link.sentence) <= 300


HIDING = {
    "<p": filled("<p"),
    "comments": filled("<!--"),
    "CDATA": filled("<![CDATA["),
    "processing instructions": filled("<?"),
    "quotes": filled('<a href="'),
    "templates": filled("<template>"),
    "noscript": filled("<noscript>"),
    "scripts": filled("<script>"),
    "plain text": filled("<plaintext>"),
    "a document type": filled("<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'"),
}


def test_a_huge_page_may_hide_the_link_from_browsers_and_us() -> None:
    assert [name for name, page in HIDING.items() if read((page + LINK).encode()).link] == []


def test_no_entity_is_fetched_or_expanded() -> None:
    page = f"<!DOCTYPE html [<!ENTITY x SYSTEM 'file:///etc/hostname'><!ENTITY y 'zz'>]><p>&x;&y;{LINK}"
    link = read(page.encode()).link
    assert link
    assert link.sentence in {"]>&x;&y;here", "&x;&y;here"}


def test_links_on_the_posts_host_are_compared_up_to_a_total_length() -> None:
    page = f"<base href=//blog.example/{'x' * 2_000}/>" + filled("<a href=x>") + LINK
    document = read(page.encode())
    assert 1_000 < document.links < 10_000
    assert document.link is None
    assert not document.whole


@pytest.mark.parametrize("end", [b"", b"\xa4", b"\xff\xff"])
def test_a_huge_page_in_a_charset_without_a_fast_codec_is_read(end: bytes, subtests: pytest.Subtests) -> None:
    for piece in (b"\xa4\xa2a", b"\xa4\xa2", b"\xa4\xa2<", b"a\x8f", b"\x8e\xb1a", b"\xa4\xa2<a href=x>"):
        with subtests.test(piece=piece):
            document = read(LINK.encode() + piece * (MB // len(piece)) + end, "text/html; charset=euc-jp")
            assert document.link
            assert document.whole


def test_the_largest_honest_page_is_read_as_a_whole() -> None:
    sentence = "<p>Some words about <em>it</em>, with <a href='https://site{}.example/a/'>a link</a>. "
    page = "".join((sentence.format(n) + "And more prose. " * 9) for n in range(5_000))
    document = read((page + LINK).encode())
    assert MB < len(page) < 1.2 * MB
    assert (document.links, document.whole) == (5_001, True)
    assert document.link


def _check(document: Document) -> None:
    link = document.link
    for text in (document.title, *((link.text, link.sentence) if link else ())):
        assert len(text) <= 300
        assert not HIDDEN.search(text)
        assert text == " ".join(text.split())
        assert unicodedata.is_normalized("NFC", text)
    assert re.fullmatch("[a-zA-Z0-9-]*", document.language)
    for url in (document.canonical, link.url if link else None):
        assert url is None or URL.fullmatch(url)
    assert link is None or post_key(link.url) == KEY
    assert link is None or document.links > 0


@bounded
@given(page=pages, content_type=types, url=addresses)
def test_any_page_is_read(page: bytes, content_type: str, url: str) -> None:
    _check(read(page, content_type, url))


@bounded
@given(page=st.binary(max_size=200), content_type=st.text(max_size=40), url=st.text(max_size=40))
def test_any_bytes_are_read(page: bytes, content_type: str, url: str) -> None:
    _check(read(page, content_type, url))


@bounded
@given(
    before=st.lists(st.sampled_from(["<p>", "</p>", "<b>", "</x>", "x", " ", "<br/>", "&amp;", "."])),
    page=raw,
)
def test_nothing_behind_the_link_takes_it_away(before: list[str], page: bytes) -> None:
    document = read("".join(before).encode() + LINK.encode() + page, "text/html; charset=utf-8")
    assert document.link or b"<base" in page or b"\x1b" in page or b"\0" in page


@bounded
@given(url=st.text(max_size=80), key=st.text(max_size=40))
def test_any_url_is_a_reflection_or_not(url: str, key: str) -> None:
    assert is_reflection(f"https://o.example/?{url}", post_key(key)) in {True, False}
