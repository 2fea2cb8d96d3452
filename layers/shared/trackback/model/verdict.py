"""What looking at a source has shown, and when to look again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from trackback.model.ping import Status
from trackback.timestamps import stamp


class Seen(StrEnum):
    """Whether the source links to the post. What could not be looked at is neither found nor missing."""

    FOUND = "found"
    MISSING = "missing"
    UNREACHABLE = "unreachable"


AGAIN_UNREACHABLE = (timedelta(hours=1), timedelta(days=1), timedelta(days=7), timedelta(days=30))
AGAIN_FOUND = (timedelta(days=1), timedelta(days=7), timedelta(days=30))
AGAIN_GONE = (timedelta(days=1), timedelta(days=3), timedelta(days=4), timedelta(days=30))
"""How long until the next look, after the first, second, … look with the same result."""

GONE_TIMES = 3
GONE_FOR = timedelta(days=7)
"""An approved ping has disappeared when that many looks over that long have not found its link."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is known of a ping's source.

    Attributes:
        link: Whether it links to the post.
        checked_at: UTC, ISO 8601.
        url: Where redirects led in the end; empty if they led nowhere else.
        http_status: What its server answered; None when it did not.
        why: Why it could not be looked at, in words for the author.
        text: The words of the link itself.
        sentence: The sentence around the link.
        rel: The link's `rel` tokens.
        title: The source's own title, if the ping has another.
        language: The source's language tag, maybe empty.
        links: How many links it has.
        score: What the reasons come to; more is worse.
        reasons: Why the service thinks what it thinks, in words for the author.
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
        """Return what is worth storing: what is empty is left out, for it costs write units."""
        every = {name: getattr(self, name) for name in self.__dataclass_fields__}
        lists = {name: list(every[name]) for name in ("rel", "reasons")}
        kept = {name: value for name, value in {**every, **lists}.items() if value or name == "reasons"}
        return kept | {"link": str(self.link)}


@dataclass(frozen=True, slots=True)
class Gone:
    """How often and since when an approved ping's link has not been found."""

    since: str
    times: int

    def is_final(self, now: datetime) -> bool:
        """Tell whether the ping counts as disappeared."""
        return self.times >= GONE_TIMES and datetime.fromisoformat(self.since) + GONE_FOR <= now


@dataclass(frozen=True, slots=True)
class Outcome:
    """What follows from a look at a source.

    Attributes:
        status: Where the ping stands now.
        by: Who changed that, if it changed: a "rule" of the author or the "check" itself.
        looks: How often in a row looking has had this result.
        gone: Since when and how often an approved ping's link has not been found.
        check_at: When to look again, None for never.
        texts: What to show in place of what the sender says, where that is not to be shown.
    """

    status: Status
    by: str = "check"
    looks: int = 1
    gone: Gone | None = None
    check_at: str | None = None
    texts: Mapping[str, str] = field(default_factory=dict)


def after_look(before: Mapping[str, Any] | None, link: Seen, now: datetime) -> Gone | None:
    """Return what one more look at an approved ping makes of it; an unreachable source changes nothing."""
    known = Gone(str(before["since"]), int(before["times"])) if before else None
    if link is Seen.UNREACHABLE:
        return known
    if link is Seen.FOUND:
        return None
    return Gone(known.since, known.times + 1) if known else Gone(stamp(now), 1)


def next_look(link: Seen, *, approved: bool, looks: int, gone: Gone | None, now: datetime) -> str | None:
    """Return when to look again, None for never. `looks` counts those with this result, this one included."""
    waits: Sequence[timedelta] = AGAIN_FOUND
    if link is Seen.UNREACHABLE and (approved or looks <= len(AGAIN_UNREACHABLE)):
        waits = AGAIN_UNREACHABLE
    elif not approved:
        return None
    elif gone:
        waits, looks = AGAIN_GONE, gone.times
    return stamp(now + waits[min(looks, len(waits)) - 1])
