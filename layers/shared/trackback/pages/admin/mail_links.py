"""Signed links of mails: the page that a link opens, and the action of its button."""

from dataclasses import replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from trackback.errors import StatusChanged
from trackback.model.ping import Ping, Status
from trackback.model.rule import BadRule
from trackback.model.settings import Settings
from trackback.pages.admin.addresses import ping_address
from trackback.pages.admin.flash import Flash
from trackback.pages.admin.services import Services
from trackback.pages.admin.unsubscribe import change_setting, show_setting
from trackback.pages.admin.views import find_ping, one_ping
from trackback.pages.public.ping_list import fresh_address
from trackback.paths import QUEUE
from trackback.receiving.moderation import Moderation
from trackback.signing import Action, MailLink
from trackback.storage.dynamodb import TOO_LATE
from trackback.storage.settings import load_settings

_WANTED = {Action.APPROVE: Status.APPROVED, Action.REJECT: Status.REJECTED, Action.SPAM: Status.SPAM}
_ASKS = {
    Action.APPROVE: ("Approve this ping?", "Approve"),
    Action.REJECT: ("Reject this ping?", "Reject"),
    Action.SPAM: ("Mark this ping as spam?", "Spam"),
}
_ASKS_ABOUT_REVISION = {
    Action.APPROVE: ("Show its new words?", "Show the new words"),
    Action.REJECT: ("Keep what is shown?", "Keep what is shown"),
    Action.SPAM: ("Mark its new words as spam?", "Spam"),
}
_KEPT = {
    Action.REJECT: ("Kept", "Readers see what they saw before."),
    Action.SPAM: ("Marked as spam", "The new words are gone. Readers see what they saw before."),
}
_NAMES = {
    Status.APPROVED: ("Approved", "Readers see it below the post within a minute."),
    Status.REJECTED: ("Rejected", "Readers do not see it."),
    Status.SPAM: ("Marked as spam", "Readers do not see it, and the next ones are judged by it."),
}
_SHORT = 8
"""Length of the names of texts in links that were mailed until December 2026."""
_READ_AGAIN = "This link is of an older version and may mean other words. Read these, then press the button."
_SENT_AGAIN = "It was sent again with other words after the mail. This is about what was sent first."


class LinkState(StrEnum):
    """Whether the action of a mail link is still possible."""

    READY = "ready"
    DONE = "done"
    REVISED = "revised"
    DECIDED = "decided"


def link_state(link: MailLink, ping: Ping) -> LinkState:
    """Return the state of a link about a ping: ready, done, or superseded by a revision or a decision.

    A link applies only to the mailed texts: the ping's own, or its latest revision.
    """
    if link.texts_hash and link.texts_hash == ping.dismissed_revision and not ping.says(link.texts_hash):
        return LinkState.DECIDED
    if not ping.says(link.texts_hash):
        return LinkState.REVISED
    if ping.status in {Status.PENDING, Status.RECEIVED} or is_about_revision(link, ping):
        return LinkState.READY
    return LinkState.DONE if ping.status is _WANTED[link.action] else LinkState.DECIDED


def is_short(link: MailLink) -> bool:
    """Tell whether a link names its texts by `Texts.short_hash`, as those of older versions do."""
    return len(link.texts_hash) == _SHORT


def whole(link: MailLink, ping: Ping) -> MailLink:
    """Return a link with the whole name of the ping's texts that its short one may mean, if just one may."""
    if not is_short(link):
        return link
    texts = [ping.texts, *([ping.revision] if ping.revision else [])]
    meant = [one.hash for one in texts if one.short_hash == link.texts_hash]
    return replace(link, texts_hash=meant[0]) if len(meant) == 1 else link


def is_about_revision(link: MailLink, ping: Ping) -> bool:
    """Check whether a link decides about the revision of an approved ping."""
    return ping.status is Status.APPROVED and bool(link.texts_hash) and ping.revision_hash == link.texts_hash


def show_link(services: Services, link: MailLink) -> dict[str, Any]:
    """Return the values of a link's page: the ping and one button, or why there is no button.

    Raises:
        NoSuchPing: The ping has been deleted.
    """
    if link.is_about_emails:
        return _blank(**{**show_setting(services, link)._asdict(), "late": False})
    ping = find_ping(services.pings, link.ping)
    meant = whole(link, ping)
    shown = replace(ping, revision=None) if _is_about_first(meant, ping) else ping
    said = _said(meant, ping)
    if is_short(link) and said.get("button"):
        said |= {"asked_about": meant.texts_hash, "words": _READ_AGAIN}
    return _blank(**one_ping(services.table, shown), **said, links=_links(ping))


def follow_link(services: Services, link: MailLink, now: datetime, words: str = "") -> dict[str, Any]:
    """Carry out a link's action and return the values of its page. `late` means that nothing was done.

    `words` is the whole name of the texts that the page of a link with a short one has shown.

    Raises:
        NoSuchPing: The ping has been deleted.
    """
    if link.is_about_emails:
        return _blank(**change_setting(services, link, now)._asdict())
    ping = find_ping(services.pings, link.ping)
    if is_short(link) and words != whole(link, ping).texts_hash:
        return {**show_link(services, link), "late": True}
    try:
        meant = whole(link, ping)
        said = _decide(services.moderation, load_settings(services.table), meant, ping, now)
    except StatusChanged:
        return {**show_link(services, link), "button": "", "late": True}
    return _blank(**one_ping(services.table, services.pings.get(ping.id)), **said)


def _decide(
    moderation: Moderation, settings: Settings, link: MailLink, ping: Ping, now: datetime
) -> dict[str, Any]:
    if link_state(link, ping) is not LinkState.READY:
        raise StatusChanged(TOO_LATE)
    if is_about_revision(link, ping) and link.action is not Action.APPROVE:
        moderation.keep(ping.id, revision=link.texts_hash, as_spam=link.action is Action.SPAM)
        heading, words = _KEPT[link.action]
        return {"heading": heading, "words": words, "links": _links(ping)}
    status = _WANTED[link.action]
    heading, words = _NAMES[status]
    try:
        moderation.decide(
            ping.id, status, now, settings=settings, expected_status=ping.status, texts_hash=link.texts_hash
        )
    except BadRule as error:  # the ping's status is saved; only the rule failed
        words = str(error)
    links = [(ping.post, "See the post"), (ping_address(ping.id), "Undo it on its page")]
    if status is Status.APPROVED:
        links.insert(0, (fresh_address(ping.post, now), "See it now"))
    undo = Flash(f"{heading}.", undo=(f"{ping.id}:{status}:",))
    return {"heading": heading, "words": words, "links": links, "undo": undo}


def _said(link: MailLink, ping: Ping) -> dict[str, Any]:
    match link_state(link, ping):
        case LinkState.READY:
            asks = _ASKS_ABOUT_REVISION if is_about_revision(link, ping) else _ASKS
            heading, button = asks[link.action]
            words = _SENT_AGAIN if _is_about_first(link, ping) else ""
            return {"heading": heading, "button": button, "words": words}
        case LinkState.DONE:
            return {"heading": f"{_NAMES[ping.status][0]} already", "words": "There is nothing more to do."}
        case LinkState.REVISED:
            return {
                "heading": "There are other words by now",
                "words": "This ping was sent again after the mail. These are the words that stand there now; "
                "decide about them on its page.",
            }
        case LinkState.DECIDED:
            return {
                "heading": "Decided otherwise meanwhile",
                "words": f"This ping is {ping.status} by now. You can change that on its page.",
            }


def _is_about_first(link: MailLink, ping: Ping) -> bool:
    """Check whether a link can still decide about a ping's first texts although a revision has come since."""
    first = bool(ping.revision) and link.texts_hash == ping.texts.hash
    return first and link_state(link, ping) is LinkState.READY


def _links(ping: Ping) -> list[tuple[str, str]]:
    return [(ping_address(ping.id), "The ping's page"), (QUEUE, "All that waits")]


def _blank(**values: Any) -> dict[str, Any]:
    """Return a page's values, with empty defaults for those that are missing."""
    texts = dict.fromkeys(("words", "button", "asked_about"), "")
    return {**texts, "ping": None, "links": [], "undo": None, "late": False} | values
