"""What a sender says about its page: three plain texts."""

import hashlib
from base64 import b32encode
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import accumulate

MAX_TITLE = MAX_BLOG_NAME = 250
MAX_EXCERPT = 500
"""Longest stored texts, in characters after cleaning; longer texts are cut, never refused."""

_PUNCTUATION = dict.fromkeys(map(ord, "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"))


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
        """Their name: a whole SHA-256, as 52 letters and digits."""
        return b32encode(self._digest).decode().rstrip("=").lower()

    @property
    def short_hash(self) -> str:
        """Their name until December 2026, which other texts can be made to have: decide nothing by it."""
        return self._digest.hex()[:8]

    @property
    def _digest(self) -> bytes:
        return _sha256([self.blog_name, self.excerpt, self.title])

    @property
    def trace(self) -> str:
        """What is remembered of them; other case, spaces or ASCII punctuation leave the same trace."""
        return _sha256(map(_essence, [self.blog_name, self.excerpt, self.title])).hex()[:16]


def _sha256(texts: Iterable[str]) -> bytes:
    return hashlib.sha256("\n".join(texts).encode()).digest()


def _essence(text: str) -> str:
    return "".join(text.casefold().translate(_PUNCTUATION).split())


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
