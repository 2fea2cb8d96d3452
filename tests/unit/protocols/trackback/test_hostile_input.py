"""Whatever strangers send, the core answers with a ping or a refusal, and what it keeps is harmless."""

import re
import unicodedata
from contextlib import suppress
from datetime import UTC, datetime
from xml.etree import ElementTree as ET

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.events import FORM, http_event
from trackback.errors import BadQuery, PingRefused
from trackback.gateway import Request
from trackback.model.listing import Cursor, Summary, read_limit
from trackback.model.ping import Ping
from trackback.model.posts import MAX_KEY, Post, Sites, post_key
from trackback.protocols.trackback import xml as answer
from trackback.protocols.trackback.form import charset_label, read_form
from trackback.protocols.trackback.receive import read_ping
from trackback.urls import MAX_URL, page_path, read_source
from trackback.web.text.charset import decode
from trackback.web.text.plain_text import clean

SITES = Sites("blog.example, http://localhost:8081")
POST = Post("https://blog.example/a", "blog.example/a")
NOW = datetime(2026, 11, 22, tzinfo=UTC)
HIDDEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\u200b\u2028\u2029\u202a-\u202e\u2060\u2066-\u2069\ufdd0-\ufdef\ufeff\ufffe\uffff\ud800-\udfff]"
)
PRINTABLE = re.compile(r"[!-~]+")

bounded = settings(max_examples=200, derandomize=True, deadline=None, database=None)

BYTES = """
1b2442 1b2842 1b2849 1b284a efbbbf fffe 0000feff 8fa1 93fa c6fc e697a5 e697 81308938 f09f87a9 cc81 c39f
e2808d e280ae e2808b eda080 efbfbe 00 0d0a 85
"""
WORDS = b"""
<b> </ < > <!-- <![CDATA[ ]]> & &amp; &lt; &# &#x202e; ; 99999999999999999999 % %00 %26 %EF%BB%BF + = / // ? #
@ \\ : [ http:// https:// o.example blog.example www. index.html utm_source=x a
"""
pieces = st.sampled_from([*map(bytes.fromhex, BYTES.split()), *WORDS.split()])
raw = st.lists(pieces | st.binary(max_size=4), max_size=30).map(b"".join)
text = raw.map(lambda data: data.decode("utf-8", "replace")) | st.text(max_size=60)
labels = text | st.sampled_from(
    ["utf-8", "shift_jis", "euc-jp", "iso-2022-jp", "gb18030", "big5", "utf-7", "utf-16le"]
)
media_types = (
    st.builds(lambda label: f"{FORM}; charset={label}", labels)
    | text
    | st.builds(lambda boundary: f"multipart/form-data; boundary={boundary}", text)
)
fields = st.dictionaries(st.sampled_from(["title", "excerpt", "blog_name", "charset"]), raw)
urls = st.just(b"http://o.example/") | raw.map(lambda data: b"http://o.example/" + data) | raw


def _escaped(form: dict[str, bytes]) -> bytes:
    pairs = (f"{name}=" + "".join(f"%{byte:02x}" for byte in value) for name, value in form.items())
    return "&".join(pairs).encode()


def _check(ping: Ping) -> None:
    for words, limit in (
        (ping.texts.title, 250),
        (ping.texts.blog_name, 250),
        (ping.texts.excerpt, 500),
        (ping.charset, 200),
    ):
        assert len(words) <= limit
        assert not HIDDEN.search(words)
        assert words == " ".join(words.split())
        assert unicodedata.is_normalized("NFC", words)
    assert ping.texts.title
    assert ping.texts.blog_name
    assert re.fullmatch("[a-z2-7]{26}", ping.id)
    assert ping.url.startswith(("http://", "https://"))
    assert PRINTABLE.fullmatch(ping.url)
    assert len(ping.url) <= MAX_URL
    assert PRINTABLE.fullmatch(ping.post)
    summary = Summary(
        ping.id,
        ping.url,
        ping.texts.title,
        ping.texts.excerpt,
        ping.texts.blog_name,
        ping.received_second,
        verified=False,
    )
    item = ET.fromstring(answer.rss(POST, [summary]).encode()).find("rss/channel/item")
    assert item is not None
    assert [element.text or "" for element in item] == [ping.texts.title, ping.url, ping.texts.excerpt]


@bounded
@given(
    body=raw, content_type=media_types, query=text, name=text | text.map(lambda path: f"blog.example/{path}")
)
def test_any_request_is_a_ping_or_a_refusal(body: bytes, content_type: str, query: str, name: str) -> None:
    event = http_event("POST", "/", query=query, headers={"content-type": content_type}, body=body)
    with suppress(PingRefused):
        _check(read_ping(SITES.find(name), read_form(Request(event)), charset_label(Request(event)), NOW))


@bounded
@given(url=urls, form=fields, content_type=media_types)
def test_any_form_is_a_harmless_ping_or_a_refusal(
    url: bytes, form: dict[str, bytes], content_type: str
) -> None:
    if content_type.lower().startswith("multipart"):
        content_type = FORM
    body = _escaped({"url": url, **form})
    event = http_event("POST", "/", headers={"content-type": content_type}, body=body)
    with suppress(PingRefused):
        _check(read_ping(POST, read_form(Request(event)), charset_label(Request(event)), NOW))


@bounded
@given(values=st.lists(raw, max_size=4), declared=st.lists(labels, max_size=2))
def test_any_bytes_are_decoded(values: list[bytes], declared: list[str]) -> None:
    decoded = decode(values, declared)
    assert len(decoded.texts) == len(values)
    "".join(decoded.texts).encode()  # no lone surrogates


@bounded
@given(sentence=st.text(st.characters(exclude_categories=["Cs"])), declared=labels)
def test_utf_8_is_read_whatever_it_is_declared_as(sentence: str, declared: str) -> None:
    if "\x1b" not in sentence:
        assert decode([b"a" + sentence.encode()], [declared]).texts == ["a" + sentence]


@bounded
@given(field=text, limit=st.integers(1, 500))
def test_cleaning_is_bounded_and_done_once(field: str, limit: int) -> None:
    words = clean(field, limit)
    assert len(words) <= limit
    assert not HIDDEN.search(words)
    if not set("&<") & set(words):  # else an entity or a tag that was escaped twice would go too
        assert clean(words, limit) == words


@bounded
@given(url=text | urls.map(lambda data: data.decode("utf-8", "replace")))
def test_the_key_of_a_kept_url_is_that_of_the_sent_one(url: str) -> None:
    with suppress(PingRefused):
        source = read_source(url)
        assert PRINTABLE.fullmatch(source.key)
        if "&amp;" not in source.url:  # else it was escaped twice, and is unescaped once more
            assert read_source(source.url) == source


@bounded
@given(name=text.map(lambda path: f"blog.example/{path}") | text)
def test_a_posts_key_is_that_of_its_url(name: str) -> None:
    with suppress(PingRefused):
        post = SITES.find(name)
        assert post_key(post.url) == post.key
        assert SITES.find(post.url) == post
        assert SITES.serves(post.key)
        assert len(post.key) <= MAX_KEY
        assert re.match(r"https://blog\.example/(?!/)|http://localhost:8081/(?!/)", post.url)
        assert PRINTABLE.fullmatch(post.url)


@bounded
@given(name=text)
def test_any_name_of_a_post_has_a_key(name: str) -> None:
    assert PRINTABLE.fullmatch("." + post_key(name))
    assert not page_path(name).endswith("//")


@bounded
@given(
    when=st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1)),  # noqa: DTZ001 - Hypothesis wants naive bounds
    ping_id=st.text("abcdefghijklmnopqrstuvwxyz234567", min_size=26, max_size=26),
    count=st.integers(0, 999_999_999),
)
def test_every_cursor_comes_back(when: datetime, ping_id: str, count: int) -> None:
    cursor = Cursor(when.isoformat(timespec="milliseconds") + "Z", ping_id, count)
    assert Cursor.decode(cursor.encode()) == cursor


@bounded
@given(garbage=text, at=st.integers(0, 72), cut=st.integers(0, 3))
def test_no_garbage_is_a_cursor_or_a_limit(garbage: str, at: int, cut: int) -> None:
    whole = Cursor("2026-11-22T06:11:00.123Z", "abcdefghijklmnopqrstuvwx27", 12).encode()
    for changed in (garbage, whole[:at] + garbage + whole[at + cut :]):
        with suppress(BadQuery):
            assert Cursor.decode(changed).encode() == changed
    with suppress(BadQuery):
        assert 1 <= read_limit(garbage) <= 100
