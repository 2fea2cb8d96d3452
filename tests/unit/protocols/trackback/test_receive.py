"""A ping out of a form: what is kept, what stands in for what is missing, and which pings are one."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from tests.support.events import FORM, form_event
from trackback.errors import PingRefused
from trackback.gateway import Request
from trackback.model.ping import Ping, Status
from trackback.model.posts import Sites
from trackback.model.texts import Texts
from trackback.protocols.trackback.form import charset_label, read_form
from trackback.protocols.trackback.receive import read_ping

NOW = datetime(2026, 11, 22, 6, 11, 0, 123_456, tzinfo=UTC)
SITES = Sites("blog.example")
URL = b"url=http%3A%2F%2Fother.example%2Fa"


def _ping(body: bytes, post: str = "blog.example/hello/", content_type: str = FORM) -> Ping:
    event = form_event(body, content_type)
    return read_ping(SITES.find(post), read_form(Request(event)), charset_label(Request(event)), NOW)


def test_wordpress_is_understood() -> None:
    ping = _ping(
        b"title=It%26%238217%3Bs+%26%238220%3Bx%26%238221%3B+%26%23038%3B+y&url=http%3A%2F%2Fwp.example%2F%3Fp%3D5"
        b"&blog_name=Tom+%26amp%3B+Jo%26%23039%3Bs&excerpt=%5B%E2%80%A6%5D+caf%C3%A9+%26%238230%3B"
    )
    assert ping == Ping(
        id=ping.id,
        post="https://blog.example/hello/",
        url="http://wp.example/?p=5",
        texts=Texts("It’s “x” & y", "[…] café …", "Tom & Jo's"),
        received_at="2026-11-22T06:11:00.123Z",
        status=Status.RECEIVED,
        charset="",
        verdict=None,
    )


def test_an_id_is_stored_and_never_changes() -> None:
    assert _ping(URL).id == "okgr7bwzhnoupvnsty2nj5zcvm"
    assert _ping(URL).post_key == "blog.example/hello"


@pytest.mark.parametrize(
    ("post", "url"),
    [
        ("blog.example/hello", b"http://other.example/a"),
        ("www.blog.example/hello/index.html", b"https://other.example/a/"),
        ("blog.example//hello/?p=1", b"HTTP://OTHER.example:80/a?utm_source=x#c"),
    ],
)
def test_one_pair_of_pages_is_one_ping_however_it_is_spelt(post: str, url: bytes) -> None:
    assert _ping(b"title=Again&url=" + url.replace(b"#", b"%23"), post).id == _ping(URL).id


@pytest.mark.parametrize(
    ("post", "url"),
    [("blog.example/hello", b"http://other.example/b"), ("blog.example/hell", b"http://other.example/a")],
)
def test_another_post_or_source_is_another_ping(post: str, url: bytes) -> None:
    assert _ping(b"url=" + url, post).id != _ping(URL).id


@pytest.mark.parametrize(
    ("body", "title", "blog_name"),
    [
        pytest.param(URL, "other.example/a", "other.example", id="both missing"),
        pytest.param(URL + b"&title=T&blog_name=B", "T", "B", id="both there"),
        pytest.param(
            URL + b"&title=%3Cb%3E%3C%2Fb%3E&blog_name=%26nbsp%3B",
            "other.example/a",
            "other.example",
            id="bare",
        ),
        pytest.param(
            URL + b"&title=%E2%80%8D&blog_name=%E2%80%8B", "other.example/a", "other.example", id="invisible"
        ),
        pytest.param(
            b"url=http://o.example:81/?a=1", "o.example:81", "o.example:81", id="a port and a query"
        ),
        pytest.param(
            b"url=http://fa%C3%9F.de/", "xn--fa-hia.de", "xn--fa-hia.de", id="an international host"
        ),
    ],
)
def test_title_and_blog_name_are_never_empty(body: bytes, title: str, blog_name: str) -> None:
    ping = _ping(body)
    assert (ping.texts.title, ping.texts.blog_name, ping.texts.excerpt) == (title, blog_name, "")


def test_long_texts_are_cut_never_refused() -> None:
    ping = _ping(URL + b"&title=" + b"t" * 300 + b"&excerpt=" + b"e" * 600 + b"&blog_name=" + b"b" * 300)
    assert ping.texts.title == "t" * 249 + "…"
    assert ping.texts.excerpt == "e" * 499 + "…"
    assert ping.texts.blog_name == "b" * 249 + "…"


def test_what_stands_in_is_no_longer_than_what_was_sent() -> None:
    host = ".".join(["a" * 60] * 4)[:243] + ".example"
    ping = _ping(f"url=http://{host}:65535/{'p' * 300}".encode())
    assert len(ping.texts.title) == 250
    assert len(ping.texts.blog_name) <= 250


@pytest.mark.parametrize(
    "url",
    [
        b"https://blog.example/hello/",
        b"http://www.blog.example/hello",
        b"https://blog.example/hello/index.html?p=1%23top",
        b"https://blog.example:443//hello",
    ],
)
def test_a_post_cannot_ping_itself(url: bytes) -> None:
    with pytest.raises(PingRefused, match="The url is the post itself"):
        _ping(b"url=" + url)


def test_the_front_page_cannot_ping_itself_either() -> None:
    for url in (b"https://blog.example/", b"https://blog.example", b"https://blog.example/?p=1"):
        with pytest.raises(PingRefused, match="The url is the post itself"):
            _ping(b"url=" + url, "blog.example/")


def test_a_post_can_ping_another_of_its_blog() -> None:
    assert _ping(b"url=https://blog.example/hello/2").url == "https://blog.example/hello/2"


@pytest.mark.parametrize(
    ("body", "content_type", "title", "charset"),
    [
        pytest.param(b"&title=caf%C3%A9", FORM, "café", "", id="UTF-8, undeclared"),
        pytest.param(b"&title=caf%C3%A9", f"{FORM}; charset=iso-8859-1", "café", "", id="UTF-8, mislabelled"),
        pytest.param(
            b"&title=%93%FA%96%7B",
            f'{FORM}; charset="Shift_JIS"',
            "日本",
            "read as shift_jis, declared as shift_jis",
            id="by the header",
        ),
        pytest.param(
            b"&title=%C7%D1%B1%B9&charset=euc-kr",
            f"{FORM}; charset=utf-8",
            "한국",
            "read as euc-kr, declared as euc-kr",
            id="the body's charset before the header's",
        ),
        pytest.param(
            b"&title=%CF%F0%E8&charset=utf-7",
            f"{FORM}; charset=windows-1251",
            "При",
            "read as windows-1251, declared as utf-7",
            id="a charset that is none is passed over",
        ),
        pytest.param(
            b"&title=%C4rger+%FCber", FORM, "Ärger über", "read as windows-1252, undeclared", id="guessed"
        ),
        pytest.param(
            b"&title=a%81%E9&charset=iso-8859-1",
            FORM,
            "a\ufffdé",
            "read as windows-1252, declared as iso-8859-1, with characters replaced",
            id="with a hole",
        ),
        pytest.param(
            b"&title=%C4rger+%FCber&charset=%3Cb%3Ex%00%E9",
            FORM,
            "Ärger über",
            "read as windows-1252, declared as x\ufffd",
            id="the label is cleaned",
        ),
    ],
)
def test_how_the_bytes_were_read_is_recorded(
    body: bytes, content_type: str, title: str, charset: str
) -> None:
    ping = _ping(URL + body, content_type=content_type)
    assert (ping.texts.title, ping.charset) == (title, charset)


def test_a_cut_title_does_not_shorten_the_url() -> None:
    for label, title in ((b"euc-jp", b"%C6%FC%CB"), (b"iso-2022-jp", b"%1B%24BF%7CK")):
        ping = _ping(URL + b"&charset=" + label + b"&title=" + title)
        assert (ping.url, ping.texts.title) == ("http://other.example/a", "日")


def test_times_are_utc_to_the_millisecond() -> None:
    tokyo = NOW.astimezone(timezone(timedelta(hours=9)))
    ping = read_ping(SITES.find("blog.example/"), {"url": b"http://other.example/"}, "", tokyo)
    assert ping.received_at == "2026-11-22T06:11:00.123Z"
    assert ping.received_second == "2026-11-22T06:11:00Z"
