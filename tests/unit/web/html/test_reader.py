"""All readers of pages agree on what is hidden, where the head ends and what links are relative to."""

from collections.abc import Callable

import pytest

from tests.support.linear_time import LIMIT, growth
from trackback.cli.doctor.post_page import read_post_page
from trackback.protocols.trackback.discovery import discover
from trackback.web.feed import find_feed
from trackback.web.html.article import read_article
from trackback.web.html.article_markup import ArticleMarkup
from trackback.web.html.href import resolve
from trackback.web.html.link_reader import Document
from trackback.web.html.page import read_page
from trackback.web.html.tokenizer import read_markup

AT = "https://o.example/2026/hello"
HREF = "a/pings/1"
OTHER = "https://base.example/"
BASE = f"<base href={OTHER}>"


def document(page: str) -> Document:
    """Read a page as verification does; every link is wanted."""
    return read_page(page.encode(), "text/html", AT, lambda _: True)


def first_of_page(page: str) -> str | None:
    """Return the link that verification finds."""
    link = document(page).link
    return link.url if link else None


def first_of_article(page: str) -> str | None:
    """Return the first link of an article's markup."""
    prose = ArticleMarkup(AT)
    read_markup(page, prose)
    return resolve(prose.links[0].href, prose.base) if prose.links else None


def first_of_discovery(page: str) -> str | None:
    """Return the first TrackBack URL."""
    return next((found.ping_url for found in discover(page, AT).found), None)


def first_of_feeds(page: str) -> str | None:
    """Return the first feed."""
    return find_feed(page.encode(), "text/html", AT)


def first_of_post_page(page: str) -> str | None:
    """Return the first link to a list."""
    return next(iter(read_post_page(page, AT).links), None)


Reader = tuple[str, Callable[[str], str | None]]
READERS: dict[str, Reader] = {
    "page": (f"<a href={HREF}>x</a>", first_of_page),
    "article": (f"<a href={HREF}>x</a>", first_of_article),
    "discovery": (f"<a rel=trackback href={HREF}>x</a>", first_of_discovery),
    "feed": (f"<link rel=alternate type=application/rss+xml href={HREF}>", first_of_feeds),
    "post page": (f"<a href={HREF}>x</a>", first_of_post_page),
}
READ_FALLBACKS = {"discovery", "feed", "post page"}


def first(name: str, page: str) -> str | None:
    """Return the first link that a reader finds in a page; "LINK" stands for one that it looks for."""
    link, read = READERS[name]
    return read(page.replace("LINK", link))


def first_of_all(page: str) -> dict[str, str | None]:
    """Return the first link that each reader finds."""
    return {name: first(name, page) for name in READERS}


def all_find(url: str | None) -> dict[str, str | None]:
    """Return the same link for each reader."""
    return dict.fromkeys(READERS, url)


BASES = {
    "none": ("LINK", AT),
    "one": (f"{BASE}LINK", OTHER),
    "one behind the link": (f"LINK{BASE}", OTHER),
    "in the body": (f"<body><div>LINK<p>{BASE}", OTHER),
    "the first of two": (f"{BASE}<base href=/no/>LINK", OTHER),
    "the first of two behind the link": (f"LINK{BASE}<base href=/no/>", OTHER),
    "the first that has an address": (f"<base target=_top>{BASE}LINK", OTHER),
    "empty, and another": (f"<base href=''>{BASE}LINK", AT),
    "no page, and another": (f"<base href=data:,x>{BASE}LINK", AT),
    "relative": ("<base href=//base.example>LINK", OTHER),
    "upper case": (f"<BASE HREF='{OTHER}'>LINK", OTHER),
    "in a comment": (f"<!-- {BASE} -->LINK", AT),
    "in a template": (f"<template>{BASE}</template>LINK", AT),
    "in a template with a template": (f"<template><template></template>{BASE}</template>LINK", AT),
    "behind a template": (f"<template></template>{BASE}LINK", OTHER),
    "behind the end of no template": (f"</template>{BASE}LINK", OTHER),
    "in a shadow root": (f"<template shadowrootmode=open>{BASE}</template>LINK", OTHER),
    "in noscript": (f"<noscript>{BASE}</noscript>LINK", AT),
    "in a text field": (f"<textarea>{BASE}</textarea>LINK", AT),
    "in a script": (f"<script>'{BASE}'</script>LINK", AT),
}


@pytest.mark.parametrize(("page", "base"), BASES.values(), ids=BASES)
def test_a_link_is_relative_to_the_first_base_with_an_address(page: str, base: str) -> None:
    assert first_of_all(page) == all_find(resolve(HREF, base))


NOT_SHOWN = {
    "a comment": "<!-- LINK -->",
    "a comment with an end that is none": "<!-- > LINK -->",
    "a comment without end": "<!-- LINK",
    "a conditional comment": "<!--[if IE]>LINK<![endif]-->",
    "CDATA": "<![CDATA[LINK]]>",
    "PHP": "<?php LINK ?>",
    "a declaration": "<!x LINK>",
    "an end tag without name": "</ LINK>",
    "a script": "<script>document.write('LINK')</script>",
    "a script that seems closed": "<script/>LINK</script>",
    "a script in a script": "<script><!--<script></script>LINK</script>",
    "a script without end": "<script>LINK",
    "a style sheet": "<style>LINK</style>",
    "a template": "<template>LINK</template>",
    "a template that seems closed": "<template/>LINK</template>",
    "a template with another mode": "<template shadowrootmode=none>LINK</template>",
    "a shadow root in a template": "<template><template shadowrootmode=open>LINK</template></template>",
    "a template in a template": "<template><template></template>LINK</template>",
    "a template that seems closed with its block": "<div><template></div>LINK</template>",
    "a textarea": "<textarea>LINK</textarea>",
    "a textarea that seems closed": "<textarea/>LINK</textarea>",
    "a textarea with another end tag": "<textarea></textareas>LINK</textarea>",
    "a title": "<title>LINK</title>",
    "a frame": "<iframe>LINK</iframe>",
    "text for browsers without embeds": "<noembed>LINK</noembed>",
    "text for browsers without frames": "<noframes>LINK</noframes>",
    "an example": "<xmp>LINK</xmp>",
    "plain text": "<plaintext>LINK</plaintext>",
    "a template with a block": "<template><div>LINK</div></template>",
    "a template without end": "<template>LINK",
    "an attribute": "<p title='LINK'>",
}


def test_what_no_browser_shows_is_read_by_none() -> None:
    found = {name: first_of_all(page) for name, page in NOT_SHOWN.items()}
    assert {name: links for name, links in found.items() if links != all_find(None)} == {}


@pytest.mark.parametrize(
    "page",
    [
        "<template></template>LINK",
        "<template><template></template></template>LINK",
        "</template></noscript></script>LINK",
        "<script>'<template>'</script>LINK",
        "<noscript><template></noscript>LINK",
        "<noscript><noscript></noscript>LINK",
        "<title>x</title><style></style><iframe></iframe>LINK",
        "<my-post><template shadowrootmode=open><p>LINK</p></template></my-post>",
        "<div><template ShadowRootMode=Closed><template></template>LINK</template></div>",
    ],
)
def test_what_is_behind_hidden_elements_is_read_by_all(page: str) -> None:
    assert first_of_all(page) == all_find(resolve(HREF, AT))


def test_what_is_there_for_clients_without_scripts_is_no_link_that_people_see() -> None:
    for page in ("<noscript>LINK</noscript>", "<noscript><template></template>LINK</noscript>"):
        assert {name for name, url in first_of_all(page).items() if url} == READ_FALLBACKS


HEADS = {
    True: [
        "",
        "<!doctype html>\n<html lang=de>\n<head>\n",
        "<title>x</title><style>x</style><script>x</script>",
        "<base href=/><link rel=icon href=/x><meta name=x content=y>",
        "<noscript><img src=/pixel></noscript>",
        "<template><div>x</div></template>",
        "<!-- <p> -->",
        "</p></head>\n",
    ],
    False: [
        "<body>",
        "<p>",
        "<x-y>",
        "<iframe></iframe>",
        "<textarea></textarea>",
        "text",
        "<title>x</title>\ntext\n",
        "</body>",
        "</html>",
        "</br>",
    ],
}


@pytest.mark.parametrize(
    ("start", "in_head"), [(start, in_head) for in_head, starts in HEADS.items() for start in starts]
)
def test_the_head_ends_where_browsers_end_it(start: str, in_head: bool) -> None:
    page = (
        f"{start}<link rel=canonical href=/c><meta http-equiv=content-security-policy content=x>"
        "<script src=/embed.js></script>"
    )
    shown = read_post_page(page, AT)
    assert document(page).canonical == ("https://o.example/c" if in_head else None)
    assert (shown.policies, shown.scripts[0].in_body) == (("x",) if in_head else (), not in_head)


@pytest.mark.parametrize(
    ("page", "title"),
    [
        ("<title> A\n b &amp;&#32;c </title><title>x</title>", "A b & c"),
        ("<title> \n</title><title>\u200b</title><title>x</title>", "x"),
        ("<template><title>no</title></template><noscript><title>no</title></noscript><title>x</title>", "x"),
        (f"<title>{' ' * 5_000}x</title><title>y</title>", "x"),
        ("<p><title>x", "x"),
    ],
)
def test_the_first_title_that_is_not_blank_counts(page: str, title: str) -> None:
    assert document(page).title == title
    assert read_article(page.encode(), "text/html", AT).title == title


@pytest.mark.parametrize(
    ("page", "language"),
    [
        ("<html lang=en-GB xml:lang=de>", "en-GB"),
        ("<html xml:lang=' de '>", "de"),
        ("<html lang=''><body lang=fr>", ""),
        ("<html lang='de; q=1'>", ""),
        ("<template><html lang=de></template>", ""),
    ],
)
def test_the_language_is_that_of_the_whole_page(page: str, language: str) -> None:
    assert document(page).language == language
    assert read_article(page.encode(), "text/html", AT).language == language


SEGMENTS = ["a/", "%41/", "ä/", "x", "../"]


def with_late_base(link: str, segment: str, size: int) -> str:
    """Return a page of many links, each of which its late base makes as long as a URL may be."""
    base = f"<base href='{OTHER}{(segment * 2_000)[:1_900]}/'>"
    return link * (size // len(link)) + base


@pytest.mark.parametrize("name", READERS)
def test_twice_as_many_links_with_a_long_late_base_take_twice_as_long(name: str) -> None:
    def read_links(size: int) -> None:
        for segment in SEGMENTS:
            first(name, with_late_base(READERS[name][0], segment, size))

    assert growth(read_links, 80_000) <= LIMIT


def test_the_urls_of_a_page_are_compared_up_to_a_length_that_grows_with_the_page() -> None:
    def compared(size: int) -> int:
        urls: list[str] = []

        def wanted(url: str) -> bool:
            urls.append(url)
            return False

        page = with_late_base("<a href=x>", "a/", size).encode()
        read_page(page, "text/html", AT, wanted)
        return sum(map(len, urls))

    small, large = compared(27_000), compared(54_000)
    assert large - small < 15 * 27_000
    assert large < 1_000_000


def test_links_of_an_honest_page_with_a_long_base_are_all_read() -> None:
    base = f"<base href='{OTHER}{'a/' * 100}'>"
    page = base + "<p>Words about it.</p>\n<a href=x>a link</a>\n" * 1_000
    assert document(page).links == 1_000
