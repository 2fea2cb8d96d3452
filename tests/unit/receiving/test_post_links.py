"""Which links lead to a post: its host in every spelling, and hosts that only look like it do not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trackback.model.posts import post_key
from trackback.receiving.post_links import PostLinks

KEYS = frozenset({"blog.example/post", "xn--bcher-kva.example/post", "localhost:8080/post"})


@pytest.mark.parametrize(
    "url",
    [
        "https://blog.example/post",
        "http://WWW.Blog.Example.:80/post/",
        "https://ｂｌｏｇ．example/post",
        "https://blog。example/post?a",
        "https://bl\u00adog.example/post",
        "https://BÜCHER.example/post",
        "https://bu\u0308cher.example/post",
        "https://xn--bcher-kva.example/p%6fst",
        "https://xn--bcher-kva.\uff45xample/post",
        "http://localhost:8080/post",
    ],
)
def test_every_spelling_of_the_posts_url_is_recognised(url: str) -> None:
    links = PostLinks(KEYS)
    assert links.is_on_host(url)
    assert links.matches(url)


@pytest.mark.parametrize(
    "url",
    [
        "https://other.example/post",
        "https://blog.example.other.example/post",
        "https://blög.example/post",
        "https://localhost/post",
        "https://other.example/?https://blog.example/post",
        "/post",
        "",
    ],
)
def test_other_hosts_are_told_apart(url: str) -> None:
    assert not PostLinks(KEYS).is_on_host(url)
    assert not PostLinks(KEYS).matches(url)


def test_another_page_on_the_posts_host_is_not_the_post() -> None:
    assert PostLinks(KEYS).is_on_host("https://blog.example/other")
    assert not PostLinks(KEYS).matches("https://blog.example/other")


def test_hosts_beyond_those_that_are_remembered_are_compared_too() -> None:
    links = PostLinks(KEYS)
    assert not any(links.matches(f"https://{number}.example/post") for number in range(2_000))
    assert links.matches("https://blog.example/post")


@given(host=st.text(st.sampled_from("blogBLOGｂüÜ\u0308.。ｅxample\u00adß-:80 www"), max_size=20))
def test_the_quick_comparison_loses_no_link(host: str) -> None:
    url = f"https://{host}/post"
    assert PostLinks(KEYS).matches(url) is (post_key(url) in KEYS)
