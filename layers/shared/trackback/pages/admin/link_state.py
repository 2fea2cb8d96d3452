"""State of a signed mail link: whether its action is still possible."""

from enum import StrEnum

from trackback.model.ping import Ping, Status
from trackback.signing import Action, Link

WANTED = {Action.APPROVE: Status.APPROVED, Action.REJECT: Status.REJECTED, Action.SPAM: Status.SPAM}
"""The status that each action gives a ping."""


class MailLinkState(StrEnum):
    """State of a mail link."""

    READY = "ready"
    DONE = "done"
    REVISED = "revised"
    DECIDED = "decided"


def standing(link: Link, ping: Ping) -> MailLinkState:
    """Return the state of a link about a ping: ready, done, or superseded by a revision or a decision.

    A link applies only to the mailed texts: the ping's own, or its latest revision.
    """
    if link.words and link.words == ping.dismissed_revision and not ping.says(link.words):
        return MailLinkState.DECIDED
    if not ping.says(link.words):
        return MailLinkState.REVISED
    if ping.status in {Status.PENDING, Status.RECEIVED} or is_about_revision(link, ping):
        return MailLinkState.READY
    return MailLinkState.DONE if ping.status is WANTED[link.action] else MailLinkState.DECIDED


def is_about_revision(link: Link, ping: Ping) -> bool:
    """Check whether a link decides about the revision of an approved ping."""
    return ping.status is Status.APPROVED and bool(link.words) and ping.revision_hash == link.words
