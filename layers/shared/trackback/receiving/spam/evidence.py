"""Evidence about a ping: what a judgement is based on."""

from dataclasses import dataclass, field
from typing import NamedTuple

from trackback.model.verdict import LinkStatus
from trackback.receiving.spam.bayes import WordModel
from trackback.receiving.spam.shape import form_tokens
from trackback.web.html.regions import Standing


class AboutPost(NamedTuple):
    """What a post's own page says of it; empty if unknown."""

    title: str = ""
    language: str = ""


UNKNOWN_POST = AboutPost()


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
        same_text: How many other posts got the same text from other pages within a day.
        same_host: How many other posts were pinged from the same site within an hour.
        text_sites: How many other sites sent the same text to this post within a day.
        burst: How many other pings came from the same sender within ten minutes.
        akismet: Whether Akismet was asked and called the ping spam.
        words: The word model learned from the author's decisions.
        post: URL of the post, empty if unknown.
        about: What the post's own page says of it.
        page_text: The source's title and the sentence around its link, empty if unknown.
        language: The source's language tag, empty if unknown.
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
    text_sites: int = 0
    akismet: bool = False
    words: WordModel = field(default_factory=WordModel.empty)
    post: str = ""
    about: AboutPost = UNKNOWN_POST
    page_text: str = ""
    language: str = ""


def judged_text(url: str, title: str, excerpt: str, blog_name: str) -> str:
    """Return the text that the word model learns from and judges: all that the sender chose, and its form."""
    forms = form_tokens(url, title, excerpt, blog_name)
    return "\n".join([forms, title, blog_name, excerpt, url.partition("://")[2]])
