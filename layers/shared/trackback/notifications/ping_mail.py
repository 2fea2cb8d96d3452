"""Describes a waiting ping for a mail, in the order in which an author asks.

A stranger's text is kept apart from ours: escaped in HTML, and in plain text on lines that begin with "> ".
"""

import textwrap
from collections.abc import Callable, Sequence
from dataclasses import astuple, dataclass
from urllib.parse import urlsplit

from trackback.model.ping import Ping, Status
from trackback.model.sent_ping import SentPing
from trackback.model.texts import Texts
from trackback.model.verdict import LinkStatus, Sentence, Verdict, split_sentence
from trackback.notifications.mail import one_line
from trackback.signing import Action, MailLink
from trackback.urls import host_of

WIDTH = 72
"""Line width of plain text, in columns."""

FEED_TROUBLE = "Your blog's feed cannot be read"
_MAX_IN_SUBJECT = 60
_MARKS = {LinkStatus.FOUND: "✓", LinkStatus.MISSING: "✗", LinkStatus.UNREACHABLE: "?"}
_NOT_CHECKED = Verdict(LinkStatus.UNREACHABLE, "")


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
        looks: What the judge makes of it, in words; empty if it has not been judged.
        reasons: Other reasons for or against the ping.
        same_as: Id of an earlier ping of the same page, may be empty.
        approve: Signed link; `reject` and `spam` are signed too.
    """

    words: Texts
    earlier: Texts | None
    earlier_is: str
    url: str
    href: str
    host: str
    leads_to: str
    own_title: str
    post_title: str
    post_url: str
    seen: LinkStatus
    link: str
    sentence: Sentence | None
    looks: str
    reasons: Sequence[str]
    same_as: str
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
            if self.seen is LinkStatus.FOUND
            else f"A TrackBack for “{post}”: “{title}”"
        )


def announce(ping: Ping, post_title: str, url: Callable[[MailLink], str]) -> Announcement:
    """Return the description of a ping; `url` builds the URL of a signed link."""
    verdict = ping.verdict or _NOT_CHECKED
    words, texts_hash = _one_line_each(ping.latest_texts), ping.latest_texts.hash
    landed = verdict.url
    return Announcement(
        words=words,
        earlier=_one_line_each(ping.texts) if ping.revision else None,
        earlier_is="Readers see" if ping.status is Status.APPROVED else "First sent",
        url=ping.url,
        href=ping.url if urlsplit(ping.url).scheme in {"http", "https"} else "",
        host=_host(ping.url),
        leads_to=_host(landed) if landed and _host(landed) != _host(ping.url) else "",
        own_title=title if (title := one_line(verdict.title)) != words.title else "",
        post_title=one_line(post_title) or ping.post.partition("://")[2],
        post_url=ping.post,
        seen=verdict.link,
        link=_link(verdict.link, one_line(verdict.why)),
        sentence=_sentence(verdict),
        looks=verdict.looks if ping.verdict else "",
        reasons=list(map(one_line, verdict.reasons_besides_link)),
        same_as=verdict.same_as,
        approve=url(MailLink(Action.APPROVE, ping.id, texts_hash)),
        reject=url(MailLink(Action.REJECT, ping.id, texts_hash)),
        spam=url(MailLink(Action.SPAM, ping.id, texts_hash)),
    )


def _one_line_each(texts: Texts) -> Texts:
    return Texts(*map(one_line, astuple(texts)))


def _host(url: str) -> str:
    return urlsplit(url).netloc


def _link(seen: LinkStatus, why: str) -> str:
    said = {
        LinkStatus.FOUND: "The page links to your post",
        LinkStatus.MISSING: "The page does not link to your post",
        LinkStatus.UNREACHABLE: "The page could not be looked at",
    }[seen]
    return f"{said}: {why.rstrip('.')}." if why else f"{said}."


def _sentence(verdict: Verdict) -> Sentence | None:
    return split_sentence(one_line(verdict.sentence), one_line(verdict.text)) if verdict.sentence else None


def marked(sentence: Sentence) -> str:
    """Return a sentence with asterisks around the link's text, for plain text."""
    before, link, after = sentence
    return f"{before}*{link}*{after}" if link else before


def rest_sentence(hidden: Sequence[Ping], more: int) -> str:
    """Return one sentence about the pings that a mail does not show; empty if there are none.

    `hidden` are known; of `more` further ones only the number is.
    """
    total = len(hidden) + more
    if not total:
        return ""
    number = f"{total:,} more TrackBack{'s' * (total != 1)}"
    if not hidden:
        return f"{number}."
    known = f"{_places(hidden)}: {_links(hidden)}."
    return f"{number}. A sample of {len(hidden):,} is {known}" if more else f"{number} {known}"


def _places(pings: Sequence[Ping]) -> str:
    sites = len({host_of(ping.url) for ping in pings})
    return f"from {sites:,} site{'s' * (sites != 1)}"


def _links(pings: Sequence[Ping]) -> str:
    linked = sum(ping.verified for ping in pings)
    return f"{linked:,} link{'s' * (linked == 1)} to you" if linked else "none links to you"


def mail_subject(announcements: Sequence[Announcement], total: int, failed: int = 0) -> str:
    """Return the subject of a mail about `total` pings, or about `failed` sent pings if it shows none."""
    if not announcements:
        return (
            "A ping of yours did not arrive" if failed == 1 else f"{failed:,} pings of yours did not arrive"
        )
    return announcements[0].subject if total == 1 else f"{total:,} TrackBacks wait for you"


def not_sent(failed: Sequence[SentPing]) -> str:
    """Return the heading of what could not be sent."""
    if all(each.is_feed for each in failed):
        return FEED_TROUBLE
    many = "Pings of your posts that did not arrive"
    return many if len(failed) > 1 else "A ping of your post that did not arrive"


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
