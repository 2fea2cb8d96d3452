"""Every kind of record in the table, by the prefix of its id, and the partitions of the table's indexes.

A ping's id is 26 letters and digits. Every other record's id contains a "#", so that an IAM policy can tell
them apart (`dynamodb:LeadingKeys` in template.yaml): an id that ends with "#" is the only record of its kind.
"""

from typing import NamedTuple

POST = "post#"
"""Before a post's key: its count of approved pings, and its title."""

SETTINGS, RULES, CLOSED = "settings#", "rules#", "closed#"
"""The author's settings (and the API's address), rules, and posts and sites closed to pings."""

ACCESS = "access#"
"""The nonce of the newest sign-in link, and the sessions that were ended."""

MAIL = "mail#"
"""The outbox: emails that wait to be sent."""

WORDS, OVERVIEW = "words#", "overview#"
"""Results computed from many pings: the word model, and the figures of the overview."""

DELIVERY = "delivery#"
"""Before an event's id: an email or a webhook call, in the delivery log."""

SENT = "sent#"
"""Before a hash of post and target: one ping of the author's own (`model.sent_ping` makes it)."""

JOB = "send#"
"""Before a job's id: one request of the author's to send pings."""

FEED = "feed#"
"""Before a hash of a feed's address: the feed's stored state."""

SWEEP, SWEPT = "sweep#", "swept#"
"""How far the sweep has read the table; and before a ping's id: how often it has found that ping waiting."""

PAGES = "page#"
"""Before a hash of a post and an account: which pings have brought which of the account's pages."""

APPROVALS = "approvals#"
"""Before a hash of a rule: what it has approved in the last day."""

TURNS = "turns#"
"""Before a server's address: until when its rates are used up."""

FLOODS = "floods#"
"""Texts, sites and senders that came several times lately, as all environments have seen them."""

STATUS_LINKED = "linked"
"""The partition of the index by_status with the pending pings that come first (`Ping.comes_first`)."""

STATUS_DELIVERY, STATUS_SENT, STATUS_JOB = "delivery", "sent", "send"
"""Partitions of the index by_status without pings; the others, without "received", are values of `Status`."""

DUE_WEBHOOK, DUE_SENT, DUE_JOB, DUE_UNTOLD = "hook", "sent", "send", "untold"
"""Partitions of the index by_due without pings; the others are the values of `Due`."""


class Index(NamedTuple):
    """An index of the table: its name, and the attributes that are its key and that sort it."""

    name: str
    key: str
    sort: str


BY_POST = Index("by_post", "shown_on", "received_at")
"""Approved pings of a post, and the post's record above them all."""
BY_STATUS = Index("by_status", "status", "received_at")
BY_DUE = Index("by_due", "due", "check_at")
