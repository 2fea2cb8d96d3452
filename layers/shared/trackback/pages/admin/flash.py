"""Flash messages: a cookie carries the result of a POST over the redirect."""

from dataclasses import dataclass
from typing import Self
from urllib.parse import parse_qs, urlencode

from trackback.paths import LISTS

COOKIE = "__Host-notice"
LASTS = 300
"""Lifetime of the cookie in seconds."""

_MAX = 3_600  # browsers drop cookies over 4 KB


@dataclass(frozen=True, slots=True)
class Flash:
    """The message about the last action.

    Attributes:
        words: Text for the author.
        is_error: Whether something failed.
        undo: Choices of the pings that Undo applies to.
        see: Path of the current list of the changed post; empty unless exactly one post changed.
    """

    words: str
    is_error: bool = False
    undo: tuple[str, ...] = ()
    see: str = ""

    def encode(self) -> str:
        """Return the message as a cookie's value, without `undo` or `see` where they do not fit."""
        parts = [("words", self.words[:500]), *(("error", "1") for _ in range(self.is_error))]
        undo = [("undo", ping) for ping in self.undo]
        see = [("see", self.see)] if self.see else []
        every = (urlencode([*parts, *more]) for more in ([*undo, *see], undo, see))
        return next((whole for whole in every if len(whole) <= _MAX), urlencode(parts))

    @classmethod
    def decode(cls, value: str) -> Self | None:
        """Return the message that `encode` wrote, or None if the value is invalid."""
        try:
            parts = parse_qs(value, max_num_fields=200)
        except ValueError:
            return None
        words, see = (parts.get(name, [""])[0] for name in ("words", "see"))
        see = see if see.startswith(LISTS) else ""
        return cls(words, "error" in parts, tuple(parts.get("undo", ())), see) if words else None
