"""The feed that a page names."""

import pytest

from trackback.web.feed import find_feed

LINK = '<link rel="{rel}" type="{type}" href="{href}">'
ALTERNATE = {"rel": "alternate", "type": "application/rss+xml", "href": "/feed.xml"}


@pytest.mark.parametrize(
    ("page", "found"),
    [
        (LINK.format(**ALTERNATE), "/feed.xml"),
        (
            LINK.format(**{**ALTERNATE, "rel": "x ALTERNATE", "type": "Application/Atom+XML; a=b"}),
            "/feed.xml",
        ),
        (LINK.format(**{**ALTERNATE, "type": "application/feed+json"}), "/feed.xml"),
        ('<base href="/sub/">' + LINK.format(**{**ALTERNATE, "href": "a"}), "/sub/a"),
        (LINK.format(**{**ALTERNATE, "href": "javascript:a"}) + LINK.format(**ALTERNATE), "/feed.xml"),
        (LINK.format(**{**ALTERNATE, "href": ""}) + LINK.format(**ALTERNATE), "/feed.xml"),
        (LINK.format(**ALTERNATE) + LINK.format(**{**ALTERNATE, "href": "/comments"}), "/feed.xml"),
        (LINK.format(**{**ALTERNATE, "type": "text/html"}), None),
        (LINK.format(**{**ALTERNATE, "type": "application/json"}), None),
        (LINK.format(**{**ALTERNATE, "rel": "stylesheet"}), None),
        ("<!--" + LINK.format(**ALTERNATE) + "-->", None),
        ("<p>No feed.</p>", None),
        ("", None),
    ],
)
def test_a_page_names_its_feed(page: str, found: str | None) -> None:
    expected = found and f"https://blog.example{found}"
    assert find_feed(page.encode(), "text/html", "https://blog.example/about/") == expected
