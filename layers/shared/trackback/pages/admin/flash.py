"""What a page says about what was just done: a cookie carries it over the redirect after a POST."""

from dataclasses import dataclass
from typing import Self
from urllib.parse import parse_qs, urlencode

COOKIE = "__Host-notice"
LASTS = 300
"""Seconds for which it waits to be read."""

_LISTS = "/pings/"
_MAX = 3_600  # browsers drop cookies over 4 KB


@dataclass(frozen=True, slots=True)
class Flash:
    """What a page says about what was just done.

    Attributes:
        words: Words for the author.
        amiss: Whether something went wrong.
        undo: The pings that Undo is offered for.
        see: Path of the list that has changed, as it is now; empty if there is none or more than one.
    """

    words: str
    amiss: bool = False
    undo: tuple[str, ...] = ()
    see: str = ""

    def encode(self) -> str:
        """Return the notice as a cookie's value."""
        parts = [("words", self.words[:500]), *(("amiss", "1") for _ in range(self.amiss))]
        undo = [("undo", ping) for ping in self.undo]
        see = [("see", self.see)] if self.see else []
        every = (urlencode([*parts, *more]) for more in ([*undo, *see], undo, see))
        return next((whole for whole in every if len(whole) <= _MAX), urlencode(parts))

    @classmethod
    def decode(cls, value: str) -> Self | None:
        """Return what `encode` wrote, None if it is nothing of the kind."""
        try:
            parts = parse_qs(value, max_num_fields=200)
        except ValueError:
            return None
        words, see = (parts.get(name, [""])[0] for name in ("words", "see"))
        see = see if see.startswith(_LISTS) else ""
        return cls(words, "amiss" in parts, tuple(parts.get("undo", ())), see) if words else None
