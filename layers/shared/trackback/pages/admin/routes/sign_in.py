"""Signing in by a mailed link, signing out, and the static files of every page."""

import re
from urllib.parse import quote

from aws_lambda_powertools.event_handler.exceptions import NotFoundError

from trackback.gateway import Request, first
from trackback.pages.admin.account_mail import AccountMail, send_account_mail
from trackback.pages.admin.addresses import is_ping_id, ping_address
from trackback.pages.admin.responses import (
    ErrorPage,
    Reply,
    error_page,
    expired_cookie,
    see_other,
    session_cookie,
    static_file,
)
from trackback.pages.admin.routes.router import AdminRouter, PostedForm, PublicForm, Visit
from trackback.pages.admin.services import Services
from trackback.pages.admin.session import SignInNeeded, follows_foreign_link
from trackback.pages.templates import FILES
from trackback.paths import PING_PAGES, QUEUE, SIGN_IN
from trackback.signing import SESSION_LASTS

NOT_SIGNED_IN = ErrorPage(403, "Nothing was done", (SIGN_IN, "Sign in"))


def sign_in_routes(services: Services) -> AdminRouter:
    """Return the routes."""
    router = AdminRouter(services)
    router.public_page(SIGN_IN, show_sign_in)
    router.public_form(SIGN_IN, mail_link)
    router.public_page(f"{SIGN_IN}/<token>", offer_to_enter)
    router.public_form(f"{SIGN_IN}/<token>", enter)
    router.public_page(f"{QUEUE}/(?:{'|'.join(map(re.escape, FILES))})", show_file)
    router.form(f"{QUEUE}/sign-out", sign_out)
    router.exception_handler(SignInNeeded)(lambda needed: ask_to_sign_in(router.visit(), needed))
    return router


def show_sign_in(visit: Visit) -> Reply:
    """Show the form that mails a sign-in link."""
    sent = "sent" in visit.request.query()
    return visit.show("sign-in.html", sent=sent, to=_return_query(visit.request))


def mail_link(visit: PublicForm) -> Reply:
    """Mail a sign-in link to the author. The answer never reveals whether a mail was sent."""
    services, request = visit.services, visit.request
    query = _return_query(request)  # parsed first: a bad one must not use up the one mail
    if token := services.sign_ins.ask(visit.now):
        mail = AccountMail(
            "Sign in to your TrackBack pages",
            "Somebody, likely you, wants to sign in to your TrackBack pages. If it was not you, do nothing.",
            f"{request.public_origin}{SIGN_IN}/{token}{query}",
            "Sign in",
        )
        send_account_mail(services, mail, visit.now)
    return see_other(f"{SIGN_IN}?sent=1")


def offer_to_enter(visit: Visit, token: str) -> Reply:
    """Show a sign-in button. Mail scanners follow links, so only the POST signs in."""
    return visit.show("enter.html", token=token, to=_return_query(visit.request))


def enter(visit: PublicForm, token: str) -> Reply:
    """Start a session."""
    page = ping_address(first(visit.request.query(), "ping"))
    session = visit.services.sign_ins.enter(token, visit.now)
    return see_other(page, cookies=[session_cookie(session, int(SESSION_LASTS.total_seconds()))])


def sign_out(form: PostedForm) -> Reply:
    """End this session, in whichever browsers its cookie is."""
    form.services.sign_ins.end(form.author.session, form.now)
    return see_other(SIGN_IN, cookies=[expired_cookie()])


def show_file(visit: Visit) -> Reply:
    """Return a static file."""
    name = visit.request.path.rpartition("/")[2]
    if name not in FILES:  # the route's pattern accepts a line end after the name
        raise NotFoundError
    return static_file(visit.services.pages, visit.request, name)


def ask_to_sign_in(visit: Visit, needed: SignInNeeded) -> Reply:
    """Redirect to the sign-in page.

    After a cross-site link, reload first: the browser withholds the SameSite=Strict cookie.
    """
    request, path = visit.request, quote(visit.request.path)
    if request.method == "POST":
        return error_page(visit.services.pages, NOT_SIGNED_IN, f"You are not signed in. {needed}")
    if follows_foreign_link(request):
        query = quote(request.raw_query, safe="=&%+")
        return visit.show("refresh.html", address=f"{path}?{query}" if query else path)
    ping_id = path.removeprefix(PING_PAGES)
    return see_other(SIGN_IN + (f"?ping={ping_id}" if is_ping_id(ping_id) else ""))


def _return_query(request: Request) -> str:
    """Return the query that names a ping for after the sign-in, or an empty string."""
    ping_id = first(request.query(), "ping")
    return f"?ping={ping_id}" if is_ping_id(ping_id) else ""
