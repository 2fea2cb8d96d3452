"""What a check has found: whether it is right, in words, and what to do."""

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How it stands: right, worth knowing, or something that keeps pings from coming or from being seen."""

    RIGHT = "right"
    NOTE = "note"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Finding:
    """The outcome of one check; `advice` is empty where there is nothing to do."""

    check: str
    grade: Severity
    words: str
    advice: str = ""


def right(check: str, words: str) -> Finding:
    """Return that all is right."""
    return Finding(check, Severity.RIGHT, words)


def note(check: str, words: str, advice: str = "") -> Finding:
    """Return what is worth knowing, though nothing is broken."""
    return Finding(check, Severity.NOTE, words, advice)


def wrong(check: str, words: str, advice: str) -> Finding:
    """Return what is wrong."""
    return Finding(check, Severity.WRONG, words, advice)
