"""Runs each minute: mails the author about pings, and sends webhook events. Triage has recorded both."""

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from trackback.model.delivery import Delivery, by_ping
from trackback.model.settings import Notify, Settings
from trackback.notifications.mail import Envelope
from trackback.notifications.mail_outbox import Outbox
from trackback.notifications.mail_renderer import MailRenderer
from trackback.notifications.mail_run import MailRun
from trackback.notifications.mute_mail import MuteMail
from trackback.notifications.outbox_state import MOST
from trackback.notifications.webhook import Webhook
from trackback.outcomes import count
from trackback.storage.api_address import note_api
from trackback.storage.deliveries import Deliveries
from trackback.storage.keys import SETTINGS
from trackback.storage.mail_setting import mail_setting_in
from trackback.storage.sent_pings import SentPings
from trackback.storage.settings import settings_in
from trackback.storage.signing_keys import Keys
from trackback.storage.table import Table
from trackback.web.http.client import Fetcher

SIDE_BY_SIDE = 10
MOST_WEBHOOKS = 30
"""Three rounds of ten, each at most ten seconds long: well within a minute."""
RESERVE = 12
"""Seconds that must be left to start another: ten for the receiver, and two to record its answer."""

# At import, so that a missing setting fails the start.
envelope = Envelope(os.environ["AUTHOR_EMAIL"], os.environ["MAIL_FROM"], os.environ["MAIL_EVENTS"])
api = os.environ["API_URL"]
table = Table(os.environ["TABLE"])
keys = Keys(os.environ["SIGNING_KEY"])
outbox = Outbox(table)
renderer = MailRenderer(Path(__file__).parent, api)
mails = MailRun(table, envelope, renderer, keys, api)
mute_mail = MuteMail(table, envelope, renderer, keys, api)
ledger = SentPings(table)
deliveries = Deliveries(table)
fetcher = Fetcher(loopback=os.environ.get("FETCH_LOOPBACK") == "true")
webhook = Webhook(fetcher, Keys(os.environ["WEBHOOK_KEY"]), deliveries)

logger = Logger()


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: LambdaContext) -> None:  # noqa: ARG001 - Lambda's form
    """Mail about waiting pings, and send due webhook events. The next minute retries what failed.

    Raises:
        RuntimeError: A webhook event failed by an internal error. The others were tried.
        Exception: A mail failed by an internal error. The webhook events were tried.
    """
    now = datetime.now(UTC)
    said = table.get(SETTINGS)
    settings = settings_in(said)
    note_api(table, said, api)
    try:
        gather_failures(settings)
        mails.send_due(mail_setting_in(said), now)  # before the webhooks, whose receivers may be slow
        mute_mail.send_due(said, now)
    finally:
        send_webhooks(settings, now, context.get_remaining_time_in_millis)


def gather_failures(settings: Settings) -> None:
    """Put the author's failed sent pings into the mail outbox, each once."""
    failed = ledger.untold(MOST)
    if settings.notify is not Notify.NONE:
        outbox.add(promising=failed)
    for sending in failed:
        ledger.settle(sending)


def send_webhooks(settings: Settings, now: datetime, milliseconds_left: Callable[[], int]) -> None:
    """Send due webhook events: those of one ping in order, those of different pings in parallel."""

    def try_one(delivery: str) -> Delivery | Exception | None:
        try:
            return webhook.try_one(delivery, settings, now)
        except Exception as error:
            logger.exception("a webhook could not be tried", delivery=delivery)
            return error

    def send_in_order(waiting: Sequence[str]) -> list[Delivery | Exception | None]:
        tried: list[Delivery | Exception | None] = []
        for delivery in waiting:
            if milliseconds_left() < RESERVE * 1000 or any(isinstance(one, Exception) for one in tried):
                break  # the next minute continues
            tried.append(try_one(delivery))
        return tried

    with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        of_each = pool.map(send_in_order, by_ping(deliveries.due(now, MOST_WEBHOOKS)))
        _account_for(list(chain.from_iterable(of_each)))


def _account_for(tried: Sequence[Delivery | Exception | None]) -> None:
    """Count the results of webhook events.

    Raises:
        RuntimeError: A webhook event failed by an internal error.
    """
    for delivery in tried:
        if isinstance(delivery, Delivery):
            count("WebhookSent" if delivery.state == "sent" else "WebhookFailed", delivery=delivery.id)
    if faults := sum(isinstance(one, Exception) for one in tried):
        raise RuntimeError(f"{faults} webhooks could not be tried")
