"""What a published post has for its readers: the embed, its fallback, and policies."""

import pytest

from tests.support.linear_time import not_linear
from trackback.cli.doctor.post_page import Element, PostPage, Script, read_post_page

AT = "https://blog.example/2026/hello/"
API = "https://api.example"
VERSION = "0123456789abcdef"


def read(page: str) -> PostPage:
    """Read a page."""
    return read_post_page(page, AT)


@pytest.mark.parametrize(
    ("tag", "script"),
    [
        (f'<script type="module" src="{API}/embed.js">', Script(f"{API}/embed.js", True, False)),
        (f"<script src={API}/embed.js TYPE=Module>", Script(f"{API}/embed.js", True, False)),
        (f'<script src="{API}/embed.js" async>', Script(f"{API}/embed.js", False, False)),
        (f'<p><script type="module" src="{API}/embed.js">', Script(f"{API}/embed.js", True, True)),
        ('<script type="module" src="/embed.js">', Script("https://blog.example/embed.js", True, False)),
        (
            f'<script type="module" src="{API}/embed.{VERSION}.js" nonce=N integrity=sha384-x crossorigin>',
            Script(f"{API}/embed.{VERSION}.js", True, False, "N", "sha384-x"),
        ),
    ],
)
def test_the_embed_s_script_tag_is_read(tag: str, script: Script) -> None:
    assert read(f"<html><head>{tag}</script>").scripts == (script,)


@pytest.mark.parametrize(
    "page",
    [
        f'<script src="{API}/other.js"></script>',
        f'<script src="{API}/embed.js/x"></script>',
        f'<script src="{API}/embed.0123.js"></script>',
        "<script>import '/embed.js'</script>",
        f'<!-- <script src="{API}/embed.js"></script> -->',
        f'<template><script src="{API}/embed.js"></script></template>',
        f'<textarea><script src="{API}/embed.js"></script></textarea>',
        '<script src="http://[/embed.js"></script>',
    ],
)
def test_no_other_script_is_taken_for_it(page: str) -> None:
    assert read(page).scripts == ()


def test_elements_links_and_frames_are_read() -> None:
    page = read(
        f'<trackback-list post="blog.example/a" ping-url><a href="{API}/pings/blog.example/a">x</a>'
        f"</trackback-list><trackback-list></trackback-list><a href='/pings/b'>y</a><a href='/x'>z</a>"
        f"<noscript><iframe src={API}/pings/blog.example/a/.html></iframe></noscript><iframe src=/y></iframe>"
    )
    assert page.elements == (Element("blog.example/a", True), Element(None, False))
    assert page.links == (f"{API}/pings/blog.example/a", "https://blog.example/pings/b")
    assert page.frames == (f"{API}/pings/blog.example/a/.html",)


def test_the_first_canonical_link_and_the_base_count() -> None:
    page = read(
        '<link rel="Canonical x" href="a"><link rel="canonical" href="b"><base href="/c/"><base href="/d/">'
    )
    assert page.canonical == "https://blog.example/c/a"
    assert read("<link rel=canonical>").canonical is None
    assert read('<link rel="canonical" href="http://[x/">').canonical is None


def test_policies_count_in_the_head_only() -> None:
    meta = '<meta http-equiv="Content-Security-Policy" content="{}">'
    page = read(f"<head>{meta.format('a')}<title>x</title>{meta.format('b')}<body>{meta.format('c')}")
    assert page.policies == ("a", "b")
    assert (
        read('<meta name="description" content="x"><meta http-equiv="Content-Security-Policy">').policies
        == ()
    )


def test_nothing_is_read_from_nothing() -> None:
    assert read("") == PostPage()


HOSTILE = [
    f'<script src="{API}/embed.js"></script>',
    "<trackback-list>",
    "<template>",
    "<a href=/pings/>",
    "<meta http-equiv=content-security-policy content=x>",
    "<script src='",
]


def test_a_hostile_page_takes_linear_time() -> None:
    assert not_linear(HOSTILE, read, 500_000) == {}


def test_of_a_hostile_page_so_much_is_kept() -> None:
    for piece in HOSTILE:
        page = read(piece * 2_000)
        assert all(len(part) <= 100 for part in (page.scripts, page.elements, page.links, page.policies))
