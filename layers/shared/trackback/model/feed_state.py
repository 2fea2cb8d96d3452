"""What is remembered of a feed between two readings: small, however many posts it has had."""

import hashlib
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field

MOST = 1_000
"""How many posts are remembered, those that were read last: 17 KB."""

_URL, _WORDS = 11, 6  # letters of a hash: 64 bits of the address, 32 of what it says


@dataclass(frozen=True, slots=True)
class Memory:
    """What was read of a feed.

    Attributes:
        address: Where the feed was found, if a page was given.
        etag: What to ask with, whether it has changed; empty if posts of it are still to be handled.
        modified: The same, by date.
        posts: The posts that were handled: hashes of their addresses, each with a hash of what they say.
    """

    address: str = ""
    etag: str = ""
    modified: str = ""
    posts: Mapping[str, str] = field(default_factory=dict)

    def knows(self, key: str, words: str) -> bool:
        """Tell whether the post of a key was handled, with the same words."""
        return self.posts.get(_hash(key, _URL)) == _hash(words, _WORDS)

    def as_text(self) -> str:
        """Return the posts as they are stored."""
        return "".join(address + words for address, words in self.posts.items())


def remembered(posts: Mapping[str, str], before: Mapping[str, str]) -> dict[str, str]:
    """Return hashes of posts, given as words by key, before those that were remembered, at most `MOST`."""
    new = {_hash(key, _URL): _hash(words, _WORDS) for key, words in posts.items()}
    every = new | {address: words for address, words in before.items() if address not in new}
    return dict(list(every.items())[:MOST])


def posts_in(text: str) -> dict[str, str]:
    """Return the posts that a stored text has."""
    size = _URL + _WORDS
    pieces = (text[at : at + size] for at in range(0, len(text) - size + 1, size))
    return {piece[:_URL]: piece[_URL:] for piece in pieces}


def _hash(text: str, letters: int) -> str:
    return urlsafe_b64encode(hashlib.sha256(text.encode("utf-8", "replace")).digest()).decode()[:letters]
