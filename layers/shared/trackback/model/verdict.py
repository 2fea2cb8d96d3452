"""The result of a source check, and when to check again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from trackback.model.ping import Status
from trackback.timestamps import stamp


class Seen(StrEnum):
    """Whether the source links to the post. An unreachable source's link is neither found nor missing."""

    FOUND = "found"
    MISSING = "missing"
    UNREACHABLE = "unreachable"


AGAIN_UNREACHABLE = (timedelta(hours=1), timedelta(days=1), timedelta(days=7), timedelta(days=30))
AGAIN_FOUND = (timedelta(days=1), timedelta(days=7), timedelta(days=30))
AGAIN_GONE = (timedelta(days=1), timedelta(days=3), timedelta(days=4), timedelta(days=30))
"""Time until the next check, after the first, second, … check with the same result."""

GONE_TIMES = 3
GONE_FOR = timedelta(days=7)
"""An approved ping has disappeared after so many checks, over so long a time, without finding its link."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Facts about a ping's source from a check, and their assessment.

    Attributes:
        link: Whether the source links to the post.
        checked_at: UTC, ISO 8601.
        url: Final URL after redirects; empty if it is the source's own.
        http_status: HTTP status of the answer; None without an answer.
        why: Why the source could not be checked, as a text for the author.
        text: The link's text.
        sentence: The sentence around the link.
        rel: The link's `rel` tokens.
        title: The source's own title, if it differs from the ping's.
        language: The source's language tag, may be empty.
        links: How many links the source has.
        score: Sum of the reasons' weights; higher is worse.
        reasons: Reasons for the judgement, as texts for the author.
    """

    link: Seen
    checked_at: str
    url: str = ""
    http_status: int | None = None
    why: str = ""
    text: str = ""
    sentence: str = ""
    rel: Sequence[str] = ()
    title: str = ""
    language: str = ""
    links: int = 0
    score: int = 0
    reasons: Sequence[str] = field(default_factory=tuple)

    def as_map(self) -> dict[str, Any]:
        """Return the fields to store; empty ones are left out, since they cost write units."""
        every = {name: getattr(self, name) for name in self.__dataclass_fields__}
        lists = {name: list(every[name]) for name in ("rel", "reasons")}
        kept = {name: value for name, value in {**every, **lists}.items() if value or name == "reasons"}
        return kept | {"link": str(self.link)}


@dataclass(frozen=True, slots=True)
class Gone:
    """Since when, and in how many checks, an approved ping's link has been missing."""

    since: str
    times: int

    def is_final(self, now: datetime) -> bool:
        """Tell whether the ping counts as disappeared."""
        return self.times >= GONE_TIMES and datetime.fromisoformat(self.since) + GONE_FOR <= now


@dataclass(frozen=True, slots=True)
class Outcome:
    """Consequences of a source check.

    Attributes:
        status: The ping's new status.
        by: Who changed the status, if it changed: a "rule" of the author or the "check" itself.
        looks: How many checks in a row had this result.
        gone: Since when, and in how many checks, an approved ping's link has been missing.
        check_at: When to check again, None for never.
        texts: Texts to show instead of the sender's; empty to show the sender's.
    """

    status: Status
    by: str = "check"
    looks: int = 1
    gone: Gone | None = None
    check_at: str | None = None
    texts: Mapping[str, str] = field(default_factory=dict)


def after_look(before: Mapping[str, Any] | None, link: Seen, now: datetime) -> Gone | None:
    """Return an approved ping's `Gone` after one more check; an unreachable source changes nothing."""
    known = Gone(str(before["since"]), int(before["times"])) if before else None
    if link is Seen.UNREACHABLE:
        return known
    if link is Seen.FOUND:
        return None
    return Gone(known.since, known.times + 1) if known else Gone(stamp(now), 1)


def next_look(link: Seen, *, approved: bool, looks: int, gone: Gone | None, now: datetime) -> str | None:
    """Return when to check again, None for never. `looks` counts the checks in a row with this result."""
    waits: Sequence[timedelta] = AGAIN_FOUND
    if link is Seen.UNREACHABLE and (approved or looks <= len(AGAIN_UNREACHABLE)):
        waits = AGAIN_UNREACHABLE
    elif not approved:
        return None
    elif gone:
        waits, looks = AGAIN_GONE, gone.times
    return stamp(now + waits[min(looks, len(waits)) - 1])
