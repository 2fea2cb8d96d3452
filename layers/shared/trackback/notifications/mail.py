"""Mails the author through SES, from the author's domain, or from the author's address if there is none."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.headerregistry import Address, BaseHeader, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP, Policy
from email.utils import make_msgid
from functools import cache
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, ConnectionClosedError, ReadTimeoutError

from trackback.errors import TrackbackError
from trackback.model.texts import shorten

MAX_SUBJECT = 200
"""Maximum length of a subject in characters; mail programs show the first third of it."""

_NO_LINE = re.compile(  # line breaks, direction overrides, and what cannot be encoded
    "[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)
_UNANSWERED = (ReadTimeoutError, ConnectionClosedError)
_CONFIG = Config(connect_timeout=3, read_timeout=10, retries={"mode": "standard", "total_max_attempts": 3})


class MailFailed(TrackbackError):
    """A mail could not be sent; the message quotes the reason from SES."""


class MailUnanswered(MailFailed):
    """SES got a mail and did not answer: it may have sent it."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """Sender and recipient of mails; `events` is the SES configuration set that reports bounces."""

    author: str
    sender: str
    events: str


class _Unfolded(UnstructuredHeader, BaseHeader):
    """A header with a URL, kept on one line: Python's folding would turn a long URL into encoded words."""

    def fold(self, *, policy: Policy) -> str:
        return f"{self.name}: {self}{policy.linesep}"


_headers = HeaderRegistry()
_headers.map_to_type("list-unsubscribe", _Unfolded)
_policy = SMTP.clone(header_factory=_headers)


def compose(envelope: Envelope, subject: str, text: str, html: str, unsubscribe: str = "") -> EmailMessage:
    """Return a mail to the author.

    Args:
        envelope: Its sender and its recipient.
        subject: Reduced to one line.
        text: The plain text part.
        html: The HTML part, which loads no external resources.
        unsubscribe: URL for one-click unsubscription (RFC 8058): the mail program posts to it.
    """
    message = EmailMessage(policy=_policy)
    message["From"] = Address("TrackBack", addr_spec=envelope.sender)
    message["To"] = Address(addr_spec=envelope.author)
    message["Subject"] = _plain(subject, MAX_SUBJECT)
    message["Date"] = datetime.now(UTC)
    message["Message-ID"] = make_msgid(domain=envelope.sender.rpartition("@")[2])
    message["Auto-Submitted"] = "auto-generated"
    if unsubscribe:
        message["List-Unsubscribe"] = f"<{_plain(unsubscribe, 900)}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(text, cte="quoted-printable")
    message.add_alternative(html, "html", cte="quoted-printable")
    return message


def send(envelope: Envelope, message: EmailMessage) -> str:
    """Send a mail through SES and return its SES message id.

    Raises:
        MailFailed: SES rejects the mail or cannot be reached.
        MailUnanswered: It may have sent the mail.
    """
    try:
        answer = _ses().send_email(
            FromEmailAddress=envelope.sender,
            Destination={"ToAddresses": [envelope.author]},
            ConfigurationSetName=envelope.events,
            Content={"Raw": {"Data": message.as_bytes()}},
        )
    except ClientError as error:
        raise MailFailed(one_line(f"SES: {error.response['Error']['Message']}", 300)) from error
    except _UNANSWERED as error:
        raise MailUnanswered(one_line(f"SES did not answer: {error}", 300)) from error
    except BotoCoreError as error:
        raise MailFailed(one_line(f"SES cannot be reached: {error}", 300)) from error
    return str(answer["MessageId"])


def one_line(text: str, limit: int = 2_048) -> str:
    """Return a text as one line of at most `limit` characters, without line breaks or direction overrides."""
    return shorten(" ".join(_NO_LINE.sub(" ", text).split()), limit)


def _plain(text: str, limit: int) -> str:
    """Return a text without encoded words, which Python would decode, even into line breaks."""
    return one_line(text.replace("=?", "= ?"), limit)


@cache
def _ses() -> Any:
    """Return the SES client, created for the first mail. It repeats no call that SES may have carried out."""
    client: Any = boto3.client("sesv2", config=_CONFIG)
    client.meta.events.register_first("needs-retry.sesv2.SendEmail", _give_up_if_unanswered)
    return client


def _give_up_if_unanswered(caught_exception: Exception | None = None, **_: Any) -> None:
    if isinstance(caught_exception, _UNANSWERED):
        raise caught_exception
