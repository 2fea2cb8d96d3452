"""The signed links of mails. They need no session: the link's signature is the proof."""

from typing import Any

from trackback.errors import BadQuery
from trackback.gateway import first
from trackback.pages.admin.mail_links import follow_link, is_short, show_link
from trackback.pages.admin.responses import Reply
from trackback.pages.admin.routes.router import AdminRouter, Visit
from trackback.pages.admin.services import Services
from trackback.pages.admin.session import author_of
from trackback.paths import MAIL_LINKS
from trackback.signing import MailLink, read_link


def mail_link_routes(services: Services) -> AdminRouter:
    """Return the routes."""
    router = AdminRouter(services)
    router.public_page(f"{MAIL_LINKS}<token>", show)
    router.public_link(f"{MAIL_LINKS}<token>", follow)
    return router


def show(visit: Visit, token: str) -> Reply:
    """Show a link's ping and its button."""
    return _page(visit, token, show_link(visit.services, _read(visit, token)))


def follow(visit: Visit, token: str) -> Reply:
    """Carry out a link's action."""
    services, link = visit.services, _read(visit, token)
    services.logger.info("asked for by a mail's link", act=str(link.action), ping=link.ping)
    words = _words(visit) if is_short(link) else ""
    return _page(visit, token, follow_link(services, link, visit.now, words))


def _words(visit: Visit) -> str:
    """Return the name of the texts that the page of a link has shown; empty if the form has none."""
    try:
        return first(visit.request.form(), "words")
    except BadQuery:
        return ""


def _read(visit: Visit, token: str) -> MailLink:
    return read_link(visit.services.keys.load(visit.now), token, visit.now)


def _page(visit: Visit, token: str, values: dict[str, Any]) -> Reply:
    """Return a link's page. A signed-in author may undo there."""
    status = 409 if values["late"] else 200
    if author := author_of(visit.services.sign_ins, visit.request, visit.now):
        values |= {"author": author, "notice": values["undo"]}
    return visit.show("link.html", status, token=token, **values)
