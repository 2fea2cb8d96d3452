"""URLs: which are taken, as what they are kept, and which are one page."""

import pytest

from trackback.errors import PingRefused
from trackback.urls import ascii_host, is_same_page, page_identity, page_key, page_path, pair_id, read_source

ABSOLUTE = "must be absolute and begin with http:// or https://"
HOST = "cannot be read: check its host and port"
UNSAFE = "holds a backslash or control character"
USER = "must not hold a user name or password"
LONG = "too long: at most 2048 characters"


@pytest.mark.parametrize(
    ("text", "url"),
    [
        pytest.param("http://o.example", "http://o.example", id="a host alone"),
        pytest.param(" \r\nhttp://o.example/a\n", "http://o.example/a", id="blanks around"),
        pytest.param("HTTPS://O.Example:443/A", "https://o.example/A", id="case and the default port"),
        pytest.param("http://o.example:8080/", "http://o.example:8080/", id="another port"),
        pytest.param("https://o.example:80/", "https://o.example:80/", id="the other scheme's port"),
        pytest.param("http://o.example:/", "http://o.example/", id="a port left empty"),
        pytest.param("http://o.example./a", "http://o.example/a", id="a trailing dot"),
        pytest.param("http://o.example/a#b", "http://o.example/a#b", id="a fragment is kept for show"),
        pytest.param(
            "http://o.example/?utm_source=x", "http://o.example/?utm_source=x", id="tracking is kept for show"
        ),
        pytest.param(
            "http://o.example/ü?ä=ö#ß", "http://o.example/%C3%BC?%C3%A4=%C3%B6#%C3%9F", id="not ASCII"
        ),
        pytest.param("http://o.example/a b", "http://o.example/a%20b", id="a blank in the path"),
        pytest.param(
            "http://o.example/\u202egpj", "http://o.example/%E2%80%AEgpj", id="an override in the path"
        ),
        pytest.param("http://o.example/\"<b>'", "http://o.example/%22%3Cb%3E'", id="markup in the path"),
        pytest.param("http://o.example/%zz%", "http://o.example/%zz%", id="percent signs of no escape"),
        pytest.param("http://o.example/%2f%2F", "http://o.example/%2f%2F", id="escapes as sent"),
        pytest.param("http://o.example/a[]?b[]=1", "http://o.example/a[]?b[]=1", id="brackets"),
        pytest.param("http://o.example/?a=1&amp;b=2", "http://o.example/?a=1&b=2", id="escaped for HTML"),
        pytest.param(
            "http://o.example/a,http://p/", "http://o.example/a,http://p/", id="a list is not split"
        ),
        pytest.param("http://o.example/@a:b@c", "http://o.example/@a:b@c", id="at signs in the path"),
        pytest.param("http://faß.de/", "http://xn--fa-hia.de/", id="IDNA 2008 keeps the sharp s"),
        pytest.param("http://MÜNCHEN.example/", "http://xn--mnchen-3ya.example/", id="an upper-case umlaut"),
        pytest.param("http://例え。テスト/", "http://xn--r8jz45g.xn--zckzah/", id="an ideographic dot"),
        pytest.param("http://xn--fa-hia.de/", "http://xn--fa-hia.de/", id="an A-label"),
        pytest.param("http://i❤.example/", "http://xn--i-7iq.example/", id="an emoji"),
        pytest.param("http://☃️.example/", "http://xn--n3h.example/", id="an emoji with a selector"),
        pytest.param("http://ab--ü.example/", "http://xn--ab---3ra.example/", id="hyphens that IDNA forbids"),
        pytest.param("http://r3---sn-ü.example/", "http://xn--r3---sn--e6a.example/", id="three hyphens"),
        pytest.param("http://نامه‌ای.example/", "http://xn--mgba3gch31f060k.example/", id="a joiner"),
        pytest.param("http://１２７.0.0.1/", "http://127.0.0.1/", id="full-width digits"),
        pytest.param("http://①②⑦.0.0.1/", "http://127.0.0.1/", id="circled digits"),
        pytest.param("http://127.1/", "http://127.1/", id="a short address"),
        pytest.param("http://2130706433/", "http://2130706433/", id="an address as one number"),
        pytest.param("http://0x7f.1/", "http://0x7f.1/", id="an address in hexadecimal"),
        pytest.param("http://0177.0.0.1/", "http://0177.0.0.1/", id="an address in octal"),
        pytest.param("http://[::1]:80/a", "http://[::1]/a", id="IPv6"),
        pytest.param("http://[2001:DB8::1]:81/", "http://[2001:db8::1]:81/", id="IPv6 with a port"),
        pytest.param("http://my_blog.example/", "http://my_blog.example/", id="an underscore"),
        pytest.param(
            "http://o.example/" + "a" * 2_031, "http://o.example/" + "a" * 2_031, id="2,048 characters"
        ),
    ],
)
def test_a_url_is_kept_in_ascii_as_sent(text: str, url: str) -> None:
    assert read_source(text).url == url


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param("", ABSOLUTE, id="nothing"),
        pytest.param(" javascript:alert(1)", ABSOLUTE, id="a script"),
        pytest.param("java\tscript:alert(1)", UNSAFE, id="a script with a tab"),
        pytest.param("java\nscript://o.example/%0aalert(1)", UNSAFE, id="a script with a line break"),
        pytest.param("\x01javascript:alert(1)", UNSAFE, id="a script behind a control"),
        pytest.param("data:text/html,x", ABSOLUTE, id="data"),
        pytest.param("ftp://o.example/", ABSOLUTE, id="ftp"),
        pytest.param("file:///etc/passwd", ABSOLUTE, id="a file"),
        pytest.param("feed:http://o.example/", ABSOLUTE, id="a feed"),
        pytest.param("http;//o.example/", ABSOLUTE, id="a mistyped scheme"),
        pytest.param("//o.example/x", ABSOLUTE, id="no scheme"),
        pytest.param("/x", ABSOLUTE, id="a path"),
        pytest.param("x", ABSOLUTE, id="a word"),
        pytest.param("o.example/x", ABSOLUTE, id="a bare host"),
        pytest.param("http:foo", ABSOLUTE, id="no slashes"),
        pytest.param("http:/foo", ABSOLUTE, id="one slash"),
        pytest.param("http:///foo", ABSOLUTE, id="three slashes"),
        pytest.param("http://", ABSOLUTE, id="no host"),
        pytest.param("http://?x", ABSOLUTE, id="a query for a host"),
        pytest.param("http://:80/", ABSOLUTE, id="a port for a host"),
        pytest.param("http://ex.com\\@evil.com/", UNSAFE, id="a backslash in the host"),
        pytest.param("http:\\\\ex.com/", UNSAFE, id="backslashes for slashes"),
        pytest.param("http://o.example/\x00", UNSAFE, id="NUL"),
        pytest.param("http://o.example/\x7fa", UNSAFE, id="delete"),
        pytest.param("http://o.example/\x80a", UNSAFE, id="a C1 control"),
        pytest.param("http://o.example/a\r\nSet-Cookie:x", UNSAFE, id="a line break in the path"),
        pytest.param("http://u:p@o.example/", USER, id="user and password"),
        pytest.param("http://u@o.example/", USER, id="a user"),
        pytest.param("http://@o.example/", USER, id="an empty user"),
        pytest.param("http://[::1", HOST, id="an open bracket"),
        pytest.param("http://::1]/", HOST, id="a closing bracket"),
        pytest.param("http://[1:2]/", HOST, id="no IPv6 address in brackets"),
        pytest.param("http://[::1]x/", HOST, id="more after the brackets"),
        pytest.param("http://[v1.x]/", HOST, id="an address of a future kind"),
        pytest.param("http://[fe80::1%25eth0]/", HOST, id="a zone"),
        pytest.param("http://o.example:99999/", HOST, id="a port too large"),
        pytest.param("http://o.example:-1/", HOST, id="a negative port"),
        pytest.param("http://o.example:0/", HOST, id="port 0"),
        pytest.param("http://o.example:x/", HOST, id="a port that is a word"),
        pytest.param("http://o.example:８０/", HOST, id="a port in full-width digits"),
        pytest.param("http://o.example:80:80/", HOST, id="two ports"),
        pytest.param("http://o example/", HOST, id="a blank in the host"),
        pytest.param("http://ex%61mple.com/", HOST, id="an escape in the host"),
        pytest.param("http://o.example,p.example/", HOST, id="a comma in the host"),
        pytest.param("http://.o.example/", HOST, id="a dot first"),
        pytest.param("http://o..example/", HOST, id="an empty label"),
        pytest.param("http://-o.example/", HOST, id="a hyphen first"),
        pytest.param("http://./", HOST, id="a dot alone"),
        pytest.param("http://\u2100.example/", HOST, id="a character that becomes a slash"),
        pytest.param("http://\xad/", HOST, id="a soft hyphen alone"),
        pytest.param("http://o\u202e.example/", HOST, id="an override in the host"),
        pytest.param(f"http://{'a' * 64}.example/", HOST, id="a label of 64"),
        pytest.param(f"http://{'ü' * 64}.example/", HOST, id="a label of 64 umlauts"),
        pytest.param(f"http://{'a.' * 127}example/", HOST, id="a host of 261"),
        pytest.param("http://o.example/" + "a" * 2_032, LONG, id="2,049 characters"),
        pytest.param("http://o.example/" + "ü" * 400, LONG, id="too long once it is encoded"),
    ],
)
def test_what_is_no_safe_url_is_refused(text: str, words: str) -> None:
    with pytest.raises(PingRefused, match=words):
        read_source(text)


ONE_SOURCE = [
    ("http://o.example/a", "https://o.example/a"),
    ("http://o.example/a", "http://o.example/a/"),
    ("http://o.example", "http://o.example/"),
    ("http://o.example/a?b=1", "http://o.example/a/?b=1"),
    ("http://o.example/a", "http://o.example/a#b"),
    ("http://o.example/a", "http://O.EXAMPLE:80/a"),
    ("http://o.example/a", "https://o.example.:443/a"),
    ("http://o.example/a", "http://o.example/a?"),
    ("http://o.example/a", "http://o.example/a?utm_source=x&UTM_Medium=y&utm%5Fid=3"),
    ("http://o.example/a", "http://o.example/a?fbclid=1"),
    ("http://o.example/a", "http://o.example/a?gclid=1&dclid=1&yclid=1&gbraid=1&igshid=1&mc_eid=1"),
    ("http://o.example/a", "http://o.example/a?msclkid=1"),
    ("http://o.example/a", "http://o.example/a?li_fat_id=1"),
    ("http://o.example/a?p=1", "http://o.example/a?utm_source=x&p=1&fbclid=2#c"),
    ("http://o.example/a?p=1&q=2", "http://o.example/a?p=1&&q=2&amp;utm_term=x"),
    ("http://o.example/%7Eme", "http://o.example/~me"),
    ("http://o.example/ü?ü", "http://o.example/%c3%bc?%C3%BC"),
    ("http://o.example/a%2fb", "http://o.example/a%2Fb"),
    ("http://o.example/?a[]=1", "http://o.example/?a%5B%5D=1"),
    ("http://o.example/100%", "http://o.example/100%25"),
    ("http://faß.de/", "http://xn--fa-hia.de"),
    ("http://o.example/?q=a+b", "http://o.example/?q=a%20b"),
]


def test_these_are_one_source() -> None:
    assert [pair for pair in ONE_SOURCE if read_source(pair[0]).key != read_source(pair[1]).key] == []


TWO_SOURCES = [
    ("http://o.example/a", "http://o.example/b"),
    ("http://o.example/a", "http://o.example/A"),
    ("http://o.example/a", "http://www.o.example/a"),
    ("http://o.example/a", "http://o.example:8080/a"),
    ("http://o.example/a", "http://o.example/a/b"),
    ("http://o.example/a/b", "http://o.example/a%2Fb"),
    ("http://o.example/a?b", "http://o.example/a%3Fb"),
    ("http://o.example/?p=1", "http://o.example/?p=2"),
    ("http://o.example/?p=1", "http://o.example/"),
    ("http://o.example/?p=1&q=2", "http://o.example/?p=1%26q=2"),
    ("http://o.example/?p=1", "http://o.example/?p%3D1"),
    ("http://o.example/?utm=1", "http://o.example/"),
    ("http://o.example/?xutm_source=1", "http://o.example/"),
    ("http://o.example/?dcid=1", "http://o.example/?dcid=2"),
    ("http://o.example/?q=c++", "http://o.example/?q=c%2B%2B"),
    ("http://faß.de/", "http://fass.de/"),
    ("http://o.example/", "http://o.example.evil/"),
    ("http://o.example/?id=1", "http://o.example?idx=1"),
]


def test_these_are_two_sources() -> None:
    assert [pair for pair in TWO_SOURCES if read_source(pair[0]).key == read_source(pair[1]).key] == []


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("https://O.example:443/A/?b=1&utm_source=x#c", "o.example/A?b=1"),
        ("http://faß.de:8080/ü/", "xn--fa-hia.de:8080/%C3%BC"),
        ("http://[::1]/", "[::1]"),
    ],
)
def test_a_sources_key_is_stored_and_never_changes(text: str, key: str) -> None:
    assert read_source(text).key == key


@pytest.mark.parametrize(
    ("path", "key"),
    [
        ("", ""),
        ("/", ""),
        ("2026/hello/", "/2026/hello"),
        ("/2026//hello///", "/2026/hello"),
        ("a/index.html", "/a"),
        ("index.htm", ""),
        ("a/%69ndex.html", "/a"),
        ("a/myindex.html", "/a/myindex.html"),
        ("a/index.html5", "/a/index.html5"),
        ("ü", "/%C3%BC"),
        ("%c3%bc", "/%C3%BC"),
        ("%fc", "/%FC"),
        ("a%2fb", "/a%2Fb"),
        ("a%3fb", "/a%3Fb"),
        ("a b+c~d", "/a%20b+c~d"),
        ("a\\b\n", "/a%5Cb%0A"),
        ("100%", "/100%25"),
    ],
)
def test_a_path_has_one_key_for_all_its_spellings(path: str, key: str) -> None:
    assert page_path(path) == key


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("https://www.O.Example:443/b/?utm_source=feed#c", "o.example/b"),
        ("http://o.example/b/index.html", "o.example/b"),
        ("http://o.example/index.php?p=1", "o.example?p=1"),
        ("http://o.example/?u=/index.htm", "o.example?u="),
        ("http://o.example/index.html/c", "o.example/index.html/c"),
        ("http://o.example/index.html5", "o.example/index.html5"),
        ("http://o.example/b%2findex.html", "o.example/b%2Findex.html"),
        ("http://o.example/%69ndex.html/", "o.example"),
        ("http://o.example:8080/ü%FF%zz", "o.example:8080/%C3%BC%FF%25zz"),
        ("http://www.www.example/", "www.example"),
        ("mailto:me@o.example", ""),
        ("", ""),
    ],
)
def test_a_page_has_one_key_for_all_its_spellings(url: str, key: str) -> None:
    assert page_key(url) == key


def test_a_page_is_not_the_same_with_www_and_yet_has_one_key() -> None:
    one, other = "https://www.o.example/b/index.php", "http://o.example/b"
    assert page_identity(one) == f"www.{page_identity(other)}"
    assert not is_same_page(one, other)
    assert page_key(one) == page_key(other)


def test_ids_of_stored_records_stay_what_they_are() -> None:
    assert pair_id("blog.example/2026/hello", "o.example/b?p=1") == "qppwievtzw2ayiwzq7op6q43pa"
    assert pair_id("", "") == "ag5eogoibnx6senqsgt4aujewy"


@pytest.mark.parametrize("host", ["", ".", "a b", "a/b", "a:80", "[::1]", "ü" * 70, "a\n", "\u200d.example"])
def test_what_is_no_host_name_is_refused(host: str) -> None:
    with pytest.raises(PingRefused):
        ascii_host(host)
