"""The author's pages, and the signed links of mails. A GET only shows; only a POST changes anything."""

import os
import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

from aws_lambda_powertools import Logger
from aws_lambda_powertools.event_handler import APIGatewayHttpResolver
from aws_lambda_powertools.event_handler.exceptions import NotFoundError
from aws_lambda_powertools.logging import correlation_paths
from aws_lambda_powertools.utilities.typing import LambdaContext
from botocore.exceptions import ClientError

from trackback.errors import BadQuery, BadSettings, NoSuchPing, StatusChanged, TableBusy, TrackbackError
from trackback.gateway import origin
from trackback.model.posts import Sites
from trackback.model.rule import BadRule
from trackback.model.settings import read_settings
from trackback.notifications.mail import Envelope
from trackback.notifications.webhook import ask_for_test
from trackback.outcomes import count_refused_mail
from trackback.pages.admin.account_mail import AccountMail, send_letter
from trackback.pages.admin.actions import Actions, read_choices
from trackback.pages.admin.flash import Flash
from trackback.pages.admin.mail_links import MailLinks
from trackback.pages.admin.responses import Replies, Reply, begun, ended, see_other
from trackback.pages.admin.sending import SentPages, asked, read_form, typed
from trackback.pages.admin.session import (
    Door,
    Fields,
    ForeignForm,
    SignInNeeded,
    field,
    follows_foreign_link,
    read_query,
    refuse_foreign,
)
from trackback.pages.admin.settings_forms import change_closed, change_key, change_rules
from trackback.pages.admin.views import Views, back, ping_address, typed_settings
from trackback.pages.templates import FILES, Pages
from trackback.paths import MAIL_LINKS, PING_PAGES, QUEUE, RULES, SEND, SENT, SETTINGS, SIGN_IN
from trackback.receiving.moderation import Moderation
from trackback.request_log import noting_slow
from trackback.signing import SESSION_LASTS, LinkExpired, LinkInvalid, read_link
from trackback.storage.akismet_key import AkismetKey
from trackback.storage.deliveries import Deliveries
from trackback.storage.dynamodb import telling_when_busy
from trackback.storage.send_jobs import SendJobs
from trackback.storage.settings import load_settings, save_settings
from trackback.storage.sign_ins import SignIns
from trackback.storage.signing_keys import Keys
from trackback.storage.table import Table

READ = ["GET", "HEAD"]

# At import, so that a missing setting fails the start and not the third page.
envelope = Envelope(os.environ["AUTHOR_EMAIL"], os.environ["MAIL_FROM"], os.environ["MAIL_EVENTS"])
feed = os.environ["FEED"]
sites = Sites(os.environ["SITES"])
table = Table(os.environ["TABLE"])
keys = Keys(os.environ["SIGNING_KEY"])
webhook_keys = Keys(os.environ["WEBHOOK_KEY"])
akismet_key = AkismetKey(os.environ["AKISMET_KEY"])
pages = Pages(Path(__file__).parent)
access = SignIns(table, keys)
deliveries = Deliveries(table)
moderation = Moderation(table)
send_jobs = SendJobs(table, os.environ["SEND_FUNCTION"])
sent_pages = SentPages(table)
views = Views(table, webhook_keys)
door, desk, errands, replies = (
    Door(access),
    Actions(table, moderation),
    MailLinks(table, moderation, views),
    Replies(pages),
)

logger = Logger()
app = APIGatewayHttpResolver()

Route = Callable[..., Reply]
methods: dict[str, set[str]] = {}


def show(path: str) -> Callable[[Route], Route]:
    """Register a function for GET and HEAD."""
    return _route(path, READ)


def act(path: str) -> Callable[[Route], Route]:
    """Register a function for POST."""
    return _route(path, ["POST"])


def _route(path: str, taken: list[str]) -> Callable[[Route], Route]:
    methods.setdefault(re.sub("<[a-z_]+>", "[^/]+", path), set()).update(taken)
    return app.route(path, method=taken, compress=True)


@show(QUEUE)
def queue() -> Reply:
    """List the pings of a tab."""
    return _own("queue.html", "Pings", lambda: views.queue(read_query(_event())))


@act(f"{QUEUE}/decide")
def decide() -> Reply:
    """Apply an action to one ping or to the ticked pings."""
    fields = _posted()
    act, choices = read_choices(fields)
    notice = desk.carry_out(act, choices, _now())
    for choice in choices:
        logger.info("asked for by the author", act=str(act), ping=choice.ping)
    return see_other(back(fields), notice)


@show(f"{PING_PAGES}<ping_id>")
def ping(ping_id: str) -> Reply:
    """Show everything known about a ping."""
    return _own("ping.html", "Pings", lambda: views.ping(ping_id, _now()))


@show(SEND)
def send() -> Reply:
    """Show the form that sends a post's pings, and the results of earlier jobs."""
    return _own("send.html", "Send", lambda: sent_pages.send(asked(read_query(_event()))))


@act(SEND)
def new_send_job() -> Reply:
    """Start a job that sends a post's pings, or a dry run."""
    fields = _posted()
    try:
        job = read_form(sites, fields, _now())
    except BadSettings as error:
        problem = str(error)
        return _own("send.html", "Send", lambda: sent_pages.send(typed(fields), problem), 400)
    send_jobs.start(job)
    return see_other(SEND, Flash("It is under way. Load this page again to see what came of it."))


@show(SENT)
def sent() -> Reply:
    """List the sent pings."""
    return _own("sent.html", "Sent", lambda: sent_pages.sent(read_query(_event()), _now()))


@show(f"{QUEUE}/overview")
def overview() -> Reply:
    """Show the statistics."""
    return _own("overview.html", "Overview", lambda: views.overview(_now()))


@show(RULES)
def rules() -> Reply:
    """List the rules."""
    return _own("rules.html", "Rules", lambda: views.rules({}))


@act(RULES)
def new_rules() -> Reply:
    """Add or remove a rule."""
    fields = _posted()
    try:
        return see_other(RULES, change_rules(table, fields))
    except BadRule as error:
        problem = str(error)
    return _own("rules.html", "Rules", lambda: views.rules(fields, problem), 400)


@show(SETTINGS)
def settings() -> Reply:
    """Show the settings, the closed posts and the deliveries."""
    return _settings()


@act(SETTINGS)
def new_settings() -> Reply:
    """Save the settings."""
    fields = _posted()
    try:
        save_settings(table, read_settings(fields, feed), load_settings(table))
    except BadSettings as error:
        return _settings(400, problem=str(error), form=typed_settings(fields))
    return see_other(SETTINGS, Flash("Saved."))


@act(f"{QUEUE}/closed")
def closed() -> Reply:
    """Close a post or a site to pings, or reopen it."""
    fields = _posted()
    try:
        notice = change_closed(table, sites, fields)
    except BadSettings as error:
        return _settings(400, closing_problem=str(error), entry=field(fields, "entry"))
    return see_other(back(fields) if "back" in fields else f"{SETTINGS}#closed", notice)


@act(f"{SETTINGS}/test-mail")
def mail_example() -> Reply:
    """Send a test mail."""
    _posted()
    words = "Mails of your TrackBack service reach you. When a ping waits for you, you are told like this."
    problem = _send(
        AccountMail("A test of your TrackBack mails", words, origin(_event()) + QUEUE, "Your pings")
    )
    words = (
        f"The mail could not be sent: {problem}" if problem else f"A mail is on its way to {envelope.author}."
    )
    return see_other(SETTINGS, Flash(words, amiss=bool(problem)))


@act(f"{SETTINGS}/test-webhook")
def send_example() -> Reply:
    """Queue a test event for the webhook."""
    _posted()
    ask_for_test(deliveries, _now())
    return see_other(
        SETTINGS, Flash("An example goes out within a minute. Then load this page again to see the answer.")
    )


@act(f"{SETTINGS}/new-secret")
def new_secret() -> Reply:
    """Replace the webhook's signing key."""
    _posted()
    webhook_keys.rotate(_now())
    return see_other(SETTINGS, Flash("The webhook has a new secret."))


@act(f"{SETTINGS}/akismet-key")
def change_akismet_key() -> Reply:
    """Save or remove Akismet's key. No page ever shows the whole key."""
    fields = _posted()
    try:
        notice = change_key(akismet_key, fields)
    except BadSettings as error:
        return _settings(400, akismet_problem=str(error))
    return see_other(f"{SETTINGS}#akismet", notice)


@act(f"{SETTINGS}/sign-out-everywhere")
def sign_out_everywhere() -> Reply:
    """End all sessions by replacing the signing key."""
    _posted()
    keys.rotate(_now())
    return see_other(SIGN_IN, cookies=[ended()])


@act(f"{QUEUE}/sign-out")
def sign_out() -> Reply:
    """End this browser's session."""
    _posted()
    return see_other(SIGN_IN, cookies=[ended()])


@show(SIGN_IN)
def sign_in() -> Reply:
    """Show the form that mails a sign-in link."""
    query = read_query(_event())
    return replies.page("sign-in.html", sent="sent" in query, to=_to())


@act(SIGN_IN)
def mail_link() -> Reply:
    """Mail a sign-in link to the author. The answer never reveals whether a mail was sent."""
    refuse_foreign(_event())
    to = _to()  # parse the query first: a bad one must not use up the one mail
    if token := access.ask(_now()):
        words = (
            "Somebody, likely you, wants to sign in to your TrackBack pages. If it was not you, do nothing."
        )
        link = f"{origin(_event())}{SIGN_IN}/{token}{to}"
        _send(AccountMail("Sign in to your TrackBack pages", words, link, "Sign in"))
    return see_other(f"{SIGN_IN}?sent=1")


@show(f"{SIGN_IN}/<token>")
def offer_to_enter(token: str) -> Reply:
    """Show a sign-in button. Mail scanners follow links, so only the POST signs in."""
    return replies.page("enter.html", token=token, to=_to())


@act(f"{SIGN_IN}/<token>")
def enter(token: str) -> Reply:
    """Start a session."""
    refuse_foreign(_event())
    page = ping_address(read_query(_event()).get("ping", ""))
    session = begun(access.enter(token, _now()), int(SESSION_LASTS.total_seconds()))
    return see_other(page, cookies=[session])


@show(f"{MAIL_LINKS}<token>")
def link(token: str) -> Reply:
    """Show a mail link's ping and its button. It needs no session."""
    return _link(token, errands.show(read_link(keys.load(_now()), token, _now())))


@act(f"{MAIL_LINKS}<token>")
def follow(token: str) -> Reply:
    """Carry out a mail link's action. The token is the only proof: mail programs post it, too (RFC 8058)."""
    meant = read_link(keys.load(_now()), token, _now())
    logger.info("asked for by a mail's link", act=str(meant.action), ping=meant.ping)
    return _link(token, errands.act(meant, _now()))


@show(f"{QUEUE}/(?:{'|'.join(map(re.escape, FILES))})")
def file() -> Reply:
    """Return a static file."""
    name = app.current_event.path.rpartition("/")[2]
    if name not in FILES:  # the route's pattern accepts a line end after the name
        raise NotFoundError
    return replies.file(_event(), name)


TO_SIGN_IN, TO_QUEUE = (SIGN_IN, "Sign in"), (QUEUE, "Your pings")
EXPLAINED: dict[type[TrackbackError], tuple[int, str, tuple[str, str]]] = {
    LinkExpired: (410, "This link is over", TO_SIGN_IN),
    LinkInvalid: (400, "This is no good link", TO_SIGN_IN),
    ForeignForm: (403, "Nothing was done", TO_QUEUE),
    BadQuery: (400, "That makes no sense here", TO_QUEUE),
    NoSuchPing: (404, "There is no such ping", TO_QUEUE),
    StatusChanged: (409, "Nothing was done", TO_QUEUE),
    TableBusy: (429, "One moment, please", TO_QUEUE),
}


@app.exception_handler(list(EXPLAINED))
def explain(error: TrackbackError) -> Reply:
    """Return an error page that says what is wrong and what to do."""
    status, heading, to = EXPLAINED[type(error)]
    return replies.message(status, heading, str(error), to)


@app.exception_handler(ClientError)
def slow_down(error: ClientError) -> Reply:
    """Return 429 if the table's throughput limit is reached. Other AWS errors are faults and raise."""
    try:
        with telling_when_busy():
            raise error
    except TableBusy as busy:
        logger.warning("the table's ceiling is reached")
        status, heading, to = EXPLAINED[TableBusy]
        return replies.message(status, heading, str(busy), to, {"Retry-After": "60"})


@app.exception_handler(SignInNeeded)
def ask_to_sign_in(needed: SignInNeeded) -> Reply:
    """Redirect to the sign-in page.

    After a cross-site link, reload first: the browser withholds the SameSite=Strict cookie.
    """
    path = quote(app.current_event.path)
    if app.current_event.http_method == "POST":
        return replies.message(403, "Nothing was done", f"You are not signed in. {needed}", TO_SIGN_IN)
    if follows_foreign_link(_event()):
        query = quote(_event().get("rawQueryString") or "", safe="=&%+")
        return replies.page("refresh.html", address=f"{path}?{query}" if query else path)
    ping_id = path.removeprefix(PING_PAGES)
    return see_other(SIGN_IN + (f"?ping={ping_id}" if ping_address(ping_id) != QUEUE else ""))


@app.not_found
def not_found(_: NotFoundError) -> Reply:
    """Return 404, or 405 with `Allow` if the address accepts other methods."""
    path = app.current_event.path
    taken = {each for pattern, takes in methods.items() if re.fullmatch(pattern, path) for each in takes}
    if not taken or app.current_event.http_method in taken:
        return replies.message(404, "There is no such page", "Its address is wrong.", TO_QUEUE)
    allow = {"Allow": ", ".join(sorted(taken))}
    return replies.message(405, "Not like this", "This address takes something else.", TO_QUEUE, allow)


def _posted() -> Fields:
    return door.take(_event(), _now())


def _own(name: str, section: str, values: Callable[[], dict[str, Any]], status: int = 200) -> Reply:
    """Return one of the author's pages. Without a session, nothing is read."""
    author = door.enter(_event(), _now())
    return replies.own(_event(), author, name, section, status, **values())


def _settings(status: int = 200, **typed: Any) -> Reply:
    def values() -> dict[str, Any]:
        return views.settings(_now(), feed, akismet=akismet_key.ending(), **typed)

    return _own("settings.html", "Settings", values, status)


def _link(token: str, values: dict[str, Any]) -> Reply:
    """Return a mail link's page. A signed-in author may undo there."""
    status = 409 if values["late"] else 200
    if author := door.author(_event(), _now()):
        values |= {"author": author, "notice": values["undo"]}
    return replies.page("link.html", status, token=token, **values)


def _send(letter: AccountMail) -> str:
    """Send a mail to the author. Returns the error, or an empty string on success."""
    sent = send_letter(pages, deliveries, envelope, letter, _now())
    if sent.state == "failed":
        logger.error("a mail could not be sent", reason=sent.answer)
        count_refused_mail(delivery=sent.id)
    return sent.answer


def _to() -> str:
    """Return the query that names a ping for after the sign-in, or an empty string."""
    ping_id = read_query(_event()).get("ping", "")
    return f"?ping={ping_id}" if ping_address(ping_id) != QUEUE else ""


def _event() -> dict[str, Any]:
    return app.current_event.raw_event


def _now() -> datetime:
    return datetime.now(UTC)


@logger.inject_lambda_context(correlation_id_path=correlation_paths.API_GATEWAY_HTTP)
@noting_slow(logger)
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Answer one request of API Gateway's payload 2.0."""
    return app.resolve(event, context)
