"""Which TrackBack URLs a page offers, in every form that blogs have used, and which of them is the post's."""

import pytest

from tests.support.linear_time import not_linear
from trackback.protocols.trackback.discovery import MOST, Form, Found, discover, wordpress_url
from trackback.protocols.trackback.rdf import block
from trackback.urls import is_same_page

POST = "https://blog.example/2026/hello/"
PING = "https://api.example/tb/1"
OTHER = "https://api.example/tb/2"
LINK = f'<link rel="trackback" href="{PING}">'
ANCHOR = f'<a rel="trackback" href="{PING}">TrackBack URL</a>'
DECOY = "https://decoy.example/"


def rdf(ping: str = PING, identifier: str = POST) -> str:
    """Return a block in its comment."""
    return block(ping_url=ping, post_url=identifier, title="Hello")


def best(page: str, *targets: str, at: str = POST) -> str:
    """Return the URL to ping, empty if there is none."""
    found = discover(page, at).best(*(targets or (at,)))
    return found.ping_url if found else ""


@pytest.mark.parametrize(
    "page",
    [
        pytest.param(LINK, id="a link"),
        pytest.param(ANCHOR, id="an anchor"),
        pytest.param(rdf(), id="RDF in a comment"),
        pytest.param(f"<A HREF='{PING}' REL=TrackBack>x</A>", id="upper case, href first, no quotes"),
        pytest.param(f'<link rel="alternate  trackback\nnofollow" href="{PING}">', id="among other words"),
        pytest.param(f'<link rel="trackback" href=" {PING}\n">', id="blanks around it"),
        pytest.param(f"<body><p>{LINK}", id="a link in the body"),
        pytest.param(f"<noscript>{ANCHOR}</noscript>", id="an anchor for those without JavaScript"),
        pytest.param(f"<template><template></template></template>{ANCHOR}", id="behind templates"),
        pytest.param(f"<!-- <p> -->{ANCHOR}", id="behind a comment"),
    ],
)
def test_a_page_s_trackback_url_is_found(page: str) -> None:
    assert best(page) == PING


@pytest.mark.parametrize(
    ("href", "url"),
    [
        pytest.param("tb", "https://blog.example/2026/hello/tb", id="relative to the page"),
        pytest.param("/tb/1", "https://blog.example/tb/1", id="relative to the host"),
        pytest.param("//tb.example/1", "https://tb.example/1", id="without a scheme"),
        pytest.param("tb.cgi?tb_id=7&amp;a=b", f"{POST}tb.cgi?tb_id=7&a=b", id="with a query"),
        pytest.param("https://tb.example/?a=1&copy=2", "https://tb.example/?a=1&copy=2", id="a bare &"),
        pytest.param("https://tb.example/grüße", "https://tb.example/gr%C3%BC%C3%9Fe", id="other letters"),
    ],
)
def test_it_is_made_whole(href: str, url: str) -> None:
    assert best(f'<link rel="trackback" href="{href}">') == url
    assert best(f'<a href="{href}" rel="trackback">x</a>') == url


def test_it_is_resolved_against_where_redirects_end_and_the_page_s_base() -> None:
    page = '<link rel="trackback" href="tb/1">'
    assert best(page, "https://old.example/x", at="https://new.example/a/b") == "https://new.example/a/tb/1"
    based = f'{page}<base href="/c/"><base href="https://decoy.example/">'
    assert best(based, at="https://new.example/a/b") == "https://new.example/c/tb/1"


@pytest.mark.parametrize(
    "decoy",
    [
        pytest.param(f'<link rel="not-trackback" href="{DECOY}">', id="another word"),
        pytest.param(f'<link rel="track back" href="{DECOY}">', id="two words"),
        pytest.param(f'<!-- <link rel="trackback" href="{DECOY}"> -->', id="a link in a comment"),
        pytest.param(f"&lt;link rel=trackback href={DECOY}&gt;", id="a link as text"),
        pytest.param(f'<pre>&lt;rdf:Description trackback:ping="{DECOY}" /&gt;</pre>', id="RDF as text"),
        pytest.param(f'<textarea><a rel="trackback" href="{DECOY}">x</a></textarea>', id="in a textarea"),
        pytest.param(f'<script>"<a rel=trackback href={DECOY}>"</script>', id="in a script"),
        pytest.param(f'<template><a rel="trackback" href="{DECOY}"></a></template>', id="in a template"),
        pytest.param(f'<b rel="trackback" href="{DECOY}">x</b>', id="on an element that is no link"),
        pytest.param(f'<a title="<a rel=trackback href={DECOY}>" href=x>x</a>', id="in an attribute"),
        pytest.param('<link rel="trackback">', id="without href"),
        pytest.param('<link rel="trackback" href="javascript:x">', id="a script for a URL"),
        pytest.param('<link rel="trackback" href="mailto:me@blog.example">', id="a mail address"),
        pytest.param('<a rel="trackback" href="http://[">x</a>', id="no URL at all"),
        pytest.param(rdf(DECOY, "https://blog.example/2026/other/"), id="RDF of another post"),
        pytest.param(rdf(DECOY, "https://elsewhere.example/"), id="RDF of another blog"),
        pytest.param(f"<p>{POST}trackback/123 {POST}trackback-spam", id="longer addresses in the text"),
    ],
)
def test_a_decoy_is_passed_over(decoy: str) -> None:
    assert DECOY not in best(decoy + rdf(OTHER, "https://blog.example/2026/more/"))
    assert best(decoy + ANCHOR) == PING
    assert best(decoy + rdf()) == PING


def test_the_first_of_links_and_anchors_counts_and_both_before_rdf() -> None:
    second = f'<a rel="trackback" href="{OTHER}">'
    assert best(rdf(OTHER) + LINK + second) == PING
    assert best(rdf(OTHER) + ANCHOR + f'<link rel="trackback" href="{OTHER}">') == PING


@pytest.mark.parametrize(
    "identifier",
    [
        pytest.param("http://blog.example/2026/hello/", id="scheme"),
        pytest.param("https://blog.example/2026/hello", id="slash"),
        pytest.param("https://blog.example/2026/hello/index.html", id="index file"),
        pytest.param("https://blog.example:443/2026/hello/", id="default port"),
        pytest.param("https://BLOG.example/2026/%68ello/#comments", id="fragment, case and percent-encoding"),
    ],
)
def test_a_block_is_the_page_s_under_another_spelling_unless_one_has_the_very_same(identifier: str) -> None:
    others = rdf(DECOY, "https://blog.example/1") + rdf(DECOY, "https://blog.example/2026/hello?p=2")
    assert best(others + rdf(PING, identifier)) == PING
    assert best(others + rdf(OTHER, identifier) + rdf(PING)) == PING
    assert is_same_page(identifier, POST)


def test_of_many_blocks_the_one_of_the_page_linked_to_is_used() -> None:
    """A front page has the blocks of all its posts; parameters tell posts apart."""
    page = "".join(rdf(f"https://api.example/{n}", f"https://blog.example/?p={n}&amp;x") for n in range(50))
    target = "https://blog.example/?p=37&amp;x"
    assert best(page, target, at="https://blog.example/") == "https://api.example/37"
    assert best(page, at="https://blog.example/") == ""


def test_a_block_may_name_the_address_linked_to_or_where_it_leads() -> None:
    page = rdf(PING, "https://new.example/a") + rdf(OTHER, "https://new.example/b")
    assert best(page, "https://old.example/1", "https://new.example/a", at="https://new.example/a") == PING
    assert best(page, "https://new.example/b", "https://new.example/", at="https://new.example/") == OTHER


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        pytest.param(rdf(PING, "https://blog.example/?p=7"), PING, id="names a page of this host"),
        pytest.param(rdf(PING, "https://elsewhere.example/"), "", id="names a page elsewhere"),
        pytest.param(
            '<rdf:Description rdf:about="" trackback:ping="/tb" />', "https://blog.example/tb", id="Typo"
        ),
        pytest.param(
            f'<rdf:Description trackback:ping="{PING}" />', "", id="names none, and pings elsewhere"
        ),
        pytest.param(
            rdf(PING, "https://blog.example/?p=7") + rdf(PING, "https://blog.example/?p=8"),
            "",
            id="is not alone",
        ),
    ],
)
def test_a_block_that_does_not_name_the_page_counts_if_it_is_alone_and_at_home(
    page: str, expected: str
) -> None:
    assert best(page) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"Ping {POST}trackback/.", f"{POST}trackback/"),
        (f"<code>{POST}trackback</code>", f"{POST}trackback"),
        ("/2026/hello/trackback/", ""),
        ("https://blog.example/2026/trackback/", ""),
    ],
)
def test_wordpress_s_address_counts_only_where_the_page_has_it(text: str, expected: str) -> None:
    assert best(text) == expected
    assert best(text + rdf()) == PING


def test_a_link_to_the_page_itself_is_the_last_resort() -> None:
    """Themes write that, and posting there does nothing."""
    itself = f'<a rel="trackback" href="{POST}">x</a>'
    assert best(itself + rdf()) == PING
    assert best(itself + LINK) == PING
    assert best(f"{itself} {POST}trackback/") == f"{POST}trackback/"
    assert best(itself) == POST
    assert best('<link rel="trackback" href="">') == POST


def test_all_is_told_form_by_form() -> None:
    page = f"{rdf()}<p>{POST}trackback/</p>{ANCHOR}{LINK}"
    found = discover(page, POST)
    assert found.found == (
        Found(Form.ANCHOR, PING),
        Found(Form.LINK, PING),
        Found(Form.RDF, PING, (POST, POST)),
        Found(Form.MENTION, f"{POST}trackback/"),
    )
    assert [one.form for one in found.of(Form.RDF, Form.LINK)] == [Form.LINK, Form.RDF]


@pytest.mark.parametrize(
    ("page", "url"),
    [
        ("https://o.example/2026/01/post/", "https://o.example/2026/01/post/trackback/"),
        ("https://o.example/2026/01/post", "https://o.example/2026/01/post/trackback/"),
        ("https://o.example/post.html?utm_source=x#top", "https://o.example/post.html/trackback/"),
        ("https://o.example/?p=12", "https://o.example/wp-trackback.php?p=12"),
        ("https://o.example/blog/?p=12&lang=de", "https://o.example/blog/wp-trackback.php?p=12"),
        ("https://o.example/?p=a%26b", "https://o.example/wp-trackback.php?p=a%26b"),
    ],
)
def test_where_wordpress_takes_pings_follows_from_the_kind_of_permalink(page: str, url: str) -> None:
    assert wordpress_url(page) == url


def test_what_made_a_page_is_told() -> None:
    page = "<meta name=Generator content='WordPress 6.9'>"
    assert discover(page, "https://o.example/").generator == "WordPress 6.9"
    assert discover("<p>Made by hand.", "https://o.example/").generator == ""


def test_nothing_is_found_in_nothing() -> None:
    assert discover("", POST).found == ()
    assert discover("", "").best("", "x") is None
    assert not is_same_page("", "")


HOSTILE = [
    "<a rel=trackback href=x>",
    f"<link rel=trackback href={POST}>",
    "<link rel=' trackback' href=//",
    "<template>",
    f"<rdf:Description dc:identifier='{POST}x' trackback:ping='{PING}'/>",
    f"{POST}trackback",
    "https://blog.example/",
    "<!--",
    "<base href=x>",
    "<a rel='",
]


def test_a_hostile_page_takes_linear_time() -> None:
    assert not_linear(HOSTILE, lambda page: discover(page, POST).best(POST), 500_000) == {}


def test_of_a_hostile_page_so_many_links_are_kept() -> None:
    for piece in HOSTILE:
        assert len(discover(piece * 2 * MOST, POST).of(Form.LINK, Form.ANCHOR)) <= MOST
