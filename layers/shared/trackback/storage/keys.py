"""Every kind of record in the table, by how its id begins, and the partitions of the table's indexes.

A ping's id is 26 letters and digits. Every other record's id has a "#", so that a policy can tell them
apart (`dynamodb:LeadingKeys` in template.yaml): an id that ends with "#" is the one record of its kind.
"""

POST = "post#"
"""Before a post's key: its count of approved pings, and its title."""

SETTINGS, RULES, CLOSED = "settings#", "rules#", "closed#"
"""What the author has set: settings (and the API's address), rules, posts and sites closed to pings."""

ACCESS = "access#"
"""The nonce of the newest sign-in link."""

MAIL = "mail#"
"""The outbox: what waits to be emailed."""

WORDS, OVERVIEW = "words#", "overview#"
"""What was computed of many pings: the word model, and the figures of the overview."""

DELIVERY = "delivery#"
"""Before an event's id: an email or a webhook call, in the log of what was sent to the author."""

SENT = "sent#"
"""Before a hash of post and target: one ping of the author's own (`model.sent_ping` makes it)."""

JOB = "send#"
"""Before a job's id: what the author asked to be sent."""

FEED = "feed#"
"""Before a hash of a feed's address: what is remembered of it."""

STATUS_DELIVERY, STATUS_SENT, STATUS_JOB = "delivery", "sent", "send"
"""Partitions of the index by_status that hold no pings; the others are the values of `Status`."""

DUE_WEBHOOK, DUE_SENT, DUE_JOB, DUE_UNTOLD = "hook", "sent", "send", "untold"
"""Partitions of the index by_due that hold no pings; the others are the values of `Due`."""
