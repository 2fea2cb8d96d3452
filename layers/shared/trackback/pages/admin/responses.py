"""HTTP responses of the author's pages: HTML, redirects after a POST, and static files."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.shared.cookies import Cookie, SameSite

from trackback.gateway import Request, first
from trackback.pages.admin.flash import COOKIE as FLASH
from trackback.pages.admin.flash import LASTS, Flash
from trackback.pages.admin.session import SESSION, Author
from trackback.pages.templates import ASK_FIRST, FOR_GOOD, HEADERS, Pages
from trackback.signing import Session

Reply = Response[str]

_NOBODY = Author(Session("", 0), "")


class ErrorPage(NamedTuple):
    """A kind of error page: the status, the heading, and one link as address and label."""

    status: int
    heading: str
    to: tuple[str, str]


def page(pages: Pages, name: str, status: int = 200, *, author: Author = _NOBODY, **values: Any) -> Reply:
    """Return a page. It has navigation if `author` is given."""
    context = {"csrf": author.csrf, "section": "", "notice": None, "place": {}} | values
    body = pages.render(name, context)
    return Response(status, "text/html; charset=utf-8", body, headers=dict(HEADERS))


def flash_page(
    pages: Pages, request: Request, name: str, status: int = 200, *, author: Author, **values: Any
) -> Reply:
    """Return one of the author's pages, with the pending flash message."""
    waiting = request.cookie(FLASH)
    reply = page(pages, name, status, author=author, notice=Flash.decode(waiting), **values)
    reply.cookies = [expired_cookie(FLASH)] if waiting else []
    return reply


def error_page(pages: Pages, error: ErrorPage, words: str, headers: Mapping[str, str] | None = None) -> Reply:
    """Return the page of an error; `words` say what is wrong and what to do."""
    words = words[:1].upper() + words[1:]
    reply = page(pages, "message.html", error.status, heading=error.heading, words=words, to=error.to)
    reply.headers.update(headers or {})
    return reply


def static_file(pages: Pages, request: Request, name: str) -> Reply:
    """Return a static file. It is cacheable forever if the query names its version."""
    found = pages.files[name]
    etag = f'"{found.version}"'
    cache = FOR_GOOD if first(request.query(), "v") == found.version else ASK_FIRST
    headers = HEADERS | {"Cache-Control": cache, "ETag": etag}
    if request.header("if-none-match") in {etag, f"W/{etag}"}:
        return Response(304, body="", headers=headers)
    return Response(200, found.content_type, found.body, headers=headers)


def see_other(address: str, flash: Flash | None = None, cookies: Sequence[Cookie] = ()) -> Reply:
    """Return a redirect to a page after a POST, with a flash message for it."""
    told = [_cookie(FLASH, flash.encode(), LASTS)] if flash else []
    return Response(303, body="", headers=HEADERS | {"Location": address}, cookies=[*cookies, *told])


def session_cookie(session: str, seconds: int) -> Cookie:
    """Return the cookie that starts a session."""
    return _cookie(SESSION, session, seconds)


def expired_cookie(name: str = SESSION) -> Cookie:
    """Return the cookie that deletes a cookie."""
    return _cookie(name, "", 0)


def _cookie(name: str, value: str, seconds: int) -> Cookie:
    return Cookie(name, value, path="/", http_only=True, max_age=seconds, same_site=SameSite.STRICT_MODE)
