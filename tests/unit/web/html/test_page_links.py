"""The link to the post: what counts as one, and which of several."""

import pytest

from tests.unit.web.html.pages import POST, A, is_wanted, read
from trackback.web.html.link_reader import Link


@pytest.mark.parametrize(
    "page",
    [
        pytest.param(A, id="a plain link"),
        pytest.param(f"<a href={POST}>here</a>", id="an unquoted attribute"),
        pytest.param(f"<A HREF='{POST}'>here</A>", id="upper case"),
        pytest.param(f'<a/href="{POST}">here</a>', id="a slash for a space"),
        pytest.param(f'<a\n\ttitle=">"\n href\n = "{POST}">here</a>', id="line breaks within the tag"),
        pytest.param(f'<a href="{POST}" href="https://o.example/">here</a>', id="the first of two href"),
        pytest.param(f'<a href=" {POST[:9]}\n\t{POST[9:]} ">here</a>', id="blanks and line breaks in href"),
        pytest.param('<a href="//blog.example/2026/hello">here</a>', id="a link without scheme"),
        pytest.param(r'<a href="https:\\blog.example\2026\hello">here</a>', id="backslashes for slashes"),
        pytest.param('<a href="http:blog.example/2026/hello">x</a>', id="no slashes behind another scheme"),
        pytest.param(
            '<a href="http://www.blog.example:80/2026/hello/index.html?a=b#c">x</a>', id="a variant"
        ),
        pytest.param('<a href="HTTPS://BLOG.EXAMPLE./%32026/h%65llo">x</a>', id="percent-encoded letters"),
        pytest.param('<a href="https://blog%2Eexample/2026/hello">x</a>', id="a percent-encoded host"),
        pytest.param('<a href="https://ｂlog。example/2026/hello">x</a>', id="a host in full-width letters"),
        pytest.param('<a href="https://blog.example/x/../2026/./hello">x</a>', id="dots in the path"),
        pytest.param('<a href="https://me:pw@blog.example/2026/hello">x</a>', id="a user name"),
        pytest.param(
            '<a href="&#104;ttps&colon;//blog.example/2026&#x2f;hello">x</a>', id="entities in href"
        ),
        pytest.param('<a href="https://blog.example/2026/hello?a=1&copy=2">x</a>', id="a bare & in href"),
        pytest.param(f"<p>{A}", id="a link in an unclosed paragraph"),
        pytest.param(f"<a href='{POST}'>here", id="an unclosed link"),
        pytest.param(f"<a href='/x'>x {A}</a>", id="a link in a link"),
        pytest.param(f"<table>{A}<tr><td>x</table>", id="a link where a table takes none"),
        pytest.param(f"<map><area href='{POST}' alt=here></map>", id="an area"),
        pytest.param(f"<svg><a href='{POST}'><text>here</text></a></svg>", id="a link in a drawing"),
        pytest.param(f"<svg/>{A}", id="a link behind a drawing that is closed at once"),
        pytest.param(f"<!-- x -->{A}", id="a link behind a comment"),
        pytest.param(f"<!-->{A}-->", id="a link behind a comment that ends at once"),
        pytest.param(f"<!-- x --!>{A}", id="a link behind a comment with a wrong end"),
        pytest.param(f"<![CDATA[x]]>{A}", id="a link behind CDATA"),
        pytest.param(f"<?php echo 1 ?>{A}", id="a link behind PHP"),
        pytest.param(f"<script>'<a'</script>{A}", id="a link behind a script"),
        pytest.param(
            f"<script><!--<script></script>--></script>{A}", id="a link behind a script in a script"
        ),
        pytest.param(f"<style>/*<!--*/</style>{A}", id="a link behind a style sheet"),
        pytest.param(f"<noscript><img src=x></noscript>{A}", id="a link behind noscript"),
        pytest.param(f"<template><template></template></template>{A}", id="a link behind templates"),
        pytest.param(
            f"<template><noscript></template>{A}", id="a link behind a template with half a noscript"
        ),
        pytest.param(f"</template></noscript></script>{A}", id="a link behind end tags of nothing"),
        pytest.param("<base href=https://blog.example/><a href=2026/hello>x</a>", id="a base"),
        pytest.param("<base href=//blog.example/2026/><a href=hello>x</a>", id="a relative base"),
        pytest.param(
            "<a href=2026/hello>x</a><base href=https://blog.example/>", id="a base behind the link"
        ),
        pytest.param(
            "<base target=_top><base href=https://blog.example/><a href=/2026/hello>x</a>",
            id="a base behind one without href",
        ),
        pytest.param(f"\ufeff<!doctype html><title>x</title>{A}", id="a byte order mark"),
        pytest.param(f"<p>\0{A}\0", id="NULs around the link"),
        pytest.param("<a>" * 300 + A, id="a link behind links without href"),
        *(
            pytest.param(f"<{tag}>" * depth + A, id=f"a link in {depth:,} nested {tag}")
            for tag in ("div", "b", "ul><li", "table><tr><td", "x-y")
            for depth in (251, 5_000, 100_000)
        ),
    ],
)
def test_a_real_link_is_found(page: str) -> None:
    document = read(page)
    assert document.link
    assert is_wanted(document.link.url)


@pytest.mark.parametrize(
    "page",
    [
        pytest.param("", id="an empty page"),
        pytest.param(" \n", id="a blank page"),
        pytest.param(POST, id="the address as text"),
        pytest.param(f'<script type="application/ld+json">{{"x": "{POST}"}}</script>', id="JSON-LD"),
        pytest.param(f'<p title="{A.replace(chr(34), chr(39))}">x', id="an attribute"),
        pytest.param(f'<a title="<a href={POST}>x', id="an attribute without end"),
        pytest.param(f'<p x="a<b">{POST}', id="a tag in an attribute"),
        pytest.param(A.replace("<", "&lt;"), id="escaped markup"),
        pytest.param(f"<a title={POST}>x</a>", id="another attribute of a link"),
        pytest.param(f"<a xlink:href={POST}>x</a><svg><a xlink:href={POST}>x</a></svg>", id="xlink:href"),
        pytest.param(f"<a href='https://o.example/' href='{POST}'>x</a>", id="the second of two href"),
        pytest.param(f"<a href='{POST}'", id="a tag that is cut off"),
        pytest.param(f"<abbr href='{POST}'>x</abbr><ab href='{POST}'>x</ab>", id="other elements"),
        pytest.param(f"<link rel=canonical href='{POST}'>", id="a link element"),
        pytest.param(f"<meta http-equiv=refresh content='0;url={POST}'>", id="a refresh"),
        pytest.param(f"<img src='{POST}'><iframe src='{POST}'></iframe>", id="images and frames"),
        pytest.param(f"<form action='{POST}'><button formaction='{POST}'>x</button></form>", id="a form"),
        pytest.param(f"<a href='javascript:open(\"{POST}\")'>x</a>", id="a script URL"),
        pytest.param(f"<a href='java\nscript:\"{POST}\"'>x</a>", id="a script URL in two lines"),
        pytest.param(f"<a href='data:text/html,{POST}'>x</a>", id="a data URL"),
        pytest.param(f"<a href='mailto:{POST}'>x</a><a href='view-source:{POST}'>x</a>", id="other schemes"),
        pytest.param("<a href='https://blog.example/2026/hello/part-2'>x</a>", id="a longer path"),
        pytest.param("<a href='https://blog.example/2026/hello-world'>x</a>", id="a longer name"),
        pytest.param("<a href='https://blog.example/'>x</a>", id="the blog's home page"),
        pytest.param("<a href='https://blog.example/2026/Hello'>x</a>", id="another case in the path"),
        pytest.param("<a href='https://blog.example.evil.example/2026/hello'>x</a>", id="a longer host"),
        pytest.param("<a href='https://notblog.example/2026/hello'>x</a>", id="a host with the same end"),
        pytest.param("<a href='https://blоg.example/2026/hello'>x</a>", id="a host that looks the same"),
        pytest.param("<a href='https://blog.example@evil.example/2026/hello'>x</a>", id="the host as user"),
        pytest.param(r"<a href='https://evil.example\@blog.example/2026/hello'>x</a>", id="a backslash"),
        pytest.param("<a href='https://evil.example#@blog.example/2026/hello'>x</a>", id="a fragment"),
        pytest.param("<a href='https://blog.example:8443/2026/hello'>x</a>", id="another port"),
        pytest.param(f"<a href='https://evil.example/?u={POST}'>x</a>", id="a redirecting link"),
        pytest.param(f"<a href='https://blog.example%2Fx/2026/hello'>{POST}</a>", id="a slash in the host"),
        pytest.param("<a href='https://'>x</a><a href='//[x/'>x</a><a href='https://%'>y</a>", id="no host"),
        pytest.param("<a href=/2026/hello>x</a>", id="a relative link on another host"),
        pytest.param("<a href=https:blog.example/2026/hello>x</a>", id="no slashes behind the page's scheme"),
        pytest.param(
            "<template><base href=https://blog.example/></template><a href=/2026/hello>x</a>",
            id="a base in a template",
        ),
        pytest.param(
            "<base href=/x><base href=https://blog.example/><a href=/2026/hello>x</a>", id="a second base"
        ),
        pytest.param("<base href=data:,x><a href=/2026/hello>x</a>", id="a base that is no page"),
        pytest.param(
            f"<base href=https://blog.example/{'x' * 3_000}/><a href=/2026/hello>x</a>", id="a base too long"
        ),
        pytest.param(f"<a href='{POST}?{'x' * 3_000}'>x</a>", id="an address too long to be one"),
    ],
)
def test_what_only_looks_like_a_link_is_none(page: str) -> None:
    assert read(page).link is None


def test_a_relative_link_is_resolved_on_the_page_that_redirects_led_to() -> None:
    link = read("<a href='../hello?x=1'>here</a>", url="https://blog.example/2026/re/").link
    assert link == Link("here", "here", frozenset(), "https://blog.example/2026/hello?x=1")


@pytest.mark.parametrize(
    ("page", "text", "rel"),
    [
        pytest.param(f"<a href={POST}>one</a> <a href={POST}>two</a>", "one", "", id="the first of two"),
        pytest.param(
            f"<a rel=nofollow href={POST}>one</a> <a rel=me href={POST}>two</a> <a href={POST}>three</a>",
            "two",
            "me",
            id="the first that the page vouches for",
        ),
        pytest.param(
            f"<a rel='UGC  NoFollow x\"' href={POST}>one</a> <a rel=sponsored href={POST}>two</a>",
            "one",
            "nofollow ugc",
            id="the first if the page vouches for none",
        ),
        pytest.param(
            f"<a rel='{' '.join(f'x{n}' for n in range(999))} nofollow' href={POST}>one</a>",
            "one",
            " ".join(["nofollow", *(f"x{n}" for n in range(19))]),
            id="nofollow behind many words",
        ),
    ],
)
def test_a_link_that_the_page_vouches_for_is_preferred(page: str, text: str, rel: str) -> None:
    link = read(page).link
    assert link
    assert (link.text, link.rel) == (text, frozenset(rel.split()))


def test_links_to_the_web_are_counted() -> None:
    page = (
        "<a href=/a>a</a><a href=//b.example>b</a><a name=c>c</a><a href=mailto:d@e.example>d</a><a href=''>"
    )
    assert read(page).links == 3
    assert read("<a href=/a>a</a>" * 1_000 + A).links == 1_001
