"""Mail to the author by SES: from the author's domain, or from the author's address where there is none."""

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
from botocore.exceptions import BotoCoreError, ClientError

from trackback.errors import TrackbackError
from trackback.model.texts import shorten

MAX_SUBJECT = 200
"""Longest subject, in characters; mail programs show the first third of it."""

_NO_LINE = re.compile(  # what ends or steers a line, or cannot be encoded
    "[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)
_CONFIG = Config(connect_timeout=3, read_timeout=10, retries={"mode": "standard", "total_max_attempts": 3})


class MailFailed(TrackbackError):
    """A mail could not be sent; the message says why, as SES says it."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """Where mails come from and go to; `events` is the SES configuration set that reports bounces."""

    author: str
    sender: str
    events: str


class _Unfolded(UnstructuredHeader, BaseHeader):
    """A header with a URL, on one line: where it is too long, Python's own folding makes words of it."""

    def fold(self, *, policy: Policy) -> str:
        return f"{self.name}: {self}{policy.linesep}"


_headers = HeaderRegistry()
_headers.map_to_type("list-unsubscribe", _Unfolded)
_policy = SMTP.clone(header_factory=_headers)


def compose(envelope: Envelope, subject: str, text: str, html: str, unsubscribe: str = "") -> EmailMessage:
    """Return a mail to the author.

    Args:
        envelope: Its sender and its recipient.
        subject: Made one line, whatever is in it.
        text: What it says, as plain text.
        html: The same as a page that needs nothing from elsewhere.
        unsubscribe: URL to which a mail program posts when the author wants no more such mails (RFC 8058).
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
    """Hand a mail to SES; return the id by which SES knows it.

    Raises:
        MailFailed: SES does not take it, or cannot be reached.
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
    except BotoCoreError as error:
        raise MailFailed(one_line(f"SES cannot be reached: {error}", 300)) from error
    return str(answer["MessageId"])


def one_line(text: str, limit: int = 2_048) -> str:
    """Return a text as one line of at most `limit` characters that neither ends early nor runs backwards."""
    return shorten(" ".join(_NO_LINE.sub(" ", text).split()), limit)


def _plain(text: str, limit: int) -> str:
    """Return a text for a header: Python would decode encoded words in it, even such of line ends."""
    return one_line(text.replace("=?", "= ?"), limit)


@cache
def _ses() -> Any:
    """Return the client, made when the first mail goes out."""
    return boto3.client("sesv2", config=_CONFIG)
