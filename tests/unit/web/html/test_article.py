"""What a post of the author's links to, on pages as generators, themes and hands make them."""

from time import process_time

import pytest

from trackback.web.html.article import Article, Citation, read_article
from trackback.web.html.article_markup import MOST

AT = "https://blog.example/2026/re-hello/"
HTML = "text/html; charset=utf-8"
A = '<a href="https://a.example/1">one</a>'
B = '<a href="https://b.example/2">two</a>'
NO = '<a href="https://no.example/">x</a>'


def read(page: str, url: str = AT, content: str = "") -> Article:
    """Read a post as the sender does."""
    return read_article(page.encode("utf-8", "replace"), HTML, url, content)


def targets(page: str, content: str = "") -> list[str]:
    """Return the pages that a post links to."""
    return [link.target for link in read(page, content=content).links]


def citation(page: str) -> Citation:
    """Return the only link of a post."""
    (link,) = read(page).links
    return link


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
        pytest.param("<aside><p>{}</p></aside>", id="an aside"),
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
        pytest.param("<!-- {} -->", id="a comment of HTML"),
        pytest.param("<script>'{}'</script>", id="a script"),
        pytest.param("<template><template></template>{}</template>", id="a template"),
        pytest.param("<noscript>{}</noscript>", id="noscript"),
        pytest.param("<textarea>{}</textarea>", id="a textarea"),
    ],
)
@pytest.mark.parametrize("page", ["<article>{} {}</article>", "<main>{} {}</main>", "<p>{} {}"])
def test_what_stands_around_it_is_left_out(page: str, around: str) -> None:
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


@pytest.mark.parametrize(
    ("block", "text", "passage"),
    [
        pytest.param(f"<p>{A}", "one", "one", id="nothing but the link"),
        pytest.param(
            f"<p>Before. I read {A} today. After it.</p><p>no",
            "one",
            "Before. I read one today. After it.",
            id="the paragraph",
        ),
        pytest.param(
            f"<p>I read {A}, {NO} and {B}.", "one", "I read one, x and two.", id="other links of the sentence"
        ),
        pytest.param(
            f"<ul><li>no<li>See {A}: good<li>no</ul>", "one", "See one: good", id="an item of a list"
        ),
        pytest.param(f"no<h2>{A}</h2>no", "one", "one", id="a heading"),
        pytest.param(
            '<p>a <a href="https://a.example/1"><img alt="A &amp; B"></a> b',
            "A & B",
            "a A & B b",
            id="an image",
        ),
        pytest.param(
            '<p>a<br>b <a href="https://a.example/1">x<p>y</a> z',
            "x y",
            "a b x y z",
            id="a link of two blocks",
        ),
        pytest.param(
            "<p>a <map><area href='https://a.example/1' alt=map></map> b", "map", "a map b", id="an area"
        ),
        pytest.param(f"<p>a<script>no</script> {A}<style>no</style>", "one", "a one", id="scripts"),
        pytest.param(f"<p>\u202ea &lt;b&gt; \0{A}", "one", "a \ufffdone", id="what is no text"),
        pytest.param(f"<p>前の文。ここに{A}がある。次", "one", "前の文。ここにoneがある。次", id="Japanese"),
    ],
)
def test_the_words_around_a_link_are_those_of_its_block(block: str, text: str, passage: str) -> None:
    first = read(f"<article>{block}</article>").links[0]
    assert (first.text, first.passage) == (text, passage)


def test_a_passage_is_whole_sentences_as_far_as_they_fit() -> None:
    far, near, last = (f"{word} {'so ' * 30}on." for word in ("Far", "Near", "Last"))
    assert citation(f"<p>{far} {near} See {A}. {last}").passage == f"{near} See one. {last}"
    assert citation(f"<p>{far} {near} See {A}.").passage == f"{far} {near} See one."
    assert citation(f"<p>See {A}. {near} {last} {far}").passage == f"See one. {near} {last}"


@pytest.mark.parametrize("before", ["", "word " * 400, "x" * 2_000, "あ" * 2_000])
@pytest.mark.parametrize("after", ["", " word" * 400, "x" * 2_000])
def test_a_sentence_that_is_too_long_is_cut_around_the_link(before: str, after: str) -> None:
    passage = citation(f"<p>{before}{A}{after}").passage
    assert "one" in passage
    assert len(passage) <= 252
    assert passage.startswith("…") == bool(before)
    assert passage.endswith("…") == bool(after)


def test_a_link_that_is_too_long_is_cut() -> None:
    link = citation(f"<p>before <a href=https://a.example/1>{'word ' * 400}</a> after")
    assert len(link.text) <= 300
    assert len(link.passage) <= 252
    assert "word word" in link.passage


@pytest.mark.parametrize(
    ("head", "title", "blog_name"),
    [
        pytest.param("<title>Re: Hello</title>", "Re: Hello", "blog.example", id="a title only"),
        pytest.param(
            '<title>Re: Hello</title><meta property="og:title" content="Hello &amp; re">'
            '<meta property="og:site_name" content="My Blog">',
            "Hello & re",
            "My Blog",
            id="Open Graph",
        ),
        pytest.param(
            "<title>Re: Hello – My Blog</title><meta name=application-name content='My Blog'>",
            "Re: Hello",
            "My Blog",
            id="the blog's name behind the title",
        ),
        pytest.param(
            "<title>My Blog » Re: Hello</title>"
            "<link rel=alternate type=application/rss+xml title='My Blog » Feed' href=/f>",
            "Re: Hello",
            "My Blog",
            id="the blog's name before it, as the feed tells it",
        ),
        pytest.param(
            "<title>My Blog</title><link rel=alternate type=application/atom+xml title='My Blog' href=/f>",
            "My Blog",
            "My Blog",
            id="the blog's name for a title",
        ),
        pytest.param(
            "<title>Why?</title><link rel=alternate type=application/atom+xml title='RSS' href=/f>",
            "Why?",
            "blog.example",
            id="a feed without a name",
        ),
        pytest.param(
            "<title> \n</title>", "blog.example/2026/re-hello/", "blog.example", id="an empty title"
        ),
        pytest.param("", "blog.example/2026/re-hello/", "blog.example", id="nothing"),
        pytest.param(
            f"<title>{'x' * 1_000}</title><meta name=application-name content='{'y' * 1_000}'>",
            "x" * 249 + "…",
            "y" * 249 + "…",
            id="long ones",
        ),
        pytest.param(
            "<title>\u202eRe:\0 &lt;b&gt;Hello&lt;/b&gt;\n</title>",
            "Re:\ufffd Hello",
            "blog.example",
            id="odd characters",
        ),
    ],
)
def test_title_and_blog_name_are_never_empty(head: str, title: str, blog_name: str) -> None:
    article = read(f"{head}<article>{A}</article>")
    assert (article.title, article.blog_name) == (title, blog_name)


def test_the_title_of_a_picture_is_not_the_post_s() -> None:
    assert read("<title>Re: Hello</title><svg><title>no</title></svg>").title == "Re: Hello"


def test_language_and_summary_are_told() -> None:
    article = read('<html lang="de-CH"><meta name="Description" content="Über &quot;Hallo&quot;.">')
    assert (article.language, article.summary) == ("de-CH", 'Über "Hallo".')
    assert read("<html lang='no language'>").language == ""


@pytest.mark.parametrize(
    ("canonical", "url"),
    [
        ("https://blog.example/2026/re-hello/", "https://blog.example/2026/re-hello/"),
        ("https://blog.example/2026/re-hello", "https://blog.example/2026/re-hello"),
        ("/2026/re-hello/index.html", "http://blog.example/2026/re-hello/index.html"),
        ("https://blog.example/", "http://blog.example/2026/re-hello/?utm_source=feed"),
        ("https://no.example/2026/re-hello/", "http://blog.example/2026/re-hello/?utm_source=feed"),
        ("javascript:no", "http://blog.example/2026/re-hello/?utm_source=feed"),
        ("", "http://blog.example/2026/re-hello/?utm_source=feed"),
    ],
)
def test_its_permalink_is_the_canonical_url_if_that_is_the_same_page(canonical: str, url: str) -> None:
    page = f'<link rel=canonical href="{canonical}"><article>{A}</article>'
    assert read(page, "http://blog.example/2026/re-hello/?utm_source=feed#x").url == url


def test_what_is_not_html_has_no_links() -> None:
    article = read_article(A.encode(), "text/plain", AT)
    assert article == Article(AT, "blog.example/2026/re-hello/", "blog.example", "", "", ())


def test_a_page_in_another_charset_is_read() -> None:
    page = f"<meta charset=shift_jis><title>再び</title><article><p>これは{A}です。</article>"
    article = read_article(page.encode("cp932"), "text/html", AT)
    assert (article.title, article.links[0].passage) == ("再び", "これはoneです。")


@pytest.mark.parametrize(
    "piece",
    [
        "<a href=https://a.example/>",
        "<a href=x>",
        "<article>",
        "<article></article>",
        "<div class=h-entry><h1>",
        "<div>",
        "</div>",
        "<p><li></p>",
        "<td><tr>",
        "<template>",
        "<div class='",
        "<p class=e-content>x",
        "<title>x</title>",
        "<meta name=x content=y>",
        "<base href=/x>",
        "x. ",
        "</a>",
        "<main>",
        "e\u0301",
    ],
)
def test_a_hostile_page_takes_linear_time(piece: str) -> None:
    """A second or two; in quadratic time, minutes."""
    size = 400_000
    began = process_time()
    read(piece * (size // len(piece)) + f"<article>{A}")
    read(f"<article>{A}<p>" + piece * (size // len(piece)), content=piece * (size // len(piece)))
    assert process_time() - began < 60


def test_elements_that_were_not_begun_are_ended_in_linear_time() -> None:
    began = process_time()
    page = "<article>" + "<div>" * 40_000 + "</section></li>" * 20_000 + A
    assert targets(page) == ["https://a.example/1"]
    assert process_time() - began < 60


def test_links_are_kept_up_to_a_bound() -> None:
    page = "".join(f"<a href=https://a.example/{number}>x</a>" for number in range(MOST + 10))
    assert len(read(page).links) == MOST
