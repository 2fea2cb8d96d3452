"""What a page says about what was just done: a cookie carries it over the redirect after a POST."""

from dataclasses import dataclass
from typing import Self
from urllib.parse import parse_qs, urlencode

COOKIE = "__Host-notice"
LASTS = 300
"""Seconds for which it waits to be read."""

_MAX = 3_600  # browsers drop cookies over 4 KB


@dataclass(frozen=True, slots=True)
class Notice:
    """Words for the author, whether something is `amiss`, and the pings that Undo is offered for."""

    words: str
    amiss: bool = False
    undo: tuple[str, ...] = ()

    def encode(self) -> str:
        """Return the notice as a cookie's value."""
        parts = [("words", self.words[:500]), *(("amiss", "1") for _ in range(self.amiss))]
        whole = urlencode([*parts, *(("undo", ping) for ping in self.undo)])
        return whole if len(whole) <= _MAX else urlencode(parts)

    @classmethod
    def decode(cls, value: str) -> Self | None:
        """Return what `encode` wrote, None if it is nothing of the kind."""
        try:
            parts = parse_qs(value, max_num_fields=200)
        except ValueError:
            return None
        words = parts.get("words", [""])[0]
        return cls(words, amiss="amiss" in parts, undo=tuple(parts.get("undo", ()))) if words else None
