"""Describes a waiting ping for a mail, in the order in which an author asks.

A stranger's text is kept apart from ours: escaped in HTML, and in plain text on lines that begin with "> ".
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
"""Line width of plain text, in columns."""

_MAX_IN_SUBJECT = 60
_MARKS = {Seen.FOUND: "✓", Seen.MISSING: "✗", Seen.UNREACHABLE: "?"}
_SAID_OF_LINK = (  # in the reasons of every verdict (`receiving.spam`); `Announcement.link` covers them
    "The source links to the post.",
    "The source does not link to the post.",
    "The source could not be fetched.",
)


class Words(NamedTuple):
    """The sender's texts about its page."""

    title: str
    excerpt: str
    blog_name: str


class Sentence(NamedTuple):
    """A sentence of the source, and the link text in it."""

    before: str
    link: str
    after: str

    def __str__(self) -> str:
        """Mark the link with asterisks, for plain text."""
        return f"{self.before}*{self.link}*{self.after}" if self.link else self.before


@dataclass(frozen=True, slots=True)
class Announcement:
    """One ping as a mail shows it.

    Attributes:
        words: The sender's latest texts.
        earlier: The sender's first texts, if it has changed them since.
        earlier_is: Label of the first texts: "Readers see" or "First sent".
        url: The source.
        href: The source's URL if it is http or https, otherwise empty.
        host: The source's host.
        leads_to: The host to which the source redirects, if it differs.
        own_title: The title of the source's page, if it differs.
        post_title: The post's title, or its address.
        post_url: The post.
        seen: Whether the source links to the post.
        link: The same as a sentence.
        sentence: The sentence around the link, if there is one.
        reasons: Other reasons for or against the ping.
        approve: Signed link; `reject` and `spam` are signed too.
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
        """A sign for whether the source links to the post; it accompanies the text and never replaces it."""
        return _MARKS[self.seen]

    @property
    def sender(self) -> str:
        """The blog's name and its host; only the host if the blog has no name."""
        return self.host if self.words.blog_name == self.host else f"{self.words.blog_name} ({self.host})"

    @property
    def subject(self) -> str:
        """The subject of a mail about this ping alone."""
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
    """Return the description of a ping; `url` builds the URL of a signed link."""
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
    """Return the subject of a mail about `total` pings, or about `failed` sent pings if it shows none."""
    if not announcements:
        return (
            "A ping of yours did not arrive" if failed == 1 else f"{failed:,} pings of yours did not arrive"
        )
    return announcements[0].subject if total == 1 else f"{total:,} TrackBacks wait for you"


def quoted(text: str) -> str:
    """Return a stranger's text with every line quoted in plain text; long words are not broken."""
    return _wrapped(text, "> ", "> ")


def listed(text: str) -> str:
    """Return a sentence as one list item in plain text."""
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
