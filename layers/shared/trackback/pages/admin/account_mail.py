"""Transactional mails to the author: a sign-in link, a test mail. Each one is logged as a delivery."""

import secrets
from datetime import datetime
from typing import NamedTuple

from trackback.model.delivery import Delivery, delivery_id
from trackback.notifications import mail
from trackback.pages.templates import Pages
from trackback.storage.deliveries import Deliveries
from trackback.timestamps import stamp


class AccountMail(NamedTuple):
    """The content of a mail with one link."""

    subject: str
    words: str
    link: str
    label: str


def send_letter(
    pages: Pages, deliveries: Deliveries, envelope: mail.Envelope, letter: AccountMail, now: datetime
) -> Delivery:
    """Send a mail and return its log entry. A failed mail raises nothing; the entry holds the error."""
    text = f"{letter.words}\n\n{letter.link}\n"
    html = pages.render("letter.html", letter._asdict())
    try:
        mail.send(envelope, mail.compose(envelope, letter.subject, text, html))
    except mail.MailFailed as failure:
        delivery = _delivery(letter, now, answer=str(failure))
    else:
        delivery = _delivery(letter, now)
    deliveries.log(delivery)
    return delivery


def _delivery(letter: AccountMail, now: datetime, answer: str = "") -> Delivery:
    return Delivery(
        id=delivery_id(f"letter-{secrets.token_hex(8)}"),
        at=stamp(now),
        kind="mail",
        what=letter.subject,
        state="failed" if answer else "sent",
        answer=answer,
    )
