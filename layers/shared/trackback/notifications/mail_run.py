"""Sends the mails that are due. A failure delays a mail until the next run, and never those behind it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from typing import Literal

from aws_lambda_powertools import Logger

from trackback.model.delivery import Delivery, delivery_id
from trackback.model.ping import Ping
from trackback.model.sent_ping import SentPing
from trackback.notifications.mail import Envelope, MailFailed, MailUnanswered, compose, send
from trackback.notifications.mail_outbox import Outbox
from trackback.notifications.mail_renderer import Links, MailRenderer, News, RenderedMail
from trackback.notifications.outbox_state import Claim, is_promising
from trackback.outcomes import count, count_refused_mail
from trackback.paths import MAIL_LINKS
from trackback.signing import Action, MailLink, write_link
from trackback.storage.deliveries import Deliveries
from trackback.storage.mail_setting import MailSetting
from trackback.storage.posts import post_titles
from trackback.storage.signing_keys import Keys
from trackback.storage.table import Table

LAST_ATTEMPT = 60
"""Attempts that end by a fault of ours, before a mail's pings are only counted: a minute lies between two."""

logger = Logger()


@dataclass(frozen=True, slots=True)
class _Prepared:
    """A mail that can be sent.

    Attributes:
        message: The mail.
        pings: Those that it shows or counts, for good.
        failed: The failed sent pings that it is about.
        kept: Ids of promising pings for which it has no room; the next mail shows them.
    """

    message: EmailMessage
    pings: Sequence[Ping]
    failed: Sequence[SentPing]
    kept: Sequence[str]


class MailRun:
    """Sends the mails of one table's outbox."""

    def __init__(
        self, table: Table, envelope: Envelope, renderer: MailRenderer, keys: Keys, api: str
    ) -> None:
        """`keys` sign the links to `api`, the API's origin."""
        self._table, self._envelope, self._renderer = table, envelope, renderer
        self._keys, self._api = keys, api
        self._outbox, self._deliveries = Outbox(table), Deliveries(table)

    def send_due(self, setting: MailSetting, now: datetime) -> None:
        """Send what is due: first again the mail that failed, then the one that waits.

        Raises:
            Exception: A fault of ours. The mail waits for the next run.
        """
        while (claim := self._outbox.claim(setting.notify, now)) and self._attempt(claim, setting, now):
            pass

    def _attempt(self, claim: Claim, setting: MailSetting, now: datetime) -> bool:
        """Try to send a mail; return whether the next one may follow."""
        with self._giving_back(claim):
            mail = self._prepare(claim, setting, now)
        if mail is None:
            self._outbox.needless(claim)
            return True
        try:
            with self._giving_back(claim):
                answer = self._earlier_answer(claim) or f"SES took it as {send(self._envelope, mail.message)}"
        except MailFailed as failure:
            self._note_refusal(claim, mail, str(failure))
            return False
        self._note_sent(claim, mail, answer, now)
        return True

    @contextmanager
    def _giving_back(self, claim: Claim) -> Iterator[None]:
        try:
            yield
        except Exception as error:
            if claim.attempts >= LAST_ATTEMPT and not isinstance(error, MailFailed):
                self._outbox.put_aside(claim)
            else:
                self._outbox.give_back(claim, may_be_sent=isinstance(error, MailUnanswered))
            raise

    def _prepare(self, claim: Claim, setting: MailSetting, now: datetime) -> _Prepared | None:
        """Mark what a mail is about, and write it. Returns None if nothing waits any more."""
        marked, failed = self._outbox.mark(claim), self._outbox.mark_failures(claim)
        if not marked and not failed:
            return None
        approved = [ping for ping in marked if ping.is_approved_by_rule]
        pings = [ping for ping in marked if not ping.is_approved_by_rule]
        mail = self._render(News(pings, len(pings) + claim.more, failed, approved), setting, now)
        kept = list(filter(is_promising, pings[mail.shown :]))
        self._outbox.unmark(claim, kept)
        message = compose(self._envelope, mail.subject, mail.text, mail.html, mail.unsubscribe)
        told = [one for one in marked if one not in kept]
        return _Prepared(message, told, failed, [one.id for one in kept])

    def _render(self, news: News, setting: MailSetting, now: datetime) -> RenderedMail:
        keyring = self._keys.load(now)
        titles = post_titles(self._table, {ping.post_key for ping in (*news.pings, *news.approved)})

        def signed(link: MailLink) -> str:
            return self._api + MAIL_LINKS + write_link(keyring, link, now)

        stop = signed(MailLink(Action.MUTE, changes=setting.changes))
        return self._renderer.render(news, titles, Links(stop, signed))

    def _earlier_answer(self, claim: Claim) -> str:
        """Return what SES answered to an earlier attempt that sent the mail, but could not record its end."""
        logged = self._deliveries.get(_log_id(claim)) if claim.attempts > 1 else None
        return logged.answer if logged and logged.state == "sent" else ""

    def _note_refusal(self, claim: Claim, mail: _Prepared, reason: str) -> None:
        self._log(claim, mail, "failed", reason)
        logger.warning("a mail could not be sent", mail=claim.id, reason=reason)
        count_refused_mail(mail=claim.id)

    def _note_sent(self, claim: Claim, mail: _Prepared, answer: str, now: datetime) -> None:
        """Record that a mail went out, in two places: one is enough for it not to be sent again."""
        try:
            self._log(claim, mail, "sent", answer)
        finally:
            self._outbox.sent(claim, len(mail.pings) + len(mail.failed), now, mail.kept)
        count("MailSent", mail=claim.id)
        for ping in mail.pings:
            count("PingMailed", mail=claim.id, ping=ping.id)

    def _log(self, claim: Claim, mail: _Prepared, state: Literal["sent", "failed"], answer: str) -> None:
        self._deliveries.log(
            Delivery(
                id=_log_id(claim),
                at=claim.id,
                kind="mail",
                what=mail.message["Subject"],
                state=state,
                attempts=claim.attempts,
                answer=answer,
            )
        )


def _log_id(claim: Claim) -> str:
    return delivery_id(f"mail-{claim.id}")
