"""The author's own rules: block or allow a host, a part of a site, or a text.

Hosts are compared label by label and paths segment by segment, both parsed, never as substrings
(CVE-2010-5293). Of several rules that match, the most specific decides: a path before a host before a text,
a longer one before a shorter, block before allow. So a friend on a blocked platform can be allowed.
"""

from dataclasses import dataclass
from enum import StrEnum

from trackback.errors import TrackbackError


class BadRule(TrackbackError):
    """What should become a rule cannot; the message tells the author what to write."""


class Effect(StrEnum):
    """What a rule does: send to spam, or approve what links here."""

    BLOCK = "block"
    ALLOW = "allow"


class Matches(StrEnum):
    """What a rule looks at."""

    HOST = "host"
    PATH = "path"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule as `read_rule` makes it; `value` is normalised."""

    effect: Effect
    matches: Matches
    value: str

    @property
    def id(self) -> str:
        """What the rule is about, once in the table: the opposite rule takes its place."""
        return f"{self.matches}:{self.value}"

    def __str__(self) -> str:
        """Return the rule as the author writes it."""
        return f"{self.effect} {self.matches} {self.value}"
