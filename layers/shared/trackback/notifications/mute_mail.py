"""The last email: it says that a link has turned the emails off, and how to turn them on again.

A link can be forwarded with its email, so whoever followed it may not be the author.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Literal

from aws_lambda_powertools import Logger

from trackback.model.delivery import Delivery, delivery_id
from trackback.model.settings import Notify
from trackback.notifications.mail import Envelope, MailFailed, compose, send
from trackback.notifications.mail_renderer import MailRenderer
from trackback.notifications.outbox_state import PATIENCE
from trackback.outcomes import count_refused_mail
from trackback.paths import MAIL_LINKS, QUEUE
from trackback.signing import Action, MailLink, write_link
from trackback.storage.deliveries import Deliveries
from trackback.storage.mail_setting import Muted, claim_muted, forget_muted, muted_in
from trackback.storage.signing_keys import Keys
from trackback.storage.table import Table
from trackback.timestamps import stamp

SUBJECT = "Emails about your TrackBacks are off"
GIVE_UP = timedelta(hours=1)
"""How long it is tried, every two minutes. The alarm of refused emails tells of it, too."""
_BEFORE = {Notify.EACH: "for each ping", Notify.DAILY: "once a day"}

logger = Logger()


class MuteMail:
    """Tells the author that a link has turned the emails off."""

    def __init__(
        self, table: Table, envelope: Envelope, renderer: MailRenderer, keys: Keys, api: str
    ) -> None:
        """`keys` sign the link to `api`, the API's origin."""
        self._table, self._envelope, self._renderer = table, envelope, renderer
        self._keys, self._api = keys, api
        self._deliveries = Deliveries(table)

    def send_due(self, record: Mapping[str, Any], now: datetime) -> None:
        """Send the email that the settings' record notes, if it does. A later run repeats what failed."""
        note = muted_in(record)
        if note is None or note.tried_at > stamp(now - PATIENCE):  # another run may be at it
            return
        if self._is_over(note, now):
            forget_muted(self._table, note)
        elif claim_muted(self._table, note, now):
            self._send(note, now)

    def _is_over(self, note: Muted, now: datetime) -> bool:
        """Tell whether it was sent before, by a run that could not record that, or was tried long enough."""
        logged = self._deliveries.get(_log_id(note))
        was_sent = logged is not None and logged.state == "sent"
        return was_sent or now > datetime.fromisoformat(note.at) + GIVE_UP

    def _send(self, note: Muted, now: datetime) -> None:
        link = MailLink(Action.UNMUTE, changes=note.changes, notify=note.was)
        text, html = self._renderer.render_muted(
            subject=SUBJECT,
            at=f"{note.at[:10]}, {note.at[11:16]} UTC",
            before=_BEFORE[note.was],
            link=self._api + MAIL_LINKS + write_link(self._keys.load(now), link, now),
            pages=self._api + QUEUE,
        )
        try:
            answer = f"SES took it as {send(self._envelope, compose(self._envelope, SUBJECT, text, html))}"
        except MailFailed as failure:
            self._log(note, "failed", str(failure))
            logger.warning("a mail could not be sent", mail=_log_id(note), reason=str(failure))
            count_refused_mail(mail=_log_id(note))
            return
        try:
            self._log(note, "sent", answer)
        finally:  # one of the two is enough for it not to be sent again
            forget_muted(self._table, note)

    def _log(self, note: Muted, state: Literal["sent", "failed"], answer: str) -> None:
        delivery = Delivery(
            id=_log_id(note), at=note.at, kind="mail", what=SUBJECT, state=state, answer=answer
        )
        self._deliveries.log(delivery)


def _log_id(note: Muted) -> str:
    return delivery_id(f"muted-{note.at}")
