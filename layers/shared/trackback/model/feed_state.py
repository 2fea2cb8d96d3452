"""Stored state of a feed between two polls: small, however many posts it has had."""

import hashlib
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field

MOST = 2_000
"""How many names of posts are remembered, the latest read first: 34 KB. A post without a date has three."""

_URL, _WORDS = 11, 6  # characters of a hash: 64 bits of the address, 32 of the content


@dataclass(frozen=True, slots=True)
class FeedState:
    """State of a feed after its last poll.

    Attributes:
        address: Where the feed was found, if the author gave a page instead.
        etag: ETag for the next conditional request; empty while posts of the feed are still unhandled.
        modified: The same for `Last-Modified`.
        posts: Handled posts: hash of the address, or of another name, to hash of the content.
    """

    address: str = ""
    etag: str = ""
    modified: str = ""
    posts: Mapping[str, str] = field(default_factory=dict)

    def knows(self, key: str, words: str) -> bool:
        """Tell whether the post with this key was already handled with the same content."""
        return self.posts.get(_hash(key, _URL)) == _hash(words, _WORDS)

    def has(self, key: str) -> bool:
        """Tell whether the post with this key was already handled, with whatever content."""
        return _hash(key, _URL) in self.posts

    def as_text(self) -> str:
        """Return the posts in stored form."""
        return "".join(address + words for address, words in self.posts.items())


def remembered(posts: Mapping[str, str], before: Mapping[str, str]) -> dict[str, str]:
    """Return the state after a poll: hashes of new posts (content by key) first, at most `MOST` in all."""
    new = {_hash(key, _URL): _hash(words, _WORDS) for key, words in posts.items()}
    every = new | {address: words for address, words in before.items() if address not in new}
    return dict(list(every.items())[:MOST])


def posts_in(text: str) -> dict[str, str]:
    """Parse the stored form of posts."""
    size = _URL + _WORDS
    pieces = (text[at : at + size] for at in range(0, len(text) - size + 1, size))
    return {piece[:_URL]: piece[_URL:] for piece in pieces}


def _hash(text: str, letters: int) -> str:
    return urlsafe_b64encode(hashlib.sha256(text.encode("utf-8", "replace")).digest()).decode()[:letters]
