"""Composes an outgoing ping and encodes it."""

from collections.abc import Mapping
from urllib.parse import urlencode

from trackback.model.texts import shorten
from trackback.web.html.article import MAX_PASSAGE, Article, Citation

_CHARSET = "UTF-8"
_FEW = 60  # characters; a shorter passage says too little about its post


def compose(article: Article, citation: Citation) -> dict[str, str]:
    """Return the fields of a ping; none is empty, since WordPress, Dotclear and others require each.

    The fields are plain text, without entities. `excerpt` is the post's text around its link to the target.
    If that is short, the post's summary is added; if both are empty, the title replaces them.
    """
    said = citation.passage
    if len(said) < _FEW and article.summary:
        said = f"{said} — {article.summary}" if said else article.summary
    return {
        "title": article.title,
        "url": article.url,
        "blog_name": article.blog_name,
        "excerpt": shorten(said or article.title, MAX_PASSAGE),
    }


def encode(form: Mapping[str, str]) -> tuple[bytes, dict[str, str]]:
    """Return a ping's body and headers.

    Both name the charset: WordPress reads only the body, and Drupal only the header.
    """
    body = urlencode({**form, "charset": _CHARSET}).encode("ascii")
    return body, {"Content-Type": f"application/x-www-form-urlencoded; charset={_CHARSET}"}
