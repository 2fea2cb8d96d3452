"""What comes in for the author, and the faults that stand between it and a mail."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError, ReadTimeoutError
from moto.backends import get_backend

from tests.conftest import MakePing
from tests.stack.aws import confirm, sent_mails
from tests.support import aws_faults as faults
from tests.support.template import ROOT
from trackback.model.ping import Status
from trackback.model.settings import Notify
from trackback.model.transitions import CheckOutcome, checked
from trackback.model.verdict import LinkStatus, Verdict
from trackback.notifications import mail
from trackback.notifications.mail import Envelope
from trackback.notifications.mail_outbox import Outbox
from trackback.notifications.mail_renderer import MailRenderer
from trackback.notifications.mail_run import MailRun
from trackback.storage.mail_setting import MailSetting
from trackback.storage.pings import PingStore
from trackback.storage.signing_keys import Keys
from trackback.storage.table import Table

NOW = datetime(2026, 11, 24, 23, 59, tzinfo=UTC)  # a minute before midnight
SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
ENDPOINT: Any = {"endpoint_url": "https://email.example"}
DIED = SystemExit("the environment has ended")
ENVELOPE = Envelope("author@blog.example", "author@blog.example", "mail-events")
API = "https://api.example"


@dataclass
class Author:
    """What comes in for the author, and the mails that go out."""

    table: Table
    store: PingStore
    make_ping: MakePing
    mails: MailRun
    outbox: Outbox
    ses: Any

    def gets(self, *titles: str, link: LinkStatus = LinkStatus.FOUND, **fields: str) -> None:
        """Have pings wait for the author, noted as triage notes them."""
        score = -3 if link is LinkStatus.FOUND else 2
        pings = [self.make_ping(title=title, **fields) for title in titles]
        for ping in pings:
            self.store.add(ping)
            verdict = Verdict(link, ping.received_at, score=score)
            self.store.apply(checked(ping, verdict, CheckOutcome(Status.PENDING), NOW))
        ids = {ping.id for ping in pings}
        self.outbox.add(*((), ids) if link is LinkStatus.FOUND else (ids,))

    def record(self) -> dict[str, Any]:
        """Return the outbox as it is stored."""
        return self.table.get("mail#")

    def mailed(self, after: timedelta = timedelta()) -> list[str]:
        """Send what is due some time after `NOW`; return the subjects of all mails so far."""
        self.mails.send_due(MailSetting(Notify.EACH), NOW + after)
        return [str(mail["Subject"]) for mail in sent_mails()]

    def break_table(self, operation: str, number: int, error: BaseException) -> None:
        faults.break_off(self.table.client, operation, error, number)


@pytest.fixture
def author(store: PingStore, make_ping: MakePing) -> Iterator[Author]:
    """An author without mails, and clients that no other test has broken."""
    get_backend("ses")["123456789012"]["us-east-1"].sent_messages.clear()
    confirm("author@blog.example")
    mail._ses.cache_clear()
    table = Table("trackback")
    renderer = MailRenderer(ROOT / "functions/notify", API)
    mails = MailRun(table, ENVELOPE, renderer, Keys("/trackback/trackback/signing-key"), API)
    yield Author(table, store, make_ping, mails, Outbox(table), mail._ses())
    mail._ses.cache_clear()


def shown(title: str) -> int:
    """Return how many mails show a ping."""
    bodies = (mail.get_body(("plain",)) for mail in sent_mails())
    return sum(f"> {title}" in body.get_content().splitlines() for body in bodies if body)


DENIED = ClientError({"Error": {"Code": "AccessDeniedException", "Message": "No."}}, "")
Break = Callable[[Author], None]


def table_breaks(operation: str, number: int) -> Break:
    return lambda author: author.break_table(operation, number, DENIED)


def ses_breaks(error: BaseException, times: int = 1) -> Break:
    def break_off(author: Author) -> None:
        for _ in range(times):
            faults.break_off(author.ses, "SendEmail", error)

    return break_off


FAULTS: dict[str, Break] = {
    "the pings cannot be read": table_breaks("BatchGetItem", 1),
    "a ping cannot be marked": table_breaks("UpdateItem", 2),
    "the titles cannot be read": table_breaks("BatchGetItem", 2),
    "SES fails": ses_breaks(ValueError("no such region")),
}
REFUSALS: dict[str, Break] = {
    "SES refuses": ses_breaks(ClientError({"Error": {"Code": "MessageRejected", "Message": "No."}}, "")),
    "SES throttles": ses_breaks(ClientError({"Error": {"Code": "Throttled", "Message": "Slower."}}, "")),
    "SES cannot be reached": ses_breaks(ConnectTimeoutError(**ENDPOINT), times=3),
    "SES does not answer": ses_breaks(ReadTimeoutError(**ENDPOINT)),
}
