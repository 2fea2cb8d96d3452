"""Evidence about a ping: what a judgement is based on."""

from dataclasses import dataclass, field

from trackback.model.verdict import LinkStatus
from trackback.receiving.spam.bayes import WordModel
from trackback.web.html.regions import Standing


@dataclass(frozen=True, slots=True)
class Evidence:
    """The evidence that policy uses; texts are clean, as stored.

    Attributes:
        url: The source, as sent.
        title: Never empty: defaults to the source's address.
        excerpt: May be empty.
        blog_name: Never empty: defaults to the source's host.
        has_markup: Whether a field came with links in HTML or BBCode (`marks_up_links` of the raw texts).
        link: None until the source has been fetched.
        landed: Final URL after the source's redirects, empty if unknown.
        rel: The link's `rel`, in lower case.
        standing: Where on its page the link stands.
        links: How many links the source has.
        reflection: Whether the source's URL contains the post's own, so that its link proves nothing.
        same_text: How many other posts got the same text within an hour.
        same_host: How many other posts were pinged from the same host within an hour.
        burst: How many other pings came from the same sender within ten minutes.
        akismet: Whether Akismet was asked and called the ping spam.
        words: The word model learned from the author's decisions.
    """

    url: str
    title: str
    excerpt: str
    blog_name: str
    has_markup: bool = False
    link: LinkStatus | None = None
    landed: str = ""
    rel: frozenset[str] = frozenset()
    standing: Standing = Standing.TEXT
    links: int = 0
    reflection: bool = False
    same_text: int = 0
    same_host: int = 0
    burst: int = 0
    akismet: bool = False
    words: WordModel = field(default_factory=WordModel.empty)


def judged_text(url: str, title: str, excerpt: str, blog_name: str) -> str:
    """Return the text that the word model learns from and judges: everything that the sender chose."""
    return "\n".join([title, blog_name, excerpt, url.partition("://")[2]])
