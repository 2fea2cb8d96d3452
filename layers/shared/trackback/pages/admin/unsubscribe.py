"""The links that turn the emails off, and on again: for the setting as it stood when their email was sent."""

from datetime import datetime
from typing import NamedTuple

from trackback.model.settings import Notify
from trackback.pages.admin.services import Services
from trackback.paths import QUEUE, SETTINGS
from trackback.signing import Action, MailLink
from trackback.storage.keys import SETTINGS as RECORD
from trackback.storage.mail_setting import mail_setting_in, mute, unmute


class LinkPage(NamedTuple):
    """What a link's page says. `late` means that nothing was done, since the setting has changed."""

    heading: str
    words: str
    button: str = ""
    late: bool = False
    links: tuple[tuple[str, str], ...] = ((SETTINGS, "Settings"), (QUEUE, "Your pings"))


_MUTE = LinkPage(
    "Stop these emails?",
    "Pings still wait for you on your own pages. You can turn the emails back on in Settings.",
    "Stop emails",
)
_UNMUTE = LinkPage("Turn emails on again?", "You get emails about new pings as before.", "Turn emails on")
_ARE_OFF = LinkPage(
    "Emails are off", "The last one says how to undo that. You can also turn them back on in Settings."
)
_ARE_ON = LinkPage("Emails are on", "You get emails about new pings again.")
_CHANGED = LinkPage(
    "This link no longer works",
    "The setting for emails has been changed since this email was sent. Change it in Settings.",
    late=True,
)


def show_setting(services: Services, link: MailLink) -> LinkPage:
    """Return the page of a link about the emails: its button, or why it has none."""
    now = mail_setting_in(services.table.get(RECORD))
    if now.notify is _wanted(link):
        return _ARE_OFF if link.action is Action.MUTE else _ARE_ON
    if now.changes != link.changes:
        return _CHANGED
    return _MUTE if link.action is Action.MUTE else _UNMUTE


def change_setting(services: Services, link: MailLink, now: datetime) -> LinkPage:
    """Carry out a link about the emails. A repeat changes nothing: mail programs post more than once."""
    shown = show_setting(services, link)
    if not shown.button:
        return shown
    if link.action is Action.MUTE:
        return _ARE_OFF if mute(services.table, link.changes, now) else _CHANGED
    return _ARE_ON if unmute(services.table, _wanted(link), link.changes) else _CHANGED


def _wanted(link: MailLink) -> Notify:
    return Notify.NONE if link.action is Action.MUTE else Notify(link.notify)
