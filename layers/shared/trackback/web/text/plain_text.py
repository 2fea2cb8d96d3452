"""Cleans strangers' text fields once, on input.

The result is text, never HTML: each output escapes it for its own context. Every step is linear, and at most
`READ` characters are read.
"""

import html
import re
import unicodedata

from trackback.model.texts import shorten

READ = 4_096
"""Characters read per field; canonical ordering in NFC is quadratic in a run of combining marks."""

_INLINE = re.compile(
    r"</?(?:a|abbr|b|big|cite|code|em|font|i|kbd|mark|q|s|small|span|strong|sub|sup|tt|u)(?:\s[^<>]*)?/?>",
    re.IGNORECASE,
)
_TAG = re.compile(r"<[a-zA-Z/!?][^<>]*>")
_LINKS = re.compile(r"\[/?url[\]=]|\[link=|</?a[\s>]", re.IGNORECASE)
_HUGE_REFERENCE = re.compile(r"&#(?:[0-9]{8,}|[xX][0-9a-fA-F]{7,});?")  # int() refuses over 4,300 digits
_UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f"  # C0 and C1, except word and line separators
    "\u202a-\u202e\u2066-\u2069"  # bidirectional overrides, which change the visible text
    "\u200b\u2060\ufeff"  # zero-width space, word joiner, byte order mark
    "\u206a-\u206f\ufff9-\ufffb\U000e0000-\U000e007f"  # deprecated controls, annotations, tags: hidden text
    "\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"  # lone surrogates, noncharacters
)
_BLANK = re.compile(  # only invisible characters
    "[\\s\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200c-\u200f\u2800\u3164\ufe00-\ufe0f\uffa0]*"
)
_PILE = re.compile(
    "([\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]{4})[\u0300-\u036f"
    "\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]+"
)
_JOINERS = re.compile("[\u200c\u200d]{2,}")  # a single one shapes a word or an emoji, a run hides text


def clean(raw: str, limit: int) -> str:
    """Return a field as one line of plain text of at most `limit` characters, cut between graphemes.

    Tags are dropped, entities decoded once (WordPress sends them), and tags dropped again, since escaped text
    may be markup too. Doubly escaped entities stay visible: repeated decoding would turn text about HTML into
    HTML.
    """
    text = html.unescape(_HUGE_REFERENCE.sub("\ufffd", _drop_tags(raw[:READ])))
    text = _drop_tags(_JOINERS.sub("", _UNSEEN.sub("", text)))
    text = _PILE.sub(r"\1", unicodedata.normalize("NFC", text))  # no script stacks more marks
    text = " ".join(text.split()).strip("\u200c\u200d ")
    return "" if _BLANK.fullmatch(text) else shorten(text, limit)


def marks_up_links(raw: str) -> bool:
    """Return whether a raw text contains links in HTML or BBCode."""
    return _LINKS.search(raw) is not None


def _drop_tags(text: str) -> str:
    return _TAG.sub(" ", _INLINE.sub("", text))


_ACCENTS = re.compile("[\u0300-\u036f]")


def fold(text: str) -> str:
    """Return a text for comparison, without case, accents, width and typographic variants."""
    decomposed = unicodedata.normalize("NFKD", text).casefold()
    return unicodedata.normalize("NFC", _ACCENTS.sub("", decomposed))
