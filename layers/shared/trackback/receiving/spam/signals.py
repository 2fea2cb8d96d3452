"""Signals for or against a ping: small pure functions, each returning one reason or None.

Signals that need only the ping come first and run before any fetch. Every pattern is bounded and every text
was cut when the ping was received, so each signal runs in linear time.
"""

import re
from collections.abc import Callable
from typing import NamedTuple
from urllib.parse import urlsplit

from trackback.model.verdict import LinkStatus, Reason, ReasonCode
from trackback.receiving.spam.evidence import Evidence, judged_text
from trackback.web.html.regions import Standing
from trackback.web.text.plain_text import fold

Signal = Callable[[Evidence], Reason | None]


class _Template(NamedTuple):
    name: str
    pattern: re.Pattern[str]


_FRAME = r"\[\.{2,3}\]"  # “[…]” after folding
_ADDRESS = r"(?:https?://)?[\w-]{1,63}\.\S{2,400}"
_TEMPLATES = (
    _Template(  # antispam-bee#354 and #489, 2020 to 2023
        "you will find (a number) more infos",
        re.compile(r"\b(?:there|here) you (?:will |can )?find \d{1,7} (?:more|additional) info"),
    ),
    _Template(  # antispam-bee#489: only this between the brackets, where a blog has a sentence
        "[…] Read more: (the post's address) […]",
        re.compile(
            rf"^{_FRAME} (?:read|find) (?:[a-z]{{1,12}} ){{0,3}}[a-z]{{1,12}}: ?{_ADDRESS} {_FRAME}$",
            re.MULTILINE,
        ),
    ),
    _Template(  # antispam-bee#354 and its variants
        "[…] infos on that topic",
        re.compile(rf"{_FRAME}(?: [a-z0-9]{{1,12}}){{0,6}} (?:on|to|about)(?: to)? that topic:"),
    ),
    _Template(  # archshrk.com, 13 October 2007
        "(somebody) wrote an interesting post … here's a quick excerpt",
        re.compile(r"\bwrote an interesting post\b.{0,120}here.{0,2}s a quick excerpt", re.DOTALL),
    ),
)
_TRACKBACK_TITLE = re.compile(r"^(?:\[?\.{2,3}\]? ?)?\[trackback\]$")
_URL = re.compile(r"https?://|\bwww\.")
_MANY_URLS = 3

_FLOODS = (  # attribute, count that is suspicious, count that is a flood, message
    ("same_text", 5, 20, "{} other posts got the same text within an hour."),
    ("same_host", 10, 30, "{} other posts were pinged from the same host within an hour."),
    ("burst", 20, 60, "{} other pings came from the same sender within ten minutes."),
)
_LINKS = ((2_000, 4), (500, 2))
_UNWANTED = ((0.99, 4), (0.9, 2))  # tests/benchmarks/words.py counts their errors
_WANTED = 0.05


def template(evidence: Evidence) -> Reason | None:
    """Known templates of TrackBack spam; the only signal that one other signal can make certain."""
    text = fold(f"{evidence.title}\n{evidence.excerpt}")
    found = next((known.name for known in _TEMPLATES if known.pattern.search(text)), None)
    return (
        Reason(ReasonCode.TEMPLATE, f"The text follows a known template of spam: “{found}”.", 8)
        if found
        else None
    )


def trackback_title(evidence: Evidence) -> Reason | None:
    """The title of the same templates, which names no page."""
    if _TRACKBACK_TITLE.search(fold(evidence.title)):
        return Reason(ReasonCode.TEMPLATE_TITLE, "The title is just “[Trackback]”.", 3)
    return None


def reflection(evidence: Evidence) -> Reason | None:
    """Pages that print the content of their own address (protocol: 2005)."""
    if evidence.reflection:
        return Reason(
            ReasonCode.REFLECTION,
            "The source's address contains the post's own, so a link there proves nothing.",
            5,
        )
    return None


def has_markup(evidence: Evidence) -> Reason | None:
    """Links in plain-text fields; some old blogs send them, most spam scripts do."""
    if evidence.has_markup:
        return Reason(ReasonCode.MARKUP, "The fields came with links in HTML or BBCode.", 4)
    return None


def title_is_blog_name(evidence: Evidence) -> Reason | None:
    """Antispam-bee#219. If both are missing, both default to the host, which says nothing."""
    title, blog_name = fold(evidence.title), fold(evidence.blog_name)
    if title == blog_name and title != fold(urlsplit(evidence.url).netloc):
        return Reason(ReasonCode.SAME_NAMES, "The title and the blog's name are the same.", 3)
    return None


def many_addresses(evidence: Evidence) -> Reason | None:
    """Text that consists mostly of addresses."""
    count = sum(
        len(_URL.findall(fold(text))) for text in (evidence.title, evidence.excerpt, evidence.blog_name)
    )
    return (
        Reason(ReasonCode.ADDRESSES, f"The text holds {count} web addresses.", 3)
        if count >= _MANY_URLS
        else None
    )


def flood(evidence: Evidence) -> Reason | None:
    """Many pings at once; text, host and sender correlate, so only the strongest counts.

    Who sends much, for pages that link, may be a host of many blogs; such a ping does not wait behind others.
    """
    is_linked = evidence.link is LinkStatus.FOUND and not evidence.reflection
    counts = {"same_text": evidence.same_text, "same_host": evidence.same_host}
    counts |= {} if is_linked else {"burst": evidence.burst}
    counted = [(counts.get(name, 0), few, many, words) for name, few, many, words in _FLOODS]
    heard = [
        Reason(ReasonCode.FLOOD, words.format(count), 4 if count >= many else 2)
        for count, few, many, words in counted
        if count >= few
    ]
    return max(heard, key=lambda reason: reason.weight, default=None)


def words(evidence: Evidence) -> Reason | None:
    """The author's earlier decisions about pings with similar words."""
    text = judged_text(evidence.url, evidence.title, evidence.excerpt, evidence.blog_name)
    verdict = evidence.words.judge(text)
    quoted = ", ".join(verdict.words)
    for probability, weight in _UNWANTED:
        if verdict.probability >= probability:
            return Reason(
                ReasonCode.WORDS, f"You mostly turned down pings with such words: {quoted}.", weight
            )
    if verdict.probability <= _WANTED:
        return Reason(ReasonCode.WORDS, f"You mostly approved pings with such words: {quoted}.", -2)
    return None


def link(evidence: Evidence) -> Reason | None:
    """A link to the post. TrackBack never required one, so its absence weighs little."""
    if evidence.reflection or evidence.standing is Standing.HIDDEN:
        return None
    if evidence.link is LinkStatus.FOUND:
        return Reason(ReasonCode.LINK, "The source links to the post.", -3)
    if evidence.link is LinkStatus.MISSING:
        return Reason(ReasonCode.LINK, "The source does not link to the post.", 2)
    return (
        Reason(ReasonCode.LINK, "The source could not be fetched.", 0)
        if evidence.link is LinkStatus.UNREACHABLE
        else None
    )


_PLACES = {
    Standing.ASIDE: ("The link stands beside the page's text: in a sidebar, a menu or a footer.", 1),
    Standing.COMMENT: ("The link stands in a comment.", 3),
    Standing.HIDDEN: ("The link is hidden from readers.", 3),
}


def place(evidence: Evidence) -> Reason | None:
    """Where the link stands: others than the page's author may have put it there, or nobody sees it."""
    if evidence.standing not in _PLACES or evidence.reflection:
        return None
    return Reason(ReasonCode.PLACE, *_PLACES[evidence.standing])


def rel(evidence: Evidence) -> Reason | None:
    """The source's own marking of its link."""
    if evidence.link is not LinkStatus.FOUND:
        return None
    if "sponsored" in evidence.rel:
        return Reason(ReasonCode.REL, "The link is marked as paid for.", 2)
    if evidence.rel & {"nofollow", "ugc"}:
        return Reason(ReasonCode.REL, "The link tells search engines not to count it.", 1)
    return None


def many_links(evidence: Evidence) -> Reason | None:
    """Link farms; but a link blog has many links, too."""
    for links, weight in _LINKS:
        if evidence.links > links:
            return Reason(ReasonCode.MANY_LINKS, f"The source has {evidence.links} links.", weight)
    return None


def akismet(evidence: Evidence) -> Reason | None:
    """Akismet's answer, if the author has a key."""
    return Reason(ReasonCode.AKISMET, "Akismet takes it for spam.", 4) if evidence.akismet else None


FROM_PING: tuple[Signal, ...] = (
    has_markup,
    title_is_blog_name,
    trackback_title,
    template,
    many_addresses,
    reflection,
    flood,
    words,
)
FROM_PAGE: tuple[Signal, ...] = (link, place, rel, many_links, akismet)
