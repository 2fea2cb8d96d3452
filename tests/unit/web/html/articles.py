"""Reads articles for tests."""

from trackback.web.html.article import Article, read_article

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
