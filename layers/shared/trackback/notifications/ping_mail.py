"""What a mail says of a ping that waits for the author, in the order in which an author asks.

A stranger's words stay apart from ours: escaped in HTML, and in plain text on lines that begin with "> ".
"""

import textwrap
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from trackback.model.ping import Ping, Status
from trackback.model.verdict import Seen
from trackback.notifications.mail import one_line
from trackback.signing import Action, Link

WIDTH = 72
"""Columns of plain text."""

_MAX_IN_SUBJECT = 60
_MARKS = {Seen.FOUND: "✓", Seen.MISSING: "✗", Seen.UNREACHABLE: "?"}
_SAID_OF_LINK = (  # reasons of every verdict (`tells.link`), which `link` says in full
    "The source links to the post.",
    "The source does not link to the post.",
    "The source could not be fetched.",
)


class Words(NamedTuple):
    """What a sender says of a page."""

    title: str
    excerpt: str
    blog_name: str


class Sentence(NamedTuple):
    """A sentence of the source's, and the words in it that are the link."""

    before: str
    link: str
    after: str

    def __str__(self) -> str:
        """Mark the link as plain text can."""
        return f"{self.before}*{self.link}*{self.after}" if self.link else self.before


@dataclass(frozen=True, slots=True)
class Announcement:
    """One ping as a mail shows it.

    Attributes:
        words: What its sender says, last of all.
        earlier: What the sender said first, if that was something else.
        earlier_is: What has become of those words: "Readers see" or "First sent".
        url: The source.
        href: The same, if it is fit to be followed.
        host: The source's host.
        leads_to: The host that the source's address leads to, if it is another.
        own_title: The source's own title, if it is another.
        post_title: The post's title, or its address.
        post_url: The post.
        seen: Whether the source links to the post.
        link: The same in a sentence.
        sentence: The sentence around the link, if there is one.
        reasons: What else speaks for or against the ping.
        approve: Signed link; so are `reject` and `spam`.
    """

    words: Words
    earlier: Words | None
    earlier_is: str
    url: str
    href: str
    host: str
    leads_to: str
    own_title: str
    post_title: str
    post_url: str
    seen: Seen
    link: str
    sentence: Sentence | None
    reasons: Sequence[str]
    approve: str
    reject: str
    spam: str

    @property
    def mark(self) -> str:
        """A sign for whether the source links to the post, beside its words and never instead."""
        return _MARKS[self.seen]

    @property
    def sender(self) -> str:
        """Who pings: the blog and its host, which is also what stands in for a blog without a name."""
        return self.host if self.words.blog_name == self.host else f"{self.words.blog_name} ({self.host})"

    @property
    def subject(self) -> str:
        """What the mail is about, if it is about this ping alone."""
        title = one_line(self.words.title, _MAX_IN_SUBJECT)
        post = one_line(self.post_title, _MAX_IN_SUBJECT)
        if self.earlier:
            return f"“{title}” on “{post}” was sent again with other words"
        return (
            f"“{title}” links to “{post}”"
            if self.seen is Seen.FOUND
            else f"A TrackBack for “{post}”: “{title}”"
        )


def announce(ping: Ping, post_title: str, url: Callable[[Link], str]) -> Announcement:
    """Return what there is to say of a ping; `url` writes the address of a link."""
    verdict: Mapping[str, Any] = ping.verdict or {}
    seen = Seen(verdict.get("link", Seen.UNREACHABLE))
    words = _words(ping.revision or ping.texts)
    landed = verdict.get("url", "")
    return Announcement(
        words=words,
        earlier=_words(ping.texts) if ping.revision else None,
        earlier_is="Readers see" if ping.status is Status.APPROVED else "First sent",
        url=ping.url,
        href=ping.url if urlsplit(ping.url).scheme in {"http", "https"} else "",
        host=_host(ping.url),
        leads_to=_host(landed) if landed and _host(landed) != _host(ping.url) else "",
        own_title=title if (title := one_line(verdict.get("title", ""))) != words.title else "",
        post_title=one_line(post_title) or ping.post.partition("://")[2],
        post_url=ping.post,
        seen=seen,
        link=_link(seen, one_line(verdict.get("why", ""))),
        sentence=_sentence(one_line(verdict.get("sentence", "")), one_line(verdict.get("text", ""))),
        reasons=[one_line(one) for one in verdict.get("reasons", ()) if one not in _SAID_OF_LINK],
        approve=url(Link(Action.APPROVE, ping.id, ping.latest_id)),
        reject=url(Link(Action.REJECT, ping.id, ping.latest_id)),
        spam=url(Link(Action.SPAM, ping.id, ping.latest_id)),
    )


def _words(texts: Mapping[str, str]) -> Words:
    return Words(**{name: one_line(texts[name]) for name in Words._fields})


def _host(url: str) -> str:
    return urlsplit(url).netloc


def _link(seen: Seen, why: str) -> str:
    said = {
        Seen.FOUND: "The page links to your post",
        Seen.MISSING: "The page does not link to your post",
        Seen.UNREACHABLE: "The page could not be looked at",
    }[seen]
    return f"{said}: {why.rstrip('.')}." if why else f"{said}."


def _sentence(sentence: str, link: str) -> Sentence | None:
    if not sentence:
        return None
    before, found, after = sentence.partition(link) if link else (sentence, "", "")
    return Sentence(before, found, after)


def mail_subject(announcements: Sequence[Announcement], total: int, failed: int = 0) -> str:
    """Return the subject of a mail about `total` pings, some of which it shows, or if none about failures."""
    if not announcements:
        return (
            "A ping of yours did not arrive" if failed == 1 else f"{failed:,} pings of yours did not arrive"
        )
    return announcements[0].subject if total == 1 else f"{total:,} TrackBacks wait for you"


def quoted(text: str) -> str:
    """Return a stranger's text as plain text quotes it, every line marked; a long word stays whole."""
    return _wrapped(text, "> ", "> ")


def listed(text: str) -> str:
    """Return a sentence as one item of a list in plain text."""
    return _wrapped(text, "- ", "  ")


def _wrapped(text: str, first: str, rest: str) -> str:
    return textwrap.fill(
        one_line(text),
        WIDTH,
        initial_indent=first,
        subsequent_indent=rest,
        break_long_words=False,
        break_on_hyphens=False,
    )
