"""The ping: one source that says it has written about one post."""

import hashlib
import hmac
from base64 import b32encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from trackback.model.posts import Post, post_key
from trackback.timestamps import to_second
from trackback.urls import Source

MAX_TITLE = MAX_BLOG_NAME = 250
MAX_EXCERPT = 500
"""Longest texts kept, in characters after cleaning; longer ones are cut, never refused."""


class Status(StrEnum):
    """Where a ping stands; only an approved one is shown to readers."""

    RECEIVED = "received"
    PENDING = "pending"
    APPROVED = "approved"
    REJECTED = "rejected"
    SPAM = "spam"


@dataclass(frozen=True, slots=True)
class Ping:
    """A ping as it is kept.

    Attributes:
        id: One a pair of post and source: 26 letters and digits, from a hash of both keys.
        post: URL of the post that was pinged.
        url: The source, as sent.
        title: Plain text, at most `MAX_TITLE` characters, never empty.
        excerpt: Plain text, at most `MAX_EXCERPT` characters, maybe empty.
        blog_name: Plain text, at most `MAX_BLOG_NAME` characters, never empty.
        received_at: UTC, ISO 8601 with milliseconds, so that it sorts.
        status: Where it stands.
        charset: How the sender's bytes were read, in words; empty for plain UTF-8.
        marked_up: Whether the sender put HTML links or BBCode into the fields.
        sender: Keyed hash of the sender's address, for as long as it takes to look at the source.
        verdict: What looking at the source has shown (`Verdict.as_map`); None before that.
        revision: The texts of a later ping that differed, until the author decides about them.
        history: Each change of status: when (`at`), what (`what`), by whom (`by`) and why (`why`).
        looks: How often in a row looking has had the verdict's result.
        gone: Since when and how often an approved ping's link has not been found (`Gone`).
        check_at: When the source is due to be looked at again.
        verified: Whether a link to the post was ever seen.
        unlooked: Whether its source waits to be looked at because of what its sender or the author did.
        replaced: The texts in whose place the last decision took a revision.
        dropped: The name of the last revision that the author did not want (`words_id`).
        told: What the author was last told of it, and by which mail.
    """

    id: str
    post: str
    url: str
    title: str
    excerpt: str
    blog_name: str
    received_at: str
    status: Status = Status.RECEIVED
    charset: str = ""
    marked_up: bool = False
    sender: str = ""
    verdict: Mapping[str, Any] | None = None
    revision: Mapping[str, str] | None = None
    history: Sequence[Mapping[str, str]] = ()
    looks: int = 0
    gone: Mapping[str, Any] | None = None
    check_at: str = ""
    verified: bool = False
    unlooked: bool = False
    replaced: Mapping[str, str] | None = None
    dropped: str = ""
    told: str = ""

    @property
    def post_key(self) -> str:
        """The key under which all spellings of the post's address are one post."""
        return post_key(self.post)

    @property
    def revision_id(self) -> str:
        """What names the pending revision, and no other words; empty without one."""
        return words_id(self.revision) if self.revision else ""

    @property
    def texts_id(self) -> str:
        """What names its own texts, and no other words."""
        return words_id(self.texts)

    @property
    def latest_id(self) -> str:
        """What names the words that its sender said last."""
        return self.revision_id or self.texts_id

    def says(self, words: str) -> bool:
        """Tell whether a name is that of its own texts or of the pending revision."""
        return bool(words) and words in {self.texts_id, self.revision_id}

    @property
    def put_away_by_check(self) -> bool:
        """Whether neither the author nor a rule of theirs, but the check alone has put it away."""
        unwanted = self.status in {Status.REJECTED, Status.SPAM}
        return unwanted and bool(self.history) and self.history[-1]["by"] == "check"

    @property
    def received_second(self) -> str:
        """When it came, to the second, as readers see it."""
        return to_second(self.received_at)

    @property
    def texts(self) -> dict[str, str]:
        """What its sender says of it, apart from the address: what a later ping may say otherwise."""
        return {name: getattr(self, name) for name in ("title", "excerpt", "blog_name")}


def words_id(texts: Mapping[str, str]) -> str:
    """Return what names the texts of a ping, and no others."""
    words = "\n".join(texts[name] for name in sorted(texts))
    return hashlib.sha256(words.encode()).hexdigest()[:8]


def ping_id(post: Post, source: Source) -> str:
    """Return the id of the one record for a pair of post and source: 128 bits, in base 32."""
    digest = hashlib.sha256(f"{post.key}\n{source.key}".encode()).digest()
    return b32encode(digest[:16]).decode("ascii").rstrip("=").lower()


def sender_hash(key: str, address: str) -> str:
    """Return what stands for a sender's address: the same for the same sender, useless without the key."""
    return hmac.new(key.encode(), address.encode(), "sha256").hexdigest()[:16]
