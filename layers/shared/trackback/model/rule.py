"""The author's rules: block or allow a host, a part of a site, or a text.

Hosts are compared label by label and paths segment by segment, both parsed, never as substrings
(CVE-2010-5293). If several rules match, the most specific one decides: path before host before text, longer
before shorter, block before allow. The author can therefore allow one friend on a blocked platform.
"""

from dataclasses import dataclass
from enum import StrEnum

from trackback.errors import TrackbackError


class BadRule(TrackbackError):
    """The rule is invalid; the message tells the author what to write."""


class Effect(StrEnum):
    """Effect of a rule: mark a ping as spam, or approve a ping whose source links to the post."""

    BLOCK = "block"
    ALLOW = "allow"


class Matches(StrEnum):
    """The part of a ping that a rule matches."""

    HOST = "host"
    PATH = "path"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule from `read_rule`; `value` is normalised."""

    effect: Effect
    matches: Matches
    value: str

    @property
    def id(self) -> str:
        """The rule's subject, unique in the table: a rule with the opposite effect replaces it."""
        return f"{self.matches}:{self.value}"

    def __str__(self) -> str:
        """Return the rule as the author writes it."""
        return f"{self.effect} {self.matches} {self.value}"
