"""What a rule has approved in the last day: it has a ceiling, and a lower one for the pings of one post."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

MOST_A_DAY = 20
"""Pings that one rule approves in 24 hours."""
MOST_FOR_POST = 3
"""Of those, pings for one post."""
DAY = timedelta(days=1)


class Approval(NamedTuple):
    """An approval: when, in Unix seconds, and short hashes of the ping and its post."""

    at: int
    ping: str
    post: str


def within_day(approvals: Sequence[Approval], now: datetime) -> list[Approval]:
    """Return the approvals of the last 24 hours."""
    start = int((now - DAY).timestamp())
    return [one for one in approvals if one.at > start]


def why_not(approvals: Sequence[Approval], new: Approval) -> str:
    """Return which ceiling the approvals of a day have reached, as a text; empty if one more may follow."""
    if any(one.ping == new.ping for one in approvals):
        return ""
    if len(approvals) >= MOST_A_DAY:
        return f"It has approved {MOST_A_DAY} pings in 24 hours, its limit."
    if sum(one.post == new.post for one in approvals) >= MOST_FOR_POST:
        return f"It has approved {MOST_FOR_POST} pings for this post in 24 hours, its limit."
    return ""
