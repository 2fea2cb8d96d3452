"""The blogs served, and the posts that ping URLs name on them."""

import pytest

from trackback.errors import PingRefused
from trackback.model.posts import Sites, host_key, post_key

SITES = Sites("blog.example, http://old.example ,WWW.Other.example,http://localhost:8081,")


@pytest.mark.parametrize(
    ("name", "url", "key"),
    [
        ("blog.example/2026/hello/", "https://blog.example/2026/hello/", "blog.example/2026/hello"),
        ("blog.example", "https://blog.example/", "blog.example"),
        ("old.example/a", "http://old.example/a", "old.example/a"),
        ("other.example/a", "https://www.other.example/a", "other.example/a"),
        ("www.blog.example/a", "https://blog.example/a", "blog.example/a"),
        ("localhost:8081/p/", "http://localhost:8081/p/", "localhost:8081/p"),
        ("localhost%3A8081/p/", "http://localhost:8081/p/", "localhost:8081/p"),
        ("https://blog.example/a", "https://blog.example/a", "blog.example/a"),
        ("https:/blog.example/a", "https://blog.example/a", "blog.example/a"),
        ("//blog.example/a", "https://blog.example/a", "blog.example/a"),
        ("blog.example/a?b=1", "https://blog.example/a", "blog.example/a"),
        ("blog.example/c#-tips", "https://blog.example/c%23-tips", "blog.example/c%23-tips"),
        ("blog.example/über uns/", "https://blog.example/%C3%BCber%20uns/", "blog.example/%C3%BCber%20uns"),
        (
            "blog.example/\u202ea\r\nb",
            "https://blog.example/%E2%80%AEa%0D%0Ab",
            "blog.example/%E2%80%AEa%0D%0Ab",
        ),
        ("blog.example//evil.example/", "https://blog.example/evil.example/", "blog.example/evil.example"),
        ("blog.example/@evil.example/", "https://blog.example/@evil.example/", "blog.example/@evil.example"),
        (
            "blog.example/\\evil.example",
            "https://blog.example/%5Cevil.example",
            "blog.example/%5Cevil.example",
        ),
    ],
)
def test_a_ping_url_names_a_post(name: str, url: str, key: str) -> None:
    post = SITES.find(name)
    assert (post.url, post.key) == (url, key)


@pytest.mark.parametrize(
    "name",
    [
        *(
            "",
            "/",
            "nope.example/a",
            "localhost/p",
            "localhost:8082/p",
            "blog.example:8080/a",
            "blog.example.evil/a",
        ),
        *("user@blog.example/a", "blog.example@evil/a", "evil\\blog.example/a", "ftp://blog.example/a"),
        *("blog.example%2Fa", "blog.example%00/a", "sub.blog.example/a", "www.www.blog.example/a", "a b/c"),
    ],
)
def test_a_ping_url_on_any_other_host_is_refused(name: str) -> None:
    with pytest.raises(PingRefused, match="No blog with this host"):
        SITES.find(name)


def test_a_post_with_too_long_an_address_is_refused() -> None:
    assert len(SITES.find("blog.example/" + "a" * 1_011).key) == 1_024
    with pytest.raises(PingRefused, match="too long"):
        SITES.find("blog.example/" + "a" * 1_012)


@pytest.mark.parametrize("path", ["a" + "/" * 5_000 + "b", "a" + "/" * 5_000])
def test_slashes_that_do_not_count_make_no_long_address_either(path: str) -> None:
    assert len(SITES.find(f"blog.example/{path}").url) < 1_100


def test_half_a_surrogate_pair_is_a_character_like_another() -> None:
    assert SITES.find("blog.example/a\ud800").url == "https://blog.example/a%3F"
    assert post_key("blog.example/\udfff") == "blog.example/%3F"


def test_a_blog_of_an_international_host_has_an_ascii_address() -> None:
    for name in ("bücher.example/a", "xn--bcher-kva.example/a", "b%C3%BCcher.example/a"):
        post = Sites("Bücher.example").find(name)
        assert (post.url, post.key) == ("https://xn--bcher-kva.example/a", "xn--bcher-kva.example/a")


@pytest.mark.parametrize("setting", ["not a host", "-", "blog.example,http://", "[::1]"])
def test_a_setting_that_is_no_host_never_lets_other_hosts_in(setting: str) -> None:
    with pytest.raises((PingRefused, ValueError)):
        Sites(setting).find("!/a")


def test_no_setting_serves_nothing() -> None:
    assert not Sites("").serves("")
    assert not Sites(" , ").serves("blog.example/a")


@pytest.mark.parametrize(
    ("key", "served"),
    [
        ("blog.example/a", True),
        ("blog.example", True),
        ("other.example/a", True),
        ("nope/a", False),
        ("/a", False),
    ],
)
def test_a_key_is_on_one_of_the_blogs_or_not(key: str, served: bool) -> None:
    assert SITES.serves(key) is served


ONE_POST = [
    ("http://blog.example/a", "https://blog.example/a"),
    ("blog.example/a", "HTTPS://BLOG.example/a"),
    ("blog.example/a", "www.blog.example/a"),
    ("blog.example/a", "blog.example/a/"),
    ("blog.example/a", "blog.example/a/index.html"),
    ("blog.example/a", "blog.example/a/index.htm"),
    ("blog.example/a", "blog.example/a/index.php"),
    ("blog.example/a", "blog.example/a#top"),
    ("blog.example/a", "blog.example/a?utm_source=x&p=2"),
    ("blog.example/a", "blog.example:443/a"),
    ("blog.example/a", "http://blog.example:80//a"),
    ("blog.example/a", "BLOG.Example./a"),
    ("blog.example/über~", "blog.example/%C3%bcber%7E"),
    ("blog.example", "https://www.blog.example/index.html"),
    ("blog.example", "https://blog.example?p=1"),
    ("bücher.example/a", "xn--bcher-kva.example/a"),
]


def test_these_are_one_post() -> None:
    assert [pair for pair in ONE_POST if post_key(pair[0]) != post_key(pair[1])] == []
    assert "" not in {post_key(one) for one, _ in ONE_POST}


TWO_POSTS = [
    ("blog.example/a", "blog.example/b"),
    ("blog.example/a", "blog.example/A"),
    ("blog.example/a", "notes.blog.example/a"),
    ("blog.example/a", "blog.example:8080/a"),
    ("blog.example/a", "blog.example/a.html"),
    ("blog.example/a", "blog.example/a/index"),
    ("blog.example/a/b", "blog.example/a%2Fb"),
    ("blog.example/c", "blog.example/c%23"),
    ("blog.example/why", "blog.example/why%3F"),
    ("blog.example/a+b", "blog.example/a%20b"),
    ("wwwblog.example/a", "blog.example/a"),
    ("faß.example/a", "fass.example/a"),
]


def test_these_are_two_posts() -> None:
    assert [pair for pair in TWO_POSTS if post_key(pair[0]) == post_key(pair[1])] == []


def test_what_is_no_host_has_no_key() -> None:
    hosts = ["", " ", "a b", "@", "a@b", "a:b", "a:\x00", "a:1:2", "[::1]:80", "ü" * 70]
    assert [host for host in hosts if host_key(host)] == []
