"""The ping: a notification that one source has written about one post."""

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
"""Longest stored texts, in characters after cleaning; longer texts are cut, never refused."""


class Status(StrEnum):
    """State of a ping; readers see approved pings only."""

    RECEIVED = "received"
    PENDING = "pending"
    APPROVED = "approved"
    REJECTED = "rejected"
    SPAM = "spam"


@dataclass(frozen=True, slots=True)
class Ping:
    """A stored ping.

    Attributes:
        id: One for each pair of post and source: 26 letters and digits, from a hash of both keys.
        post: URL of the pinged post.
        url: The source, as sent.
        title: Plain text, at most `MAX_TITLE` characters, never empty.
        excerpt: Plain text, at most `MAX_EXCERPT` characters, may be empty.
        blog_name: Plain text, at most `MAX_BLOG_NAME` characters, never empty.
        received_at: UTC, ISO 8601 with milliseconds, so that it sorts.
        status: Its state.
        charset: How the sender's bytes were decoded, as a text for the author; empty for plain UTF-8.
        marked_up: Whether the sender put HTML links or BBCode into the fields.
        sender: Keyed hash of the sender's address; removed once the source is checked.
        verdict: Result of the last source check (`Verdict.as_map`); None before the first.
        revision: Different texts from a later ping, until the author decides about them.
        history: Each change of status: when (`at`), what (`what`), by whom (`by`) and why (`why`).
        looks: How many checks in a row had the verdict's result.
        gone: Since when, and in how many checks, an approved ping's link has been missing (`Gone`).
        check_at: When the next source check is due.
        verified: Whether any check has found a link to the post.
        unlooked: Whether the source needs a check because of an action of the sender or the author.
        replaced: The texts that the last decision replaced with a revision.
        dropped: `words_id` of the last revision that the author dropped.
        told: What the last email about it told the author, and which email that was.
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
        """The post's key, the same for all spellings of its address."""
        return post_key(self.post)

    @property
    def revision_id(self) -> str:
        """`words_id` of the pending revision; empty without one."""
        return words_id(self.revision) if self.revision else ""

    @property
    def texts_id(self) -> str:
        """`words_id` of the ping's own texts."""
        return words_id(self.texts)

    @property
    def latest_id(self) -> str:
        """`words_id` of the texts that its sender sent last."""
        return self.revision_id or self.texts_id

    def says(self, words: str) -> bool:
        """Tell whether a `words_id` is that of the ping's own texts or of the pending revision."""
        return bool(words) and words in {self.texts_id, self.revision_id}

    @property
    def put_away_by_check(self) -> bool:
        """Whether only the check rejected it or marked it as spam: not the author, nor one of their rules."""
        unwanted = self.status in {Status.REJECTED, Status.SPAM}
        return unwanted and bool(self.history) and self.history[-1]["by"] == "check"

    @property
    def received_second(self) -> str:
        """When it was received, to the second, as readers see it."""
        return to_second(self.received_at)

    @property
    def texts(self) -> dict[str, str]:
        """The sender's texts, which a later ping may change."""
        return {name: getattr(self, name) for name in ("title", "excerpt", "blog_name")}


def words_id(texts: Mapping[str, str]) -> str:
    """Return a short id of a ping's texts: the first 8 hexadecimal digits of their SHA-256."""
    words = "\n".join(texts[name] for name in sorted(texts))
    return hashlib.sha256(words.encode()).hexdigest()[:8]


def ping_id(post: Post, source: Source) -> str:
    """Return the id of the record for a pair of post and source: 128 bits, in base 32."""
    digest = hashlib.sha256(f"{post.key}\n{source.key}".encode()).digest()
    return b32encode(digest[:16]).decode("ascii").rstrip("=").lower()


def sender_hash(key: str, address: str) -> str:
    """Return a keyed hash of a sender's address: the same for the same sender, useless without the key."""
    return hmac.new(key.encode(), address.encode(), "sha256").hexdigest()[:16]
