"""The demo blogs' markup: senders find posts and ping URLs in it, and strangers' mail does no harm."""

import re
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree as ET

import pytest

from tests.demo.blog import PLAIN_PAGES, SECOND_THOUGHTS, Blog, Mail, page
from trackback.web.feed import find_feed, read_feed

API = "https://api.example"
BLOG = "xn--bcher-kva.example:8081"  # an IDN host holds the two hyphens that end a comment
TRACKBACK = "{http://madskills.com/public/xml/rss/module/trackback/}ping"
IDENTIFIER = "{http://purl.org/dc/elements/1.1/}identifier"

POSTS = [(blog, post.slug) for blog in (PLAIN_PAGES, SECOND_THOUGHTS) for post in blog.posts]


@pytest.mark.parametrize(("blog", "slug"), POSTS, ids=[slug for _, slug in POSTS])
def test_every_post_names_its_ping_url_in_all_three_ways(blog: Blog, slug: str) -> None:
    html = page(f"/posts/{slug}/", API, BLOG, blog=blog).body
    ping_url = f"{API}/trackback/{BLOG}/posts/{slug}/"
    assert f'<link rel="trackback" href="{ping_url}">' in html
    assert f'<a rel="trackback" href="{ping_url}">' in html
    (comment,) = re.findall(r"<!--(.*?)-->", html, re.DOTALL)
    assert "--" not in comment
    (description,) = ET.fromstring(comment.strip())
    assert description.attrib[TRACKBACK] == ping_url
    assert f'<link rel="canonical" href="{description.attrib[IDENTIFIER]}">' in html


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/", 200),
        ("/style.css", 200),
        ("/feed.xml", 200),
        ("/posts/hello-world", 200),
        ("/posts/hello-world/?from=feed", 200),
        ("/mailbox/", 200),
        ("/posts/", 404),
        ("/posts/../blog.py", 404),
    ],
)
def test_a_path_is_there_or_not(path: str, status: int) -> None:
    assert page(path, API, BLOG).status == status


@pytest.mark.parametrize("blog", [PLAIN_PAGES, SECOND_THOUGHTS], ids=lambda blog: blog.name)
def test_the_front_page_names_a_feed_that_has_every_post_with_its_text(blog: Blog) -> None:
    home = f"http://{BLOG}/"
    front, feed = (page(path, API, BLOG, blog=blog) for path in ("/", "/feed.xml"))
    assert find_feed(front.body.encode(), front.content_type, home) == f"{home}feed.xml"
    entries = read_feed(feed.body.encode(), feed.content_type, f"{home}feed.xml")
    assert [entry.url for entry in entries] == [f"{home}posts/{post.slug}/" for post in blog.posts]
    assert all(entry.published and "<p>" in entry.content for entry in entries)


def test_mail_is_shown_newest_first_and_escaped() -> None:
    mails = [
        Mail("a@b.example", "c@d.example", f"<b>{n}</b>", "<i>", '"><script>1</script>', moment)
        for n, moment in enumerate([datetime(2026, 11, 22, tzinfo=UTC), datetime(2026, 11, 23, tzinfo=UTC)])
    ]
    html = page("/mailbox/", API, BLOG, mails).body
    assert re.findall(r"<h2>(.*)</h2>", html) == ["&lt;b&gt;1&lt;/b&gt;", "&lt;b&gt;0&lt;/b&gt;"]
    assert "<pre>&lt;i&gt;</pre>" in html
    assert "<script" not in html


def test_the_mailbox_shows_the_newest_mails_and_leads_to_the_others() -> None:
    begin = datetime(2026, 11, 22, tzinfo=UTC)
    mails = [Mail("a@b.example", "c@d.example", f"{n}", "", "", begin + timedelta(n)) for n in range(13)]
    newest, every = (page(path, API, BLOG, mails).body for path in ("/mailbox/", "/mailbox/all/"))
    assert re.findall(r"<h2>(.*)</h2>", newest) == [str(n) for n in range(12, 2, -1)]
    assert '<a href="/mailbox/all/">Older mails: 3</a>' in newest
    assert re.findall(r"<h2>(.*)</h2>", every) == [str(n) for n in range(12, -1, -1)]
    assert "Older mails" not in every


def test_an_empty_mailbox_says_so() -> None:
    assert "No mail yet" in page("/mailbox/", API, BLOG).body
