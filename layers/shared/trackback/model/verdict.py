"""The result of a source check: facts about the source, and reasons for and against the ping.

Small types here and in `ping` are named tuples: `receive` loads them, and a dataclass loads more slowly.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

GONE_TIMES = 3
GONE_FOR = timedelta(days=7)
"""A link is gone for good after so many checks, over so long a time, that did not find it."""


LOOKS_LIKE_SPAM = 4
"""From this score on, a ping looks like spam; below 0, it looks genuine."""


class LinkStatus(StrEnum):
    """Whether the source links to the post. An unreachable source's link is neither found nor missing."""

    FOUND = "found"
    MISSING = "missing"
    UNREACHABLE = "unreachable"


class ReasonCode(StrEnum):
    """What a reason is about. Codes are stored: a new text for the same code changes nothing else."""

    LINK = "link"
    PLACE = "place"
    REL = "rel"
    MANY_LINKS = "links"
    AKISMET = "akismet"
    MARKUP = "markup"
    SAME_NAMES = "names"
    TEMPLATE = "template"
    TEMPLATE_TITLE = "title"
    ADDRESSES = "addresses"
    REFLECTION = "reflection"
    KIND = "kind"
    KEYWORDS = "keywords"
    STOCK = "stock"
    GOODS = "goods"
    ECHO = "echo"
    DISGUISE = "disguise"
    TOPIC = "topic"
    FLOOD = "flood"
    WORDS = "words"
    RULE = "rule"
    CEILING = "ceiling"
    SAME_PAGE = "page"
    SAME_PENDING = "page-pending"
    FAULT = "fault"
    RETURNED = "returned"
    UNKNOWN = ""


class Reason(NamedTuple):
    """A reason for or against a ping.

    Attributes:
        code: What it is about; unknown in verdicts stored before there were codes.
        text: A plain sentence for the author.
        weight: Above 0 against the ping, below 0 for it. A stored verdict keeps only the sum, its score.
    """

    code: ReasonCode
    text: str
    weight: int = 0


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
        reasons: Reasons for the judgement.
        same_as: Id of an earlier ping that brought the same page under another address; may be empty.
    """

    link: LinkStatus
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
    reasons: Sequence[Reason] = ()
    same_as: str = ""

    @property
    def is_from_ping_alone(self) -> bool:
        """Whether the source was never fetched, because the ping sufficed; a failed fetch has a `why`."""
        return self.link is LinkStatus.UNREACHABLE and not self.why

    @property
    def looks(self) -> str:
        """What the score says, in words."""
        if self.score < 0:
            return "looks genuine"
        return "looks like spam" if self.score >= LOOKS_LIKE_SPAM else "unclear"

    @property
    def proves_link(self) -> bool:
        """Whether the link was found in the page's own text, and neither a flood nor a repeat brought it."""
        doubts = {ReasonCode.FLOOD, ReasonCode.PLACE, ReasonCode.SAME_PAGE}
        is_doubtful = any(reason.code in doubts for reason in self.reasons)
        return self.link is LinkStatus.FOUND and not is_doubtful

    @property
    def reason_texts(self) -> list[str]:
        """Texts of the reasons."""
        return [reason.text for reason in self.reasons]

    @property
    def reasons_besides_link(self) -> list[str]:
        """Texts of the reasons, without the one that `link` already says."""
        return [reason.text for reason in self.reasons if reason.code is not ReasonCode.LINK]

    def as_map(self) -> dict[str, Any]:
        """Return the fields as JSON values, without empty ones; reasons as their texts."""
        every = {name: getattr(self, name) for name in self.__dataclass_fields__}
        every |= {"link": str(self.link), "rel": list(self.rel), "reasons": self.reason_texts}
        return {name: value for name, value in every.items() if value or name == "reasons"}


class Gone(NamedTuple):
    """Since when, and in how many checks, an approved ping's link has been missing."""

    since: str
    times: int

    def is_final(self, now: datetime) -> bool:
        """Tell whether the link counts as gone for good."""
        return self.times >= GONE_TIMES and datetime.fromisoformat(self.since) + GONE_FOR <= now


class Sentence(NamedTuple):
    """The sentence around a link, split so that the link's text can be marked."""

    before: str
    link: str
    after: str


def split_sentence(sentence: str, link: str) -> Sentence:
    """Split a sentence at the link's text; without it, the whole sentence comes before."""
    return Sentence(*sentence.partition(link)) if link else Sentence(sentence, "", "")
