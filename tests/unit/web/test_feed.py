"""Feeds of every kind are read, and what is no feed is told."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trackback.web.budget import TooCostly
from trackback.web.feed import MOST_ENTRIES, Entry, NotAFeed, is_page, read_feed

URL = "https://blog.example/blog/feed.xml"
XML = "application/xml"
DAY = datetime(2026, 11, 22, 6, 11, tzinfo=UTC)

ITEM = """<item><title>Hello &amp; <![CDATA[<welcome>]]></title><link>{link}</link>
<pubDate>Sun, 22 Nov 2026 07:11:00 +0100</pubDate><description>&lt;p&gt;Text&lt;/p&gt;</description></item>"""
RDF = """<?xml version="1.0"?><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" {more}>
<channel><title>Blog</title></channel><item><title>Hello</title><link>/a/</link></item></rdf:RDF>"""
ATOM = """<?xml version="1.0" encoding="utf-8"?><feed xmlns="http://www.w3.org/2005/Atom"><title>Blog</title>
<entry><title type="html">Hello &amp;lt;b&amp;gt;</title><id>urn:x</id>
<link rel="edit" href="/edit"/><link rel="alternate" href="../a/"/>
<published>2026-11-22T06:11:00Z</published><updated>2026-11-24T00:00:00Z</updated>{content}</entry></feed>"""
HTML = '<content type="html">&lt;p&gt;Text&lt;/p&gt;</content>'
XHTML = '<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>Text</p></div></content>'


def rss(*items: str, version: str = "2.0", prolog: str = "") -> str:
    """Return a feed of RSS."""
    return f'{prolog}<rss version="{version}"><channel><title>Blog</title>{"".join(items)}</channel></rss>'


def json_feed(*items: Any, version: str = "1.1") -> str:
    """Return a JSON Feed."""
    return json.dumps({"version": f"https://jsonfeed.org/version/{version}", "title": "B", "items": items})


def read(feed: str | bytes, content_type: str = XML) -> list[Entry]:
    """Return the entries of a feed."""
    return read_feed(feed.encode() if isinstance(feed, str) else feed, content_type, URL)


DOCTYPE_091 = (
    '<?xml version="1.0"?><!DOCTYPE rss PUBLIC "-//Netscape//DTD RSS 0.91//EN" "http://n.example/rss.dtd">'
)


@pytest.mark.parametrize(
    "feed",
    [
        rss(ITEM.format(link="https://blog.example/a/")),
        rss(ITEM.format(link="/a/"), version="0.91"),
        rss(ITEM.format(link="/a/"), version="0.91", prolog=DOCTYPE_091),
        rss(ITEM.format(link=" ../a/\n"), version="0.92"),
        rss("<item><guid>https://blog.example/a/</guid></item>"),
        "\n\ufeff" + rss(ITEM.format(link="/a/")),
        "<!-- a -- b --><?x y?>" + rss(ITEM.format(link="/a/")),
        RDF.format(more='xmlns="http://my.netscape.com/rdf/simple/0.9/"'),
        RDF.format(more='xmlns="http://purl.org/rss/1.0/"'),
        ATOM.format(content=HTML),
        ATOM.format(content=XHTML),
        ATOM.format(content="<summary>Text</summary>"),
        json_feed({"id": "1", "url": "/a/", "title": "Hello", "date_published": "2026-11-22T06:11:00Z"}),
        json_feed({"url": "https://blog.example/a/", "external_url": "https://x.example/"}, version="1"),
        rss(ITEM.format(link="/a/")).partition("</item>")[0],
        rss(ITEM.format(link="/a/")).replace("</title>", "</title><b>&nbsp;&copy; & <"),
    ],
)
def test_every_kind_of_feed_is_read(feed: str) -> None:
    (entry,) = read(feed)
    assert entry.url == "https://blog.example/a/"
    assert entry.published in {DAY, None}
    assert entry.words


def test_an_entry_has_what_its_post_says() -> None:
    (entry,) = read(rss(ITEM.format(link="/a/")))
    assert (entry.published, entry.content) == (DAY, "<p>Text</p>")
    for content in (HTML, XHTML):
        (entry,) = read(ATOM.format(content=content))
        assert entry.published == DAY
        assert "<p>Text</p>" in entry.content
    (entry,) = read(
        json_feed(
            {
                "url": "/a/",
                "title": "<b>",
                "content_html": "<p>",
                "date_modified": "2026-11-22T07:11:00+01:00",
            }
        )
    )
    assert (entry.published, entry.content) == (DAY, "<p>")


def test_of_a_summary_and_a_text_the_longer_is_taken() -> None:
    more = "<content:encoded><![CDATA[<p>Text with <a href='/x'>a link</a></p>]]></content:encoded>"
    feed = rss(ITEM.format(link="/a/").replace("</item>", more + "</item>"))
    feed = feed.replace("<rss ", '<rss xmlns:content="http://purl.org/rss/1.0/modules/content/" ')
    assert "a link" in read(feed)[0].content


@pytest.mark.parametrize(
    "link",
    [
        "",
        "javascript:alert(1)",
        "mailto:a@b.example",
        "ftp://blog.example/",
        "http://",
        "http://[::1",
        "https://blog.example/" + 3_000 * "a",
        "http://a b.example/",
    ],
)
def test_an_entry_without_an_address_is_left_out(link: str) -> None:
    assert read(rss(ITEM.format(link=link), ITEM.format(link="/b/")))[-1].url == "https://blog.example/b/"
    assert len(read(rss(ITEM.format(link=link), ITEM.format(link="/b/")))) == 1
    assert len(read(json_feed({"url": link}, {"url": "/b/"}))) == 1


def test_of_two_entries_of_one_address_the_first_counts() -> None:
    first, second = (ITEM.format(link="/a/").replace("Hello", name) for name in ("First", "Second"))
    assert [entry.words[:5] for entry in read(rss(first, second))] == ["First"]


@pytest.mark.parametrize(
    "change", [("Hello", "Bye"), ("Text", "Other"), ("22 Nov", "23 Nov")], ids=["title", "text", "date"]
)
def test_the_words_change_when_the_post_does(change: tuple[str, str]) -> None:
    feed = rss(ITEM.format(link="/a/")).replace("pubDate", "atom:updated")
    feed = feed.replace("<rss ", '<rss xmlns:atom="http://www.w3.org/2005/Atom" ')
    assert read(feed)[0].words == read(feed)[0].words
    assert read(feed.replace(*change))[0].words != read(feed)[0].words


def test_a_date_alone_is_no_change_where_the_feed_has_the_whole_text() -> None:
    feed = ATOM.format(content=HTML)
    assert read(feed.replace("11-24", "11-25"))[0].words == read(feed)[0].words


@pytest.mark.parametrize(
    ("feed", "charset", "title"),
    [
        ("Grüße".encode("iso-8859-1"), "iso-8859-1", "Grüße"),
        ("こんにちは".encode("shift_jis"), "Shift_JIS", "こんにちは"),
        ("Grüße".encode(), "iso-8859-1", "Grüße"),
    ],
)
def test_a_feed_is_read_in_its_charset(feed: bytes, charset: str, title: str) -> None:
    item = ITEM.format(link="/a/").encode().replace(b"Hello &amp; <![CDATA[<welcome>]]>", feed)
    declared = f'<?xml version="1.0" encoding="{charset}"?>'.encode()
    whole = declared + b'<rss version="2.0"><channel>' + item + b"</channel></rss>"
    assert read(whole)[0].words.startswith(f"{title}\n")


def test_a_feed_of_utf_16_is_read() -> None:
    assert read(
        rss(ITEM.format(link="/a/"), prolog='<?xml version="1.0" encoding="utf-16"?>').encode("utf-16")
    )


@pytest.mark.parametrize(
    ("feed", "words"),
    [
        ("", "neither RSS nor Atom"),
        ("Hello", "neither RSS nor Atom"),
        ("<html><body><p>Hello</p></body></html>", "neither RSS nor Atom"),
        ("<svg/>", "neither RSS nor Atom"),
        ("{", "breaks off"),
        ("[" * 100_000, "neither RSS nor Atom"),
        ('{"a":' * 100_000, "breaks off"),
        ("<rss><item>&#x110000;", "no XML that can be read"),
        ("{}", "no JSON Feed"),
        ('{"version": 7, "items": []}', "no JSON Feed"),
        ('{"version": "https://jsonfeed.org/version/1", "items": {}}', "no JSON Feed"),
        (json_feed({"url": "/a/"})[:-3], "breaks off"),
    ],
)
def test_what_is_no_feed_is_told(feed: str, words: str) -> None:
    with pytest.raises(NotAFeed, match=words):
        read(feed)


LAUGHS = "".join(f'<!ENTITY l{n + 1} "{10 * f"&l{n};"}">' for n in range(9))


@pytest.mark.parametrize(
    "prolog",
    [
        f'<!DOCTYPE rss [<!ENTITY l0 "ha">{LAUGHS}]>',
        f'<?xml version="1.0"?>\n<!-- [ --><!doctype rss SYSTEM "x" [<!ENTITY l0 "ha">{LAUGHS}]>',
        '<!DOCTYPE rss [<!ENTITY l9 SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE rss [<!ENTITY % l9 SYSTEM "http://127.0.0.1/"> %l9;]>',
    ],
)
@pytest.mark.parametrize("charset", ["utf-8", "utf-16"])
def test_xml_that_defines_entities_is_refused(prolog: str, charset: str) -> None:
    with pytest.raises(NotAFeed, match="defines entities"):
        read(rss(ITEM.format(link="/a/").replace("Text", "&l9;"), prolog=prolog).encode(charset))


def test_entities_in_a_posts_own_text_are_no_reason() -> None:
    item = ITEM.format(link="/a/").replace("&lt;p&gt;Text", '<![CDATA[<!DOCTYPE x [<!ENTITY a "b">]>]]>')
    assert len(read(rss(item))) == 1


@pytest.mark.parametrize("author", ["a" * 1_000_000, "a." * 500_000, "(" * 1_000_000])
def test_a_feed_with_a_huge_author_is_read(author: str) -> None:
    (entry,) = read(rss(f"<item><author>{author}</author><link>/a/</link></item>"))
    assert entry.url == "https://blog.example/a/"


@pytest.mark.usefixtures("slow_reading")
@pytest.mark.parametrize(
    "feed",
    [rss("<item>" + "<b/>" * 1_000), rss("<x></y>" + "<b>" * 100), json_feed(*[{"url": "//\u0378"}] * 100)],
    ids=["XML", "no XML", "JSON"],
)
def test_a_feed_that_takes_too_long_to_read_is_told(feed: str) -> None:
    with pytest.raises(TooCostly):
        read(feed)


ATTRIBUTES = " ".join(f"a{n}='{n}'" for n in range(70_000))


@pytest.mark.parametrize(
    "tag",
    [
        f"<{'x' * 900_000}",
        f"<x {'y' * 900_000}='1'/>",
        f"<x {ATTRIBUTES}/>",
        f"<x {ATTRIBUTES}>",
        f"<x {'/' * 900_000}",
    ],
    ids=["a name", "an attribute's name", "attributes", "attributes, unclosed", "slashes"],
)
def test_a_feed_with_a_tag_that_takes_much_memory_is_told(tag: str) -> None:
    with pytest.raises(TooCostly):
        read(rss(f"<item><link>/a/</link>{tag}</item>"))


@pytest.mark.parametrize(
    "text",
    [
        f"<image url='data:image/png;base64,{'A>' * 300_000}'/>",
        f"<description><![CDATA[{'It is 1 word. ' * 50_000}]]></description>",
        f"<!-- {'no tag ' * 100_000} -->",
    ],
    ids=["a picture", "a text", "a comment"],
)
def test_a_feed_with_a_long_value_or_text_is_read(text: str) -> None:
    assert [entry.url for entry in read(rss(f"<item><link>/a/</link>{text}</item>"))] == [
        "https://blog.example/a/"
    ]


def test_a_document_type_behind_a_broken_instruction_defines_nothing() -> None:
    prolog = '<?x a>b ?><!DOCTYPE rss [<!ENTITY a "/evil/">]>'
    assert not any("evil" in each.url for each in read(rss("<item><link>&a;</link></item>", prolog=prolog)))


def test_of_a_feed_of_very_many_posts_the_first_are_read() -> None:
    entries = read(rss(*(f"<item><link>/{n}</link></item>" for n in range(20_000))))
    assert [entry.url.rpartition("/")[2] for entry in entries] == [str(n) for n in range(MOST_ENTRIES)]
    assert len(read(json_feed(*({"url": f"/{n}"} for n in range(100_000))))) == MOST_ENTRIES


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)
NAMES = st.sampled_from(["url", "title", "date_published", "date_modified", "content_html", "content_text"])


@settings(max_examples=200, derandomize=True, deadline=None, database=None)
@given(st.lists(st.dictionaries(NAMES, JSON_VALUES | st.sampled_from(["/a", "9999-12-31T23:59:59-23:59"]))))
def test_any_json_feed_is_read(items: list[Any]) -> None:
    assert len(read(json_feed(*items))) <= len(items)


PIECES = [
    *("<rss>", "</rss>", "<channel>", "<item>", "</item>", "<link>", "/a", "</link>", "<title>", "<div>"),
    *('<feed xmlns="http://www.w3.org/2005/Atom">', "<entry>", '<content type="xhtml">', "<rdf:RDF>"),
    *("<pubDate>", "0000-00-00", "Mon, 99 Nov 99999", '<x:y a="b" a="c">', "<![CDATA[", "]]>", "<!--", "-->"),
    *("<!", "<?", "?>", "&", "&amp;", "&#0;", "&#x110000;", "&x;", "<!DOCTYPE ", "<!ENTITY ", "[", "]>"),
    *("\0", "\ud7ff", "\ufffe", "{", "}", "[", "]", '"items": ', '"', "'"),
]


@settings(max_examples=300, derandomize=True, deadline=None, database=None)
@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=3), max_size=25), st.sampled_from([" ", ""]))
def test_any_text_is_read_or_told(pieces: list[str], between: str) -> None:
    try:
        entries = read(between.join(pieces).encode("utf-8", "replace"))
    except NotAFeed:
        return
    assert all(entry.url.startswith(("http://", "https://")) for entry in entries)


@pytest.mark.parametrize(
    ("body", "content_type", "expected"),
    [
        ("<p>Hello</p>", "text/html; charset=utf-8", True),
        ("<!DOCTYPE html><html>", "", True),
        ("<html>", "text/plain", True),
        ("<!doctype html><!--\n<rdf:RDF xmlns:rdf='x'></rdf:RDF>\n--><p>Hello</p>", "text/html", True),
        (rss(), "text/html", False),
        (ATOM, "text/html", False),
        (RDF, "text/plain", False),
        (json_feed(), "application/json", False),
        (rss(ITEM.format(link="/a/").replace("Text", "&lt;html&gt;")), "text/xml", False),
    ],
)
def test_a_page_is_told_from_a_feed(body: str, content_type: str, *, expected: bool) -> None:
    assert is_page(body.encode(), content_type) is expected
