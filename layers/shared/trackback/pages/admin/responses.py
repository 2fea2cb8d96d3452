"""HTTP responses of the author's pages: HTML, redirects after a POST, and static files."""

from collections.abc import Mapping, Sequence
from typing import Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.shared.cookies import Cookie, SameSite

from trackback.pages.admin.flash import COOKIE as NOTICE
from trackback.pages.admin.flash import LASTS, Flash
from trackback.pages.admin.session import SESSION, Author, Event, cookie, read_query
from trackback.pages.templates import ASK_FIRST, FOR_GOOD, HEADERS, Pages

Reply = Response[str]

_NOBODY = Author("")


class Replies:
    """Builds the responses."""

    def __init__(self, pages: Pages) -> None:
        self._pages = pages

    def page(self, name: str, status: int = 200, *, author: Author = _NOBODY, **values: Any) -> Reply:
        """Return a page. It has navigation if `author` is given."""
        context = {"csrf": author.csrf, "section": "", "notice": None, "place": {}} | values
        body = self._pages.render(name, context)
        return Response(status, "text/html; charset=utf-8", body, headers=dict(HEADERS))

    def own(
        self, event: Event, author: Author, name: str, section: str, status: int = 200, **values: Any
    ) -> Reply:
        """Return one of the author's pages, with the pending flash message."""
        waiting = cookie(event, NOTICE)
        notice = Flash.decode(waiting)
        reply = self.page(name, status, author=author, section=section, notice=notice, **values)
        reply.cookies = [ended(NOTICE)] if waiting else []
        return reply

    def message(
        self,
        status: int,
        heading: str,
        words: str,
        to: tuple[str, str],
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        """Return a message page with one link, given as address and label."""
        words = words[:1].upper() + words[1:]
        reply = self.page("message.html", status, heading=heading, words=words, to=to)
        reply.headers.update(headers or {})
        return reply

    def file(self, event: Event, name: str) -> Reply:
        """Return a static file. It is cacheable forever if the query names its version."""
        found = self._pages.files[name]
        etag = f'"{found.version}"'
        cache = FOR_GOOD if read_query(event).get("v") == found.version else ASK_FIRST
        headers = HEADERS | {"Cache-Control": cache, "ETag": etag}
        if (event.get("headers") or {}).get("if-none-match") in {etag, f"W/{etag}"}:
            return Response(304, body="", headers=headers)
        return Response(200, found.content_type, found.body, headers=headers)


def see_other(page: str, notice: Flash | None = None, cookies: Sequence[Cookie] = ()) -> Reply:
    """Return a redirect to a page after a POST, with a flash message for it."""
    told = [_cookie(NOTICE, notice.encode(), LASTS)] if notice else []
    return Response(303, body="", headers=HEADERS | {"Location": page}, cookies=[*cookies, *told])


def begun(session: str, seconds: int) -> Cookie:
    """Return the cookie that starts a session."""
    return _cookie(SESSION, session, seconds)


def ended(name: str = SESSION) -> Cookie:
    """Return the cookie that deletes a cookie."""
    return _cookie(name, "", 0)


def _cookie(name: str, value: str, seconds: int) -> Cookie:
    return Cookie(name, value, path="/", http_only=True, max_age=seconds, same_site=SameSite.STRICT_MODE)
