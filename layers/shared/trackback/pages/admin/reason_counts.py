"""How often each of the judge's reasons was right in the author's own decisions, for the rules page."""

from collections.abc import Mapping
from typing import NamedTuple

from trackback.model.verdict import LinkStatus, ReasonCode

_NAMES = {
    f"{ReasonCode.LINK}:{LinkStatus.FOUND}": "Links to your post",
    f"{ReasonCode.LINK}:{LinkStatus.MISSING}": "Does not link to your post",
    f"{ReasonCode.WORDS}:for": "Words like those of pings you approved",
    ReasonCode.WORDS: "Words like those of pings you turned down",
    ReasonCode.REL: "Its link tells search engines not to count it, or is paid for",
    ReasonCode.PLACE: "Its link stands in a comment, beside the text or hidden",
    ReasonCode.MANY_LINKS: "A page with very many links",
    ReasonCode.AKISMET: "Akismet says spam",
    ReasonCode.MARKUP: "Links in HTML or BBCode",
    ReasonCode.SAME_NAMES: "Title and blog name are the same",
    ReasonCode.TEMPLATE: "A known template of spam",
    ReasonCode.TEMPLATE_TITLE: "The title “[Trackback]”",
    ReasonCode.ADDRESSES: "Many web addresses",
    ReasonCode.REFLECTION: "An address that contains the post's own",
    ReasonCode.KIND: "A front page, profile, list or file",
    ReasonCode.KEYWORDS: "A title or text for search engines",
    ReasonCode.STOCK: "Stock phrases",
    ReasonCode.GOODS: "A name that offers what spam sells",
    ReasonCode.ECHO: "Text that only repeats a name or title",
    ReasonCode.DISGUISE: "Words in disguise",
    ReasonCode.FLOOD: "Part of a flood",
    ReasonCode.TOPIC: "Another language than your post",
}
_FOR = {f"{ReasonCode.LINK}:{LinkStatus.FOUND}", f"{ReasonCode.WORDS}:for"}


class ReasonCount(NamedTuple):
    """A reason, and in how many of the author's decisions it was right.

    A reason against a ping is right about those that the author turned down.
    """

    name: str
    right: int
    times: int


def reason_counts(counts: Mapping[str, tuple[int, int]]) -> list[ReasonCount]:
    """Return the reasons that were given, the most frequent first."""
    found = [
        ReasonCount(_NAMES[name], wanted if name in _FOR else unwanted, wanted + unwanted)
        for name, (wanted, unwanted) in counts.items()
        if name in _NAMES
    ]
    return sorted(found, key=lambda each: (-each.times, each.name))
