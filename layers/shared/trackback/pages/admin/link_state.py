"""What has become of a signed link: whether what it is good for can still be done."""

from enum import StrEnum

from trackback.model.ping import Ping, Status
from trackback.signing import Action, Link

WANTED = {Action.APPROVE: Status.APPROVED, Action.REJECT: Status.REJECTED, Action.SPAM: Status.SPAM}
"""The status that each action on a ping gives it."""


class MailLinkState(StrEnum):
    """Where a link stands."""

    READY = "ready"
    DONE = "done"
    REVISED = "revised"
    DECIDED = "decided"


def standing(link: Link, ping: Ping) -> MailLinkState:
    """Return where a link about a ping stands: to be done, done, or superseded by words or by a decision.

    A link is about the words that were mailed, and no others: the ping's own, or its latest revision.
    """
    if link.words and link.words == ping.dropped and not ping.says(link.words):
        return MailLinkState.DECIDED
    if not ping.says(link.words):
        return MailLinkState.REVISED
    if ping.status in {Status.PENDING, Status.RECEIVED} or is_about_revision(link, ping):
        return MailLinkState.READY
    return MailLinkState.DONE if ping.status is WANTED[link.action] else MailLinkState.DECIDED


def is_about_revision(link: Link, ping: Ping) -> bool:
    """Tell whether a link decides about the new words of a ping that readers see already."""
    return ping.status is Status.APPROVED and bool(link.words) and ping.revision_id == link.words
