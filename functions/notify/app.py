"""Tells the author by mail what waits, and a webhook what happens: as triage queues it, and by schedule."""

import os
from collections import defaultdict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from trackback.announcement import announce, listed, mail_subject, quoted
from trackback.deliveries import Deliveries, Delivery, delivery_id
from trackback.fetch import Fetcher
from trackback.items import Item, post_id, to_ping
from trackback.keys import Keys
from trackback.ledger import Sending
from trackback.mail import MailFailed, compose, one_line, send
from trackback.messages import Message, failures, read_batch
from trackback.outbox import MOST, Claim, Outbox
from trackback.outcomes import count
from trackback.ping import Ping
from trackback.publishing import note_api
from trackback.settings import SETTINGS, Event, Notify, Settings, settings_in
from trackback.stream import event_of, is_webhook_test, ping_of
from trackback.table import Table
from trackback.table_ledger import TableLedger
from trackback.tokens import Action, Link, write_link
from trackback.webhook import Webhook

MOST_SHOWN = 20
MOST_BYTES = 90_000
"""Longest HTML of a mail; Gmail cuts one at 102 KB."""
SIDE_BY_SIDE = 10

# At import, so that a missing setting fails the start.
author = os.environ["AUTHOR_EMAIL"]
api = os.environ["API_URL"]
table = Table(os.environ["TABLE"])
keys = Keys(os.environ["SIGNING_KEY"])
outbox = Outbox(table)
ledger = TableLedger(table)
deliveries = Deliveries(table)
fetcher = Fetcher(loopback=os.environ.get("FETCH_LOOPBACK") == "true")
webhook = Webhook(fetcher, Keys(os.environ["WEBHOOK_KEY"]), deliveries)

logger = Logger()
templates = Environment(
    loader=FileSystemLoader(Path(__file__).parent),
    autoescape=select_autoescape(["html"]),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)
templates.filters |= {"quoted": quoted, "listed": listed, "one_line": one_line}


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:  # noqa: ARG001 - Lambda's form
    """Tell of the changes that a batch of messages brings, and of what has waited.

    A message that brings no change asks for what is due. Returns the messages to bring again. A mail that SES
    refuses is none of them: what it tells of waits in the outbox, and the next schedule sends it.
    """
    now = datetime.now(UTC)
    said = table.read(SETTINGS)
    settings = settings_in(said)
    note_api(table, said, api)
    messages = read_batch(event)
    changes = [message for message in messages if "dynamodb" in message.body]
    is_time = len(changes) < len(messages)
    if settings.notify is not Notify.NONE:
        outbox.add({ping_of(one.body) for one in changes if event_of(one.body) is Event.PENDING})
    if is_time:
        gather_failures(settings)
    mail(settings, now)  # before the webhook, whose other end may be slow
    failed = tell_webhook(changes, settings, now)
    if is_time:
        for delivery in webhook.try_again(settings, now):
            count_delivery(delivery)
    return failures(failed)


def gather_failures(settings: Settings) -> None:
    """Have the author's own pings that did not arrive wait to be told of, each once."""
    failed = ledger.untold(MOST)
    if settings.notify is not Notify.NONE:
        outbox.add(failed)
    for sending in failed:
        ledger.settle(sending)


def mail(settings: Settings, now: datetime) -> None:
    """Mail what waits if it is time to; what SES refuses goes on waiting."""
    claim = outbox.claim(settings.notify, now)
    if claim is None:
        return
    pings, failed = outbox.mark(claim), outbox.mark_failures(claim)
    if not pings and not failed:
        outbox.needless(claim)
        return
    subject, text, html, stop = _written(pings, len(pings) + claim.more, failed, now)
    try:
        answer = send(compose(author, subject, text, html, stop))
    except MailFailed as failure:
        outbox.refused(claim)
        _log(claim, subject, "failed", str(failure))
        count("MailRefused", mail=claim.id)
        return
    outbox.sent(claim, len(pings) + len(failed), now)
    _log(claim, subject, "sent", f"SES took it as {answer}")
    count("MailSent", mail=claim.id)
    for ping in pings:
        count("PingMailed", mail=claim.id, ping=ping.id)


def _log(claim: Claim, subject: str, state: Literal["sent", "failed"], answer: str) -> None:
    deliveries.log(
        Delivery(
            id=delivery_id(f"mail-{claim.id}"),
            at=claim.id,
            kind="mail",
            what=subject,
            state=state,
            attempts=claim.attempts,
            answer=answer,
        )
    )


def _written(
    pings: Sequence[Ping], total: int, failed: Sequence[Sending], now: datetime
) -> tuple[str, str, str, str]:
    """Return a mail's subject, text, HTML and the link that ends such mails; what is too long shows fewer."""
    keyring = keys.load(now)

    def url(link: Link) -> str:
        return f"{api}/moderate/link/{write_link(keyring, link, now)}"

    facts: dict[str, Any] = {"total": total, "all": f"{api}/moderate", "stop": url(Link(Action.MUTE))}
    facts |= {"unsent": len(failed), "sent": f"{api}/moderate/sent"}
    shown = [announce(ping, _title(ping.post_key), url) for ping in pings[:MOST_SHOWN]]
    failed = failed[:MOST_SHOWN]
    while True:
        facts |= {"shown": shown, "failed": failed, "subject": mail_subject(shown, total, facts["unsent"])}
        text, html = (templates.get_template(name).render(facts) for name in ("mail.txt", "mail.html"))
        size = len(html.encode())
        if size <= MOST_BYTES or max(len(shown), len(failed)) == 1:
            return facts["subject"], text, html, facts["stop"]
        shown = shown[: max(1, len(shown) * MOST_BYTES // size)]
        failed = failed[: max(1, len(failed) * MOST_BYTES // size)]


def _title(post_key: str) -> str:
    """Return the title of a post as it was seen last, empty if it never was."""
    return str(table.read(post_id(post_key)).get("facts", {}).get("title", ""))


def tell_webhook(changes: Sequence[Message], settings: Settings, now: datetime) -> list[str]:
    """Tell the webhook of changes, those of a ping in order; return the messages to bring again.

    These are those of which that failed, and what follows them of the same ping.
    """
    of_ping = defaultdict(list)
    for message in changes:
        of_ping[ping_of(message.body)].append(message)

    def tell(ping: str) -> tuple[list[Delivery], list[str]]:
        told: list[Delivery] = []
        messages = of_ping[ping]
        for number, message in enumerate(messages):
            try:
                told += filter(None, [_tell(message.body, settings, now)])
            except Exception:
                logger.exception("a change could not be told of", ping=ping, event_id=message.body["eventID"])
                return told, [one.id for one in messages[number:]]
        return told, []

    failed = []
    with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        for ping, (told, left) in zip(of_ping, pool.map(tell, of_ping), strict=True):
            for delivery in told:
                count_delivery(delivery, ping=ping)
            failed += left
    return failed


def count_delivery(delivery: Delivery, **about: str) -> None:
    """Count what became of an attempt to tell the webhook; one that failed may be tried again."""
    count("WebhookSent" if delivery.state == "sent" else "WebhookFailed", delivery=delivery.id, **about)


def _tell(record: Item, settings: Settings, now: datetime) -> Delivery | None:
    if is_webhook_test(record):
        return webhook.try_one(ping_of(record), settings, now)
    event = event_of(record)
    if event is None:
        return None
    change = record["dynamodb"]
    ping = to_ping(change.get("NewImage") or change["OldImage"])
    return webhook.tell(record["eventID"], event, ping, settings, now)
