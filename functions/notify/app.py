"""Tells the author by mail what waits, and a webhook what happens, as the table's stream brings it."""

import os
from collections import defaultdict
from collections.abc import Iterable, Sequence
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
from trackback.mail import Envelope, MailFailed, compose, one_line, send
from trackback.outbox import MOST, Claim, Outbox
from trackback.ping import Ping, Status
from trackback.publishing import note_api
from trackback.settings import SETTINGS, Event, Notify, Settings, settings_in
from trackback.table import Table
from trackback.table_ledger import TableLedger
from trackback.tokens import Action, Link, write_link
from trackback.webhook import Webhook

MOST_SHOWN = 20
MOST_BYTES = 90_000
"""Longest HTML of a mail; Gmail cuts one at 102 KB."""
SIDE_BY_SIDE = 10

# At import, so that a missing setting fails the start.
envelope = Envelope(os.environ["AUTHOR_EMAIL"], os.environ["MAIL_FROM"], os.environ["MAIL_EVENTS"])
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
    """Tell of the changes of a batch of the stream, and of what has waited; name those that failed."""
    now = datetime.now(UTC)
    said = table.read(SETTINGS)
    settings = settings_in(said)
    note_api(table, said, api)
    records = event.get("Records", [])
    if settings.notify is not Notify.NONE:
        waiting = (record for record in records if event_of(record) is Event.PENDING)
        outbox.add({ping_of(record) for record in waiting})
    if not records:
        gather_failures(settings)
    refused = mail(settings, now)  # before the webhook, whose other end may be slow
    failed = tell_webhook(records, settings, now)
    if not records:
        webhook.try_again(settings, now)
    if refused and not records:  # what waits is in the outbox, whatever becomes of the stream's records
        raise refused
    return {"batchItemFailures": [{"itemIdentifier": number} for number in failed]} if records else {}


def ping_of(record: Item) -> str:
    """Return the id of the ping, or other record, that was changed."""
    return str(record["dynamodb"]["Keys"]["id"]["S"])


def event_of(record: Item) -> Event | None:
    """Return what has happened to a ping, None where it is nothing to be told.

    A ping waits for the author when it is held after its first look, or when it is approved and a revision of
    it was looked at. One that an undo has put back is known already.
    """
    old, new = (record["dynamodb"].get(image, {}) for image in ("OldImage", "NewImage"))
    before, after = (image.get("status", {}).get("S") for image in (old, new))
    if after == Status.APPROVED and before != Status.APPROVED:
        return Event.APPROVED
    if before == Status.APPROVED and after != Status.APPROVED:
        return Event.REMOVED
    if after == Status.PENDING and before is None:
        return Event.PENDING
    was_looked_at = "unlooked" in old and "unlooked" not in new
    return Event.PENDING if after == Status.APPROVED and was_looked_at and "revision" in new else None


def gather_failures(settings: Settings) -> None:
    """Have the author's own pings that did not arrive wait to be told of, each once."""
    failed = ledger.untold(MOST)
    if settings.notify is not Notify.NONE:
        outbox.add(failed)
    for sending in failed:
        ledger.settle(sending)


def mail(settings: Settings, now: datetime) -> MailFailed | None:
    """Mail what waits if it is time to; return what went wrong with that."""
    claim = outbox.claim(settings.notify, now)
    if claim is None:
        return None
    pings, failed = outbox.mark(claim), outbox.mark_failures(claim)
    if not pings and not failed:
        outbox.needless(claim)
        return None
    subject, text, html, stop = _written(pings, len(pings) + claim.more, failed, now)
    try:
        answer = send(envelope, compose(envelope, subject, text, html, stop))
    except MailFailed as failure:
        outbox.refused(claim)
        _log(claim, subject, "failed", str(failure))
        return failure
    outbox.sent(claim, len(pings) + len(failed), now)
    _log(claim, subject, "sent", f"SES took it as {answer}")
    return None


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


def tell_webhook(records: Sequence[Item], settings: Settings, now: datetime) -> list[str]:
    """Tell the webhook what has happened, of each ping in order; return where in the stream that failed."""
    of_ping = defaultdict(list)
    for record in records:
        of_ping[ping_of(record)].append(record)

    def tell(each: Iterable[Item]) -> str | None:
        for record in each:
            try:
                _tell(record, settings, now)
            except Exception:
                logger.exception("a change could not be told of", event_id=record["eventID"])
                return str(record["dynamodb"]["SequenceNumber"])
        return None

    with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        return [number for number in pool.map(tell, of_ping.values()) if number]


def _tell(record: Item, settings: Settings, now: datetime) -> None:
    change = record["dynamodb"]
    if "untried" in change.get("NewImage", {}):
        webhook.try_one(ping_of(record), settings, now)
    elif event := event_of(record):
        ping = to_ping(change.get("NewImage") or change["OldImage"])
        webhook.tell(record["eventID"], event, ping, settings, now)
