"""The demo blog's markup: senders find the ping URL in it, and strangers' mail does no harm."""

import re
from datetime import UTC, datetime
from xml.etree import ElementTree as ET

import pytest

from tests.demo.blog import POSTS, Mail, page

API = "https://api.example"
BLOG = "xn--bcher-kva.example:8081"  # an IDN host holds the two hyphens that end a comment
TRACKBACK = "{http://madskills.com/public/xml/rss/module/trackback/}ping"
IDENTIFIER = "{http://purl.org/dc/elements/1.1/}identifier"


@pytest.mark.parametrize("slug", [post.slug for post in POSTS])
def test_every_post_names_its_ping_url_in_all_three_ways(slug: str) -> None:
    html = page(f"/posts/{slug}/", API, BLOG).body
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
        ("/posts/hello-world", 200),
        ("/posts/hello-world/?from=feed", 200),
        ("/mailbox/", 200),
        ("/posts/", 404),
        ("/posts/../blog.py", 404),
    ],
)
def test_a_path_is_there_or_not(path: str, status: int) -> None:
    assert page(path, API, BLOG).status == status


def test_mail_is_shown_newest_first_and_escaped() -> None:
    mails = [
        Mail("a@b.example", "c@d.example", f"<b>{n}</b>", "<i>", '"><script>1</script>', moment)
        for n, moment in enumerate([datetime(2026, 11, 22, tzinfo=UTC), datetime(2026, 11, 23, tzinfo=UTC)])
    ]
    html = page("/mailbox/", API, BLOG, mails).body
    assert re.findall(r"<h2>(.*)</h2>", html) == ["&lt;b&gt;1&lt;/b&gt;", "&lt;b&gt;0&lt;/b&gt;"]
    assert "<pre>&lt;i&gt;</pre>" in html
    assert "<script" not in html


def test_an_empty_mailbox_says_so() -> None:
    assert "No mail yet" in page("/mailbox/", API, BLOG).body
