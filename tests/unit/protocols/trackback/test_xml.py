"""TrackBack's XML, byte for byte as senders wait for it."""

from xml.etree import ElementTree as ET

import pytest

from trackback.model.listing import Summary
from trackback.model.posts import Post
from trackback.protocols.trackback import xml as answer

POST = Post("https://blog.example/a/", "blog.example/a")


def _summary(**texts: str) -> Summary:
    known = {"id": "i", "url": "http://o.example/", "title": "T", "excerpt": "E", "blog_name": "B"}
    return Summary(**(known | texts), received_at="2026-11-22T06:11:00Z", verified=False)


def test_success_is_byte_for_byte_the_contracts() -> None:
    assert answer.success() == (
        '<?xml version="1.0" encoding="utf-8"?>\n<response>\n<error>0</error>\n</response>\n'
    )


def test_failure_has_a_line_for_its_message() -> None:
    assert answer.failure("The field url is missing.") == (
        '<?xml version="1.0" encoding="utf-8"?>\n<response>\n<error>1</error>\n'
        "<message>The field url is missing.</message>\n</response>\n"
    )


@pytest.mark.parametrize(
    "message", ["<script>alert(1)</script>", "a & b", "]]>", "&lt;", "\"'", "{} {0} %s", "日本"]
)
def test_a_message_is_escaped(message: str) -> None:
    xml = answer.failure(message)
    assert ET.fromstring(xml.encode()).findtext("message") == message
    assert "<script>" not in xml


def test_a_list_without_pings_describes_the_post() -> None:
    assert answer.rss(POST, []) == (
        '<?xml version="1.0" encoding="utf-8"?>\n<response>\n<error>0</error>\n'
        '<rss version="0.91">\n<channel>\n'
        "<title>TrackBacks of blog.example/a</title>\n<link>https://blog.example/a/</link>\n"
        "<description>TrackBacks of blog.example/a</description>\n<language>en</language>\n"
        "</channel>\n</rss>\n</response>\n"
    )


def test_every_ping_is_an_item_and_every_text_is_escaped() -> None:
    xml = answer.rss(
        POST, [_summary(), _summary(title="<b>&amp;", url="http://o.example/?a=1&b=2", excerpt="]]> {}")]
    )
    assert (
        "\n<item>\n<title>T</title>\n<link>http://o.example/</link>\n<description>E</description>\n</item>\n"
        in xml
    )
    items = ET.fromstring(xml.encode()).findall("rss/channel/item")
    assert [[element.text for element in item] for item in items] == [
        ["T", "http://o.example/", "E"],
        ["<b>&amp;", "http://o.example/?a=1&b=2", "]]> {}"],
    ]


def test_a_posts_address_is_escaped_too() -> None:
    xml = answer.rss(Post("https://blog.example/a&b", "blog.example/a&b"), [])
    assert "<link>https://blog.example/a&amp;b</link>" in xml


@pytest.mark.parametrize("xml", [answer.success(), answer.failure("x"), answer.rss(POST, [_summary()])])
def test_every_element_begins_a_line(xml: str) -> None:
    assert xml.startswith('<?xml version="1.0" encoding="utf-8"?>\n')
    assert "\n<error>" in xml
    assert all(line.startswith("<") for line in xml.splitlines())
