"""What is known about a ping when it is judged, and what a judgement is made of."""

from dataclasses import dataclass, field
from typing import Literal

from trackback.receiving.spam.bayes import WordModel

LinkState = Literal["found", "missing", "unreachable"]
"""What looking at the source has shown."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything that policy may look at; texts are clean, as they are kept.

    Attributes:
        url: The source, as sent.
        title: Never empty: the source's address stands in.
        excerpt: Maybe empty.
        blog_name: Never empty: the source's host stands in.
        marked_up: Whether a field came with links in HTML or BBCode (`marks_up_links` of the raw texts).
        link: None until the source has been fetched.
        landed: Where the source's redirects ended, empty if unknown.
        rel: The link's `rel`, in lower case.
        links: How many links the source has.
        reflection: Whether the source's URL contains the post's own, so that its link proves nothing.
        same_text: How many other posts got the same text within an hour.
        same_host: How many other posts were pinged from the same host within an hour.
        burst: How many other pings came from the same sender within ten minutes.
        akismet: Whether Akismet, if it was asked, takes the ping for spam.
        words: What the author's decisions have taught.
    """

    url: str
    title: str
    excerpt: str
    blog_name: str
    marked_up: bool = False
    link: LinkState | None = None
    landed: str = ""
    rel: frozenset[str] = frozenset()
    links: int = 0
    reflection: bool = False
    same_text: int = 0
    same_host: int = 0
    burst: int = 0
    akismet: bool = False
    words: WordModel = field(default_factory=WordModel.empty)


@dataclass(frozen=True, slots=True)
class Reason:
    """A plain sentence for the author, and its weight: above 0 against the ping, below 0 for it."""

    words: str
    weight: int


def judged_text(url: str, title: str, excerpt: str, blog_name: str) -> str:
    """Return what the word model learns from and judges by: all that the sender chose."""
    return "\n".join([title, blog_name, excerpt, url.partition("://")[2]])
