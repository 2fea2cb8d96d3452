"""Lists of a post's approved pings for readers, one page at a time."""

import base64
import binascii
import re
from dataclasses import dataclass, fields
from typing import Any

from trackback.errors import BadQuery
from trackback.model.posts import Post

DEFAULT_LIMIT = 50
MAX_LIMIT = 100

_CURSOR = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z) ([a-z2-7]{26}) (0|[1-9]\d{0,8})")


@dataclass(frozen=True, slots=True)
class Summary:
    """An approved ping for readers: plain texts, an http or https URL, UTC time to the second."""

    id: str
    url: str
    title: str
    excerpt: str
    blog_name: str
    received_at: str
    verified: bool


_SHOWN = [field.name for field in fields(Summary)]


@dataclass(frozen=True, slots=True)
class Cursor:
    """End of a page: its last ping, and the post's count of pings.

    It names no post: the post comes from the request's path, so no cursor leads into another post's pings.
    The cursor carries the count because only the first page reads it.
    """

    received_at: str
    id: str
    count: int

    def encode(self) -> str:
        """Return the cursor as an opaque text for readers."""
        return encode_cursor(self.received_at, self.id, self.count)

    @classmethod
    def decode(cls, text: str) -> "Cursor":
        """Parse a cursor from a request.

        Raises:
            BadQuery: the text is not a cursor that `encode` returned.
        """
        match = decode_cursor(text, _CURSOR)
        if match is None:
            raise BadQuery("cursor must be the value of next from the page before, unchanged")
        return cls(match[1], match[2], int(match[3]))


def encode_cursor(*parts: object) -> str:
    """Return the parts of a cursor as an opaque text."""
    text = " ".join(map(str, parts))
    return base64.urlsafe_b64encode(text.encode("ascii")).decode("ascii").rstrip("=")


def decode_cursor(text: str, pattern: re.Pattern[str]) -> re.Match[str] | None:
    """Return the parts of a cursor as its pattern finds them, or None if `encode_cursor` did not make it."""
    try:
        plain = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode("ascii")
    except (binascii.Error, ValueError):
        return None
    return pattern.fullmatch(plain) if encode_cursor(plain) == text else None


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a post's approved pings, newest first; `next` is None on the last page."""

    pings: list[Summary]
    count: int
    next: Cursor | None

    def as_json(self, post: Post) -> dict[str, Any]:
        """Return the JSON response to `GET /pings/…`."""
        return {
            "post": post.url,
            "count": self.count,
            "pings": [{name: getattr(ping, name) for name in _SHOWN} for ping in self.pings],
            "next": self.next.encode() if self.next else None,
        }


def read_limit(text: str | None) -> int:
    """Return the page size that a reader asked for.

    Raises:
        BadQuery: the text is not a number from 1 to `MAX_LIMIT`.
    """
    if text is None:
        return DEFAULT_LIMIT
    if not re.fullmatch(r"[0-9]{1,3}", text) or not 1 <= int(text) <= MAX_LIMIT:
        raise BadQuery(f"limit must be a number from 1 to {MAX_LIMIT}")
    return int(text)
