"""The author's pages, and the signed links of mails. A GET only shows; only a POST changes anything."""

import os
from pathlib import Path
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.event_handler import APIGatewayHttpResolver
from aws_lambda_powertools.event_handler.exceptions import NotFoundError
from aws_lambda_powertools.logging import correlation_paths
from aws_lambda_powertools.utilities.typing import LambdaContext
from botocore.exceptions import ClientError

from trackback.errors import BadQuery, NoSuchPing, StatusChanged, TableBusy, TrackbackError
from trackback.model.posts import Sites
from trackback.notifications.mail import Envelope
from trackback.pages.admin.responses import ErrorPage, Reply, error_page
from trackback.pages.admin.routes.mail_links import mail_link_routes
from trackback.pages.admin.routes.queue import queue_routes
from trackback.pages.admin.routes.sending import sending_routes
from trackback.pages.admin.routes.settings import settings_routes
from trackback.pages.admin.routes.sign_in import sign_in_routes
from trackback.pages.admin.services import Services
from trackback.pages.admin.session import ForeignForm
from trackback.pages.templates import Pages
from trackback.paths import QUEUE, SIGN_IN
from trackback.receiving.moderation import Moderation
from trackback.request_log import log_slow_requests
from trackback.signing import TokenExpired, TokenInvalid
from trackback.storage.akismet_key import AkismetKey
from trackback.storage.deliveries import Deliveries
from trackback.storage.dynamodb import raising_table_busy
from trackback.storage.moderation_queue import Queue
from trackback.storage.pings import PingStore
from trackback.storage.send_jobs import SendJobs
from trackback.storage.sent_pings import SentPings
from trackback.storage.sign_ins import SignIns
from trackback.storage.signing_keys import Keys
from trackback.storage.table import Table

# At import, so that a missing setting fails the start and not the third page.
table = Table(os.environ["TABLE"], is_patient=True)
keys = Keys(os.environ["SIGNING_KEY"])
logger = Logger()
services = Services(
    sites=Sites(os.environ["SITES"]),
    feed=os.environ["FEED"],
    envelope=Envelope(os.environ["AUTHOR_EMAIL"], os.environ["MAIL_FROM"], os.environ["MAIL_EVENTS"]),
    table=table,
    pings=PingStore(table),
    queue=Queue(table),
    moderation=Moderation(table),
    jobs=SendJobs(table, os.environ["SEND_FUNCTION"]),
    sent_pings=SentPings(table),
    deliveries=Deliveries(table),
    sign_ins=SignIns(table, keys),
    keys=keys,
    webhook_keys=Keys(os.environ["WEBHOOK_KEY"]),
    akismet_key=AkismetKey(os.environ["AKISMET_KEY"]),
    pages=Pages(Path(__file__).parent),
    logger=logger,
)
SUBJECTS = (queue_routes, sending_routes, settings_routes, sign_in_routes, mail_link_routes)
routers = [routes(services) for routes in SUBJECTS]
app = APIGatewayHttpResolver()
for router in routers:
    app.include_router(router)

TO_SIGN_IN, TO_QUEUE = (SIGN_IN, "Sign in"), (QUEUE, "Your pings")
ERRORS: dict[type[TrackbackError], ErrorPage] = {
    TokenExpired: ErrorPage(410, "This link is over", TO_SIGN_IN),
    TokenInvalid: ErrorPage(400, "This is no good link", TO_SIGN_IN),
    ForeignForm: ErrorPage(403, "Nothing was done", TO_QUEUE),
    BadQuery: ErrorPage(400, "That makes no sense here", TO_QUEUE),
    NoSuchPing: ErrorPage(404, "There is no such ping", TO_QUEUE),
    StatusChanged: ErrorPage(409, "Nothing was done", TO_QUEUE),
    TableBusy: ErrorPage(429, "One moment, please", TO_QUEUE),
}
NOT_FOUND = ErrorPage(404, "There is no such page", TO_QUEUE)
METHOD_NOT_ALLOWED = ErrorPage(405, "Not like this", TO_QUEUE)


@app.exception_handler(list(ERRORS))
def explain(error: TrackbackError) -> Reply:
    """Return an error page that says what is wrong and what to do."""
    return error_page(services.pages, ERRORS[type(error)], str(error))


@app.exception_handler(ClientError)
def slow_down(error: ClientError) -> Reply:
    """Return 429 if the table's throughput limit is reached. Other AWS errors are faults and raise."""
    try:
        with raising_table_busy():
            raise error
    except TableBusy as busy:
        logger.warning("the table's ceiling is reached")
        return error_page(services.pages, ERRORS[TableBusy], str(busy), {"Retry-After": "60"})


@app.not_found
def not_found(_: NotFoundError) -> Reply:
    """Return 404, or 405 with `Allow` if the address accepts other methods."""
    event = app.current_event
    allowed = set().union(*(router.methods(event.path) for router in routers))
    if not allowed or event.http_method in allowed:
        return error_page(services.pages, NOT_FOUND, "Its address is wrong.")
    words, allow = "This address takes something else.", {"Allow": ", ".join(sorted(allowed))}
    return error_page(services.pages, METHOD_NOT_ALLOWED, words, allow)


@logger.inject_lambda_context(correlation_id_path=correlation_paths.API_GATEWAY_HTTP)
@log_slow_requests(logger)
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Answer one request of API Gateway's payload 2.0."""
    return app.resolve(event, context)
