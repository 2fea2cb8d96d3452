"""A ping as it leaves: what it says of the author's post, and its bytes."""

from collections.abc import Mapping
from urllib.parse import urlencode

from trackback.model.texts import shorten
from trackback.web.html.article import MAX_PASSAGE, Article, Citation

_CHARSET = "UTF-8"
_FEW = 60  # characters: a passage that is shorter says too little of its post


def compose(article: Article, citation: Citation) -> dict[str, str]:
    """Return the fields of a ping, none of them empty, since WordPress, Dotclear and others want each.

    They are plain text, without entities. `excerpt` is what the post says around its link to the target;
    where that is little, the post's summary follows, and its title stands in where there is nothing.
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

    The charset is named in both: WordPress looks into the body only, and Drupal at the header only.
    """
    body = urlencode({**form, "charset": _CHARSET}).encode("ascii")
    return body, {"Content-Type": f"application/x-www-form-urlencoded; charset={_CHARSET}"}
