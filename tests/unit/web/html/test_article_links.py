"""Which links of a page are citations of its post."""

import pytest

from tests.unit.web.html.articles import AT, NO, A, B, read, targets
from trackback.web.html.article import Article, read_article
from trackback.web.html.article_markup import MOST


@pytest.mark.parametrize(
    "page",
    [
        pytest.param(f"<article>{A} {B}</article>{NO}", id="article"),
        pytest.param(f"<ARTICLE>{A}{B}</ARTICLE>{NO}", id="upper case"),
        pytest.param(f"{NO}<main>{A}<section>{B}</section></main>{NO}", id="main"),
        pytest.param(f'<div role="main">{A} {B}</div>{NO}', id="the role of main"),
        pytest.param(f"<main><article>{A} {B}</article>{NO}</main>{NO}", id="the article in main"),
        pytest.param(f"<main>{A}{B}</main><div><article>{NO}</article></div>", id="main, and a card behind"),
        pytest.param(f'<div class="post h-entry">{A} {B}</div>{NO}', id="h-entry"),
        pytest.param(f'<div class="hentry">{A} {B}</div>{NO}', id="hentry, of the older microformats"),
        pytest.param(f'<article>{NO}<div class="e-content">{A}<p>{B}</div>{NO}</article>', id="e-content"),
        pytest.param(f'<p class="e-content">{A} {B}<p>{NO}', id="e-content on a paragraph without end"),
        pytest.param(f'<table><td>{NO}<td class="entry-content">{A} {B}<tr><td>{NO}</table>', id="a table"),
        pytest.param(f'<div itemprop="articleBody">{A} {B}</div>{NO}', id="articleBody"),
        pytest.param(f"<article>{NO}</article><article><h1>x</h1>{A} {B}</article>", id="the one with h1"),
        pytest.param(f"<article>{A}<article>{B}</article></article>{NO}", id="an article in the article"),
        pytest.param(
            f"<main>{A}<article>{B}</article><article></article></main>{NO}", id="main, and cards in it"
        ),
        pytest.param(f"<p>{A}<article></article><article>{B}</article>", id="cards, and no main"),
        pytest.param(f"<body><p>{A} {B}", id="a page by hand"),
        pytest.param(f"{A} {B}", id="less than a page"),
        pytest.param(f"<article></p></li></section>{A}</div>{B}</article>{NO}", id="ends of nothing"),
        pytest.param(f"<article><div><p>{A}<div>{B}</article>{NO}", id="elements without end"),
        pytest.param(
            f"<body class='sidebar comments'><article class='post comments-open'>{A}{B}", id="names"
        ),
        pytest.param(
            f"<div class=sidebar-layout><main>{A}{B}</main></div>", id="main in what is called aside"
        ),
    ],
)
def test_the_post_s_own_links_are_found(page: str) -> None:
    assert targets(page) == ["https://a.example/1", "https://b.example/2"]


@pytest.mark.parametrize(
    "around",
    [
        pytest.param("<nav>{}</nav>", id="navigation"),
        pytest.param("<aside class=post-toc><p>{}</p></aside>", id="an aside of the theme"),
        pytest.param("<footer>{}</footer>", id="a footer"),
        pytest.param('<div role="navigation">{}</div>', id="the role of navigation"),
        pytest.param("<div hidden>{}</div>", id="hidden"),
        pytest.param('<ol class="commentlist"><li>{}</ol>', id="comments"),
        pytest.param(
            '<div id="comments"><article class=h-entry>{}</article></div>', id="an article in comments"
        ),
        pytest.param('<div class="u-comment h-cite">{}</div>', id="a comment by microformats"),
        pytest.param('<section id="trackbacks">{}</section>', id="TrackBacks"),
        pytest.param("<trackback-list><h2>x</h2><ul><li>{}</ul></trackback-list>", id="our own list"),
        pytest.param("<p><trackback-list>{}</trackback-list>", id="our own list in a paragraph"),
        pytest.param("<giscus-widget>{}</giscus-widget>", id="comments as a custom element"),
        pytest.param('<div class="wp-block-comments">{}</div>', id="comments of WordPress's blocks"),
        pytest.param('<div class="post-navigation">{}</div>', id="links to the next post"),
        pytest.param('<ul class="related-posts"><li>{}</ul>', id="related posts"),
        pytest.param('<div class="share-buttons">{}</div>', id="buttons to share"),
        pytest.param('<ul id="sidebar"><li class="widget blogroll">{}</ul>', id="a sidebar"),
    ],
)
def test_what_stands_around_it_is_left_out(around: str) -> None:
    for page in ("<article>{} {}</article>", "<main>{} {}</main>", "<p>{} {}"):
        assert targets(page.format(around.format(NO), A)) == ["https://a.example/1"]


@pytest.mark.parametrize(
    "link",
    [
        pytest.param('<a href="/about/">x</a>', id="to the same blog"),
        pytest.param('<a href="http://WWW.blog.example:80/2025/">x</a>', id="to it in another spelling"),
        pytest.param('<a href="#top">x</a>', id="within the page"),
        pytest.param('<a href="">x</a>', id="to the page itself"),
        pytest.param("<a>x</a>", id="to nowhere"),
        pytest.param('<a href="mailto:me@no.example">x</a>', id="to a mail address"),
        pytest.param('<a href="javascript:no()">x</a>', id="to a script"),
        pytest.param('<a href="http://[no">x</a>', id="to no URL"),
        pytest.param('<a href="https://">x</a>', id="to no host"),
        pytest.param(f'<a href="https://no.example/{"x" * 3_000}">x</a>', id="to a URL that is too long"),
        pytest.param('<a rel="noopener NoFollow" href="https://no.example/">x</a>', id="nofollow"),
        pytest.param('<a rel=ugc href="https://no.example/">x</a>', id="ugc"),
        pytest.param('<a rel=sponsored href="https://no.example/">x</a>', id="sponsored"),
        pytest.param('<a rel=license href="https://no.example/">x</a>', id="to a licence"),
        pytest.param('<link rel=stylesheet href="https://no.example/">', id="to a style sheet"),
        pytest.param('<b href="https://no.example/">x</b>', id="on an element that is no link"),
        pytest.param('<img src="https://no.example/">', id="to an image"),
        pytest.param("https://no.example/", id="as text"),
        pytest.param("&lt;a href=https://no.example/&gt;", id="as HTML that is shown"),
    ],
)
def test_what_is_no_citation_is_left_out(link: str) -> None:
    assert targets(f"<article>{link} {A}</article>") == ["https://a.example/1"]


@pytest.mark.parametrize(
    ("href", "target"),
    [
        ("//a.example/1", "https://a.example/1"),
        ("HTTP://A.example:80/1", "http://a.example/1"),
        (" https://a.example/\n1 ", "https://a.example/1"),
        ("https://a.example/?p=1&amp;q=2&copy=3", "https://a.example/?p=1&q=2&copy=3"),
        ("https://a.example/grüße", "https://a.example/gr%C3%BC%C3%9Fe"),
        ("https://日本.example/", "https://xn--wgv71a.example/"),
        ("https://me:pw@a.example/1", "https://a.example/1"),
        ("https://a.example/1#part", "https://a.example/1#part"),
        ("https://blog.example.a.example/", "https://blog.example.a.example/"),
        ("https://other.blog.example/", "https://other.blog.example/"),
        ("https://blog.example:8443/", "https://blog.example:8443/"),
    ],
)
def test_a_link_is_made_whole(href: str, target: str) -> None:
    assert targets(f'<article><a href="{href}">x</a></article>') == [target]


def test_links_are_relative_to_the_page_s_base_wherever_that_stands() -> None:
    page = '<article><a href="a">x</a></article><base href="//a.example/b/"><base href="https://no.example/">'
    assert targets(page) == ["https://a.example/b/a"]


def test_each_page_is_one_link_with_the_words_of_the_first_that_has_any() -> None:
    page = """<article><a href="https://a.example/1"><img src=x></a> <a href="http://a.example/1/#x">Words</a>
    <a href="https://a.example/1?utm_source=x">more</a> <a href="https://a.example/2">two</a></article>"""
    first, second = read(page).links
    assert (first.target, first.text) == ("https://a.example/1", "Words")
    assert second.target == "https://a.example/2"


def test_a_heading_that_links_belongs_to_the_post() -> None:
    """Link blogs send readers on in the title."""
    page = f"<article><header><h1>{A}</h1>{NO}</header><div class=e-content>{B}</div></article><h1>{NO}</h1>"
    assert targets(page) == ["https://a.example/1", "https://b.example/2"]


@pytest.mark.parametrize("name", ["u-in-reply-to", "u-like-of", "u-repost-of", "u-bookmark-of"])
def test_a_reply_belongs_to_the_post_wherever_it_is_marked(name: str) -> None:
    link = f'<a class="{name}" href="https://a.example/1">x</a>'
    assert targets(f"<div class=h-entry>{link}{NO}<p class=e-content>{B}</div>") == [
        "https://a.example/1",
        "https://b.example/2",
    ]
    cite = f'<div class="{name} h-cite">{A}</div>'
    assert targets(f"<div class=h-entry>{cite}<p class=e-content></div>") == ["https://a.example/1"]


def test_the_feed_tells_what_the_post_is_where_its_page_does_not() -> None:
    content = f'<p>{A}</p><p><a href="https://b.example/2">two</a>'
    found = ["https://a.example/1", "https://b.example/2"]
    assert targets(f"<div>{NO}</div>", content) == found
    assert targets("", content) == found
    assert targets(f"<main>{A}</main>", content) == ["https://a.example/1"]
    assert targets(f"<base href=https://a.example/><p>{NO}", "<a href=/1>x</a>") == ["https://a.example/1"]


def test_what_is_not_html_has_no_links() -> None:
    article = read_article(A.encode(), "text/plain", AT)
    assert article == Article(AT, "blog.example/2026/re-hello/", "blog.example", "", "", ())


def test_links_are_kept_up_to_a_bound() -> None:
    page = "".join(f"<a href=https://a.example/{number}>x</a>" for number in range(MOST + 10))
    assert len(read(page).links) == MOST
