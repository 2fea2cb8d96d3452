"""Writes TrackBack's XML.

The declaration begins at the first byte, and every element begins its own line: some senders read lines up to
one that begins with `<error>` (XE), others search for the literal `<error>0</error>` (BlogEngine.NET), and
Movable Type takes a failure without a message for a success.
"""

from collections.abc import Iterable
from html import escape

from trackback.model.listing import Summary
from trackback.model.posts import Post

CONTENT_TYPE = "text/xml; charset=utf-8"

_RESPONSE = '<?xml version="1.0" encoding="utf-8"?>\n<response>\n{}\n</response>\n'


def success() -> str:
    """Return the answer to a ping that is newly or already stored."""
    return _RESPONSE.format("<error>0</error>")


def failure(message: str) -> str:
    """Return the answer to a rejected ping, with a message for its sender."""
    return _RESPONSE.format(f"<error>1</error>\n<message>{_text(message)}</message>")


def rss(post: Post, pings: Iterable[Summary]) -> str:
    """Return a post's approved pings as RSS 0.91 within the response (TrackBack 1.1, `__mode=rss`)."""
    title = f"TrackBacks of {post.key}"
    lines = [
        "<error>0</error>",
        '<rss version="0.91">',
        "<channel>",
        *_elements(title=title, link=post.url, description=title, language="en"),
    ]
    for ping in pings:
        described = _elements(title=ping.title, link=ping.url, description=ping.excerpt)
        lines += ["<item>", *described, "</item>"]
    return _RESPONSE.format("\n".join([*lines, "</channel>", "</rss>"]))


def _elements(**texts: str) -> list[str]:
    return [f"<{name}>{_text(text)}</{name}>" for name, text in texts.items()]


def _text(text: str) -> str:
    return escape(text, quote=False)
