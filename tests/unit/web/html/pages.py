"""Reads pages for tests."""

from trackback.model.posts import post_key
from trackback.web.html.link_reader import Document
from trackback.web.html.page import read_page

POST = "https://blog.example/2026/hello/"
AT = "https://o.example/blog/re-hello"
HTML = "text/html; charset=utf-8"
A = f'<a href="{POST}">here</a>'


def is_wanted(url: str) -> bool:
    """Tell whether a URL is the post's."""
    return post_key(url) == "blog.example/2026/hello"


def read(page: str | bytes, content_type: str = HTML, url: str = AT) -> Document:
    """Read a page as verification does."""
    return read_page(page.encode() if isinstance(page, str) else page, content_type, url, is_wanted)
