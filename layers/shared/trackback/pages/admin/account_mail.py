"""Transactional mails to the author: a sign-in link, a test mail. Each one is logged as a delivery."""

import secrets
from datetime import datetime
from typing import NamedTuple

from trackback.model.delivery import Delivery, delivery_id
from trackback.notifications import mail
from trackback.outcomes import count_refused_mail
from trackback.pages.admin.services import Services
from trackback.timestamps import stamp


class AccountMail(NamedTuple):
    """The content of a mail with one link."""

    subject: str
    words: str
    link: str
    label: str


def send_account_mail(services: Services, content: AccountMail, now: datetime) -> str:
    """Send a mail and log it as a delivery. Returns the error, or an empty string on success."""
    envelope, problem = services.envelope, ""
    text = f"{content.words}\n\n{content.link}\n"
    html = services.pages.render("letter.html", content._asdict())
    try:
        mail.send(envelope, mail.compose(envelope, content.subject, text, html))
    except mail.MailFailed as failure:
        problem = str(failure)
    delivery = _delivery(content, now, problem)
    services.deliveries.log(delivery)
    if problem:
        services.logger.error("a mail could not be sent", reason=problem)
        count_refused_mail(delivery=delivery.id)
    return problem


def _delivery(content: AccountMail, now: datetime, answer: str) -> Delivery:
    return Delivery(
        id=delivery_id(f"letter-{secrets.token_hex(8)}"),
        at=stamp(now),
        kind="mail",
        what=content.subject,
        state="failed" if answer else "sent",
        answer=answer,
    )
