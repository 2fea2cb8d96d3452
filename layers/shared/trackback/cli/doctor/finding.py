"""Findings: the result of a check, with advice."""

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """Severity of a finding; the values are printed. At ERROR, pings do not arrive or are not shown."""

    OK = "right"
    WARNING = "note"
    ERROR = "wrong"


@dataclass(frozen=True, slots=True)
class Finding:
    """The result of one check. `advice` is empty if there is nothing to do."""

    check: str
    severity: Severity
    words: str
    advice: str = ""


def right(check: str, words: str) -> Finding:
    return Finding(check, Severity.OK, words)


def note(check: str, words: str, advice: str = "") -> Finding:
    """Return a finding that is worth knowing, although nothing is broken."""
    return Finding(check, Severity.WARNING, words, advice)


def wrong(check: str, words: str, advice: str) -> Finding:
    return Finding(check, Severity.ERROR, words, advice)
