"""The ping: a notification that one source has written about one post."""

import hmac
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv6Address, IPv6Network
from typing import NamedTuple

from trackback.model.posts import Post, post_key
from trackback.model.protocol import Protocol
from trackback.model.texts import Texts
from trackback.model.verdict import Gone, Verdict
from trackback.timestamps import to_second
from trackback.urls import Source, pair_id


class Status(StrEnum):
    """State of a ping; readers see approved pings only."""

    RECEIVED = "received"
    PENDING = "pending"
    APPROVED = "approved"
    REJECTED = "rejected"
    SPAM = "spam"


UNWANTED = frozenset({Status.REJECTED, Status.SPAM})


class Due(StrEnum):
    """Why a ping is due for a check at `check_at`: `TURN`, since its site gave it a turn then.

    The author's pages list the last two.
    """

    CHECK = "check"
    TURN = "turn"
    GONE = "gone"
    REVISED = "revised"


class HistoryEntry(NamedTuple):
    """A change of a ping's status.

    Attributes:
        at: UTC, ISO 8601.
        what: The new status.
        by: Who changed it: the "author", a "rule" of the author, the "check" of the source, or the "sender".
        why: The reason, as a text for the author; may be empty.
    """

    at: str
    what: Status
    by: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class Ping:
    """A stored ping.

    Attributes:
        id: One for each pair of post and source: 26 letters and digits, from a hash of both keys.
        post: URL of the pinged post.
        url: The source, as sent.
        texts: What the sender says about its page; the approved texts once a ping is approved.
        received_at: UTC, ISO 8601 with milliseconds, so that it sorts; later once it has come back with other
            texts.
        protocol: The protocol that it came in.
        charset: How the sender's bytes were decoded, as a text for the author; empty for plain UTF-8.
        has_markup: Whether the sender put HTML links or BBCode into the fields.
        client_hash: Keyed hash of the sender's address; removed once the source is checked.
        status: Its state.
        history: Each change of the status, the oldest first.
        verdict: Result of the last source check; None before the first.
        verified: Whether any check has found a link to the post.
        check_count: How many checks in a row had the verdict's result.
        link_missing: Since when, and in how many checks, an approved ping's link has been missing.
        needs_check: Whether the source needs a check because of an action of the sender or the author.
        check_at: When the next source check is due; empty for never.
        due: Why it is due then; None for never.
        revision: Different texts from a later ping, until the author decides about them.
        previous_texts: The texts that the last decision replaced with a revision.
        dismissed_revision: `Texts.hash` of the last revision that the author dropped, or its `short_hash`.
        turned_down: `Texts.trace` of the last texts that were turned down, besides those that stand here.
        heard: `Texts.trace` of the last revisions that a check dropped, or others replaced after one, since
            the last decision.
        refused: Texts that the author turned down before the ping came back with others, or with which it was
            sent again: a lesson for the word model, and no rule approves the ping.
        returned_at: When other texts of a ping that was turned down were last looked at.
        notified: What the last email about it told the author, and which email that was.
        expires_at: When the table deletes it, in seconds since 1970; 0 for never.
        comes_first: Whether it is pending with a link that was found, and is no part of a flood.
    """

    id: str
    post: str
    url: str
    texts: Texts
    received_at: str
    protocol: Protocol = Protocol.TRACKBACK
    charset: str = ""
    has_markup: bool = False
    client_hash: str = ""
    status: Status = Status.RECEIVED
    history: tuple[HistoryEntry, ...] = ()
    verdict: Verdict | None = None
    verified: bool = False
    check_count: int = 0
    link_missing: Gone | None = None
    needs_check: bool = False
    check_at: str = ""
    due: Due | None = None
    revision: Texts | None = None
    previous_texts: Texts | None = None
    dismissed_revision: str = ""
    turned_down: tuple[str, ...] = ()
    heard: tuple[str, ...] = ()
    refused: Texts | None = None
    returned_at: str = ""
    notified: str = ""
    expires_at: int = 0
    comes_first: bool = False

    @property
    def post_key(self) -> str:
        """The post's key, the same for all spellings of its address."""
        return post_key(self.post)

    @property
    def latest_texts(self) -> Texts:
        """The texts that its sender sent last."""
        return self.revision or self.texts

    @property
    def revision_hash(self) -> str:
        """`Texts.hash` of the pending revision; empty without one."""
        return self.revision.hash if self.revision else ""

    def says(self, texts_hash: str) -> bool:
        """Tell whether a `Texts.hash` is that of the ping's own texts or of the pending revision."""
        return bool(texts_hash) and texts_hash in {self.texts.hash, self.revision_hash}

    @property
    def waits_to_return(self) -> bool:
        """Whether it was turned down, and a later revision waits for a look."""
        return self.status in UNWANTED and bool(self.revision) and (self.needs_check or bool(self.check_at))

    @property
    def is_unwanted_by_check(self) -> bool:
        """Whether only the check rejected it or marked it as spam: not the author, nor one of their rules."""
        return self.status in UNWANTED and bool(self.history) and self.history[-1].by == "check"

    @property
    def is_approved_by_rule(self) -> bool:
        """Whether readers see it because of one of the author's rules, and nothing of it waits."""
        is_by_rule = bool(self.history) and self.history[-1].by == "rule"
        return self.status is Status.APPROVED and is_by_rule and not self.revision

    @property
    def received_second(self) -> str:
        """When it was received, to the second, as readers see it."""
        return to_second(self.received_at)


def ping_id(post: Post, source: Source) -> str:
    """Return the id of the record for a pair of post and source."""
    return pair_id(post.key, source.key)


def client_hash(key: str, address: str) -> str:
    """Return a keyed hash of a sender's address: the same for the same sender, useless without the key.

    An IPv6 address counts by its first 64 bits: one customer has a whole /64.
    """
    return hmac.new(key.encode(), _network(address).encode(), "sha256").hexdigest()[:16]


def _network(address: str) -> str:
    try:
        ip = IPv6Address(address)
    except ValueError:
        return address
    return str(ip.ipv4_mapped or IPv6Network((int(ip), 64), strict=False))
