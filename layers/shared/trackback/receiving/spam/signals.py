"""Signals for or against a ping: small pure functions, each returning one reason or None.

Signals that need only the ping come first and run before any fetch. Every pattern is bounded and every text
was cut when the ping was received, so each signal runs in linear time.
"""

import re
from collections.abc import Callable
from typing import NamedTuple

from trackback.model.verdict import LinkStatus, Reason, ReasonCode
from trackback.receiving.spam.bayes import WordVerdict
from trackback.receiving.spam.evidence import Evidence, judged_text
from trackback.receiving.spam.form import (
    disguise,
    echo,
    goods,
    keywords,
    page_kind,
    stock,
    title_is_blog_name,
)
from trackback.receiving.spam.shape import has_stuck_brackets, is_quotation, post_words
from trackback.receiving.spam.topic import topic
from trackback.urls import host_of
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
_URL = re.compile(r"(?:https?://(?:www\.)?|\bwww\.)([^\s<>\"']{1,400})")
_MANY_URLS = 3

_FLOODS = (  # attribute, count that is suspicious, count that is a flood, message
    ("same_text", 5, 20, "{} other posts got the same text within a day."),
    ("text_sites", 8, 25, "{} other sites sent the same text for this post within a day."),
    ("same_host", 10, 30, "{} other posts were pinged from the same site within an hour."),
    ("burst", 20, 60, "{} other pings came from the same sender within ten minutes."),
)
_MANY_POSTS = 30  # that one site links; fewer may be a look back at a year
_LINKS = ((2_000, 4), (500, 2))
_UNWANTED = ((0.99, 4, 5), (0.9, 1, 4), (0.7, 0, 2))  # probability, weight alone, weight with an odd form
_ODD = 3
PRAISE = "You mostly approved pings with such words"
_WANTED = 0.01
_MANY_TELLING = 12


def template(evidence: Evidence) -> Reason | None:
    """Known templates of TrackBack spam; the only signal that one other signal can make certain."""
    text = fold(f"{evidence.title}\n{evidence.excerpt}")
    found = next((known.name for known in _TEMPLATES if known.pattern.search(text)), None)
    if found is None and has_stuck_brackets(evidence.excerpt):
        found = "[…] without blanks around the text"
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
    """Links in plain-text fields: spam scripts send their own, old blogs what they quote of a page."""
    if not evidence.has_markup:
        return None
    own = host_of(evidence.post)
    found = _addresses(evidence)
    is_own = bool(found) and (all(_is_on(own, each) for each in found) if own else len(found) == 1)
    is_mild = is_own or is_quotation(evidence.excerpt)
    return Reason(ReasonCode.MARKUP, "The fields came with links in HTML or BBCode.", 1 if is_mild else 4)


def many_addresses(evidence: Evidence) -> Reason | None:
    """Text that consists mostly of addresses; those of the post's own site are no sign of spam."""
    own = host_of(evidence.post)
    count = len({each for each in _addresses(evidence) if not _is_on(own, each)})
    return (
        Reason(ReasonCode.ADDRESSES, f"The text holds {count} web addresses.", 3)
        if count >= _MANY_URLS
        else None
    )


def _addresses(evidence: Evidence) -> list[str]:
    """Return the addresses in the texts, without scheme and `www.`; a host that stands for a name is none."""
    host = fold(host_of(evidence.url))
    texts = [fold(text) for text in (evidence.title, evidence.excerpt, evidence.blog_name)]
    return [
        found[1].rstrip("/.,;:)")
        for text in texts
        if not text.startswith(host) or text.strip("/") != host
        for found in _URL.finditer(text)
    ]


def _is_on(host: str, address: str) -> bool:
    own = host.removeprefix("www.")
    return bool(own) and address.startswith(own)


def flood(evidence: Evidence) -> Reason | None:
    """Many pings at once; text, host and sender correlate, so only the strongest counts.

    Who sends much, for pages that link, may be a host of many blogs; and a blog may link many posts. Such a
    ping does not wait behind others.
    """
    is_linked = evidence.link is LinkStatus.FOUND and not evidence.reflection
    counts = {name: getattr(evidence, name) for name in ("same_text", "text_sites", "same_host")}
    counts |= {} if is_linked else {"burst": evidence.burst}
    if is_linked and counts["same_host"] < _MANY_POSTS:
        counts["same_host"] = 0
    counted = [(counts.get(name, 0), few, many, words) for name, few, many, words in _FLOODS]
    heard = [
        Reason(ReasonCode.FLOOD, words.format(count), 4 if count >= many else 2)
        for count, few, many, words in counted
        if count >= few
    ]
    return max(heard, key=lambda reason: reason.weight, default=None)


def words(evidence: Evidence) -> Reason | None:
    """The author's earlier decisions against pings with similar words and forms.

    Words that agree with the form of the ping weigh more than words alone, which may be those of a subject.
    """
    verdict = _verdict_of_words(evidence)
    if verdict.probability < _UNWANTED[-1][0]:
        return None
    forms = [signal(evidence) for signal in FORM if signal is not stock]
    is_odd = any(reason.weight >= _ODD for reason in forms if reason)
    weight = next(
        both if is_odd else alone for least, alone, both in _UNWANTED if verdict.probability >= least
    )
    if not evidence.words.is_sure:
        weight = weight // 2 if is_odd else min(weight, 1)
    text = f"You mostly turned down pings with such words: {', '.join(verdict.words)}."
    return Reason(ReasonCode.WORDS, text, weight) if weight else None


def praise(evidence: Evidence) -> Reason | None:
    """The author's earlier decisions for pings with similar words, of which many must tell; see `policy`.

    The words of the post's own title are in every ping for it, and praise none.
    """
    verdict = _verdict_of_words(evidence, post_words(evidence.post, evidence.about.title))
    is_linked = evidence.link is LinkStatus.FOUND and not evidence.reflection
    if not is_linked or verdict.probability > _WANTED or verdict.telling < _MANY_TELLING:
        return None
    text = f"{PRAISE}: {', '.join(verdict.words)}."
    return Reason(ReasonCode.WORDS, text, -2)


def _verdict_of_words(evidence: Evidence, without: frozenset[str] = frozenset()) -> WordVerdict:
    text = judged_text(evidence.url, evidence.title, evidence.excerpt, evidence.blog_name)
    return evidence.words.judge(text, without)


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


FORM: tuple[Signal, ...] = (
    page_kind,
    title_is_blog_name,
    keywords,
    goods,
    stock,
    echo,
    disguise,
)
FROM_PING: tuple[Signal, ...] = (
    has_markup,
    trackback_title,
    template,
    many_addresses,
    *FORM,
    reflection,
    flood,
    words,
)
FROM_PAGE: tuple[Signal, ...] = (link, praise, place, rel, many_links, topic, akismet)
