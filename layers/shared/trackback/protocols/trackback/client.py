"""Composes an outgoing ping and sends it."""

from collections.abc import Callable, Mapping
from datetime import datetime
from http import HTTPStatus
from urllib.parse import urlencode

from trackback.model.sent_ping import Stage
from trackback.model.texts import shorten
from trackback.protocols.outcome import Outcome
from trackback.protocols.trackback.response import read_response
from trackback.web.html.article import MAX_PASSAGE, Article, Citation
from trackback.web.http.client import Fetcher
from trackback.web.http.failures import FetchFailed, FetchRefused

_REPEATED_BY = (HTTPStatus.TEMPORARY_REDIRECT, HTTPStatus.PERMANENT_REDIRECT)
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


def send(fetcher: Fetcher, url: str, form: Mapping[str, str], clock: Callable[[], datetime]) -> Outcome:
    """Send a ping and return what the receiver made of it.

    Repeats the form after a 307 or 308 redirect. Any other redirect means that the ping was not accepted.
    """
    body, headers = encode(form)
    content_type = headers["Content-Type"]
    try:
        answer = fetcher.send(url, body, content_type, headers, repeated_by=_REPEATED_BY)
    except FetchRefused as error:
        return Outcome(Stage.FAILED, str(error))
    except FetchFailed as error:
        return Outcome(Stage.LATER, str(error))
    headers = {**answer.headers, "content-type": answer.content_type}
    return read_response(answer.status, headers, answer.body, clock())


def encode(form: Mapping[str, str]) -> tuple[bytes, dict[str, str]]:
    """Return a ping's body and headers.

    Only the header names the charset: Serendipity takes a field `charset`, whatever it says, as leave to
    convert the texts from ISO-8859-1, and no receiver needs one to read UTF-8.
    """
    body = urlencode(form).encode("ascii")
    return body, {"Content-Type": "application/x-www-form-urlencoded; charset=UTF-8"}
