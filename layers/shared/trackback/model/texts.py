"""What a sender says about its page: three plain texts."""

import hashlib
from dataclasses import dataclass
from itertools import accumulate

MAX_TITLE = MAX_BLOG_NAME = 250
MAX_EXCERPT = 500
"""Longest stored texts, in characters after cleaning; longer texts are cut, never refused."""


@dataclass(frozen=True, slots=True)
class Texts:
    """The texts of a ping, which a later ping may change.

    Attributes:
        title: Plain text, at most `MAX_TITLE` characters, never empty.
        excerpt: Plain text, at most `MAX_EXCERPT` characters, may be empty.
        blog_name: Plain text, at most `MAX_BLOG_NAME` characters, never empty.
    """

    title: str
    excerpt: str
    blog_name: str

    @property
    def hash(self) -> str:
        """A short name for these texts: the first 8 hexadecimal digits of their SHA-256."""
        joined = "\n".join([self.blog_name, self.excerpt, self.title])
        return hashlib.sha256(joined.encode()).hexdigest()[:8]


def shorten(text: str, limit: int) -> str:
    """Cut `text` to at most `limit` characters, ending in an ellipsis, never inside a grapheme."""
    if len(text) <= limit:
        return text
    from wcwidth import iter_graphemes  # noqa: PLC0415 - loads a megabyte of tables that few pings need

    ends = accumulate(map(len, iter_graphemes(text[:limit])))
    return text[: max((end for end in ends if end < limit), default=limit - 1)].rstrip() + "…"


def shorten_to_bytes(text: str, limit: int) -> str:
    """Cut `text` as `shorten` does, to at most `limit` bytes of UTF-8."""
    encoded = text.encode(errors="replace")
    if len(encoded) <= limit:
        return text
    room = limit - len("…".encode())
    return shorten(text, len(encoded[:room].decode(errors="ignore")) + 1) if room >= 0 else ""
