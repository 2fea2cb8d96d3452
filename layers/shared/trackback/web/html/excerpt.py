"""The words of a link, and the sentences around it, caught while a page streams by."""

import html
import re
from itertools import dropwhile
from unicodedata import combining

from trackback.web.text.plain_text import clean

LIMIT = 300
"""Longest text of a link and longest sentence, in characters."""
MOST = 9
"""Most sentences of a passage."""

BLOCKS = frozenset(
    """
    address article aside blockquote body caption center dd details dialog div dl dt fieldset figcaption
    figure footer form h1 h2 h3 h4 h5 h6 header hr html legend li main menu nav ol option p pre section
    summary table tbody td tfoot th thead tr ul
    """.split()  # noqa: SIM905 - a list of words
)
"""Elements that no sentence crosses."""

_SPACES = re.compile(r"\s+")
# A full stop before a small letter is an abbreviation's; those of Chinese and Japanese need no space after.
_STOPS, _CJK_STOPS = ".!?\u2026\u061f\u0964", "\u3002\uff01\uff1f\uff61"
_CLOSERS, _CJK_CLOSERS = r"\"'\u201d\u2019\u00bb)\]", "\u300d\u300f\u201d\uff09"
_END = re.compile(rf"[{_STOPS}]++[{_CLOSERS}]*+(?=\s|$)(?!\s*[a-z])|[{_CJK_STOPS}]++[{_CJK_CLOSERS}]*+")


class Excerpt:
    """A link's text and what stands before and behind it in its block."""

    def __init__(self, before: str) -> None:
        self._before = before
        self._anchor = self._after = ""
        self._inside = True

    def add(self, text: str) -> None:
        """Take the next piece of text; more than can be shown is not kept."""
        if self._inside:
            self._anchor = (self._anchor + text[:LIMIT])[:LIMIT]
        else:
            self._after = (self._after + text[:LIMIT])[:LIMIT]

    def end_anchor(self) -> None:
        """Take what follows as text behind the link."""
        self._inside = False

    def end_block(self) -> bool:
        """Tell whether the excerpt ends with its block; a link may hold several blocks."""
        if self._inside:
            self.add(" ")
        return not self._inside

    @property
    def text(self) -> str:
        """The link's own text."""
        return plain(self._anchor)

    @property
    def sentence(self) -> str:
        """The sentence with the link in it, shortened where it is too long."""
        return passage(self._before, self._anchor, self._after, LIMIT, most=1)


class Passage:
    """The text of the block that is being read, as far back as a sentence may reach."""

    def __init__(self) -> None:
        self._text = ""
        self._excerpt: Excerpt | None = None

    def add(self, text: str) -> None:
        """Take the next piece of the block's text."""
        text = _SPACES.sub(" ", text)
        self._text = (self._text + text)[-LIMIT:]
        if self._excerpt:
            self._excerpt.add(text)

    def begin_anchor(self) -> Excerpt:
        """Return an excerpt that gathers the link that begins here and the text around it."""
        self._excerpt = Excerpt(self._text)
        return self._excerpt

    def end_anchor(self) -> None:
        """Note that a link has ended, if there was one."""
        if self._excerpt:
            self._excerpt.end_anchor()

    def end_block(self) -> None:
        """Forget the block, which begins or ends here."""
        self._text = ""
        if self._excerpt and self._excerpt.end_block():
            self._excerpt = None


def passage(before: str, anchor: str, after: str, limit: int, *, most: int = MOST) -> str:
    """Return the sentence with the link in it, and those around it, as many as `limit` characters can hold.

    What follows comes before what precedes. A single sentence that is too long is cut around the link.
    """
    text = before + anchor + after
    begin, end = len(before), len(before) + len(anchor.rstrip())
    stops = [0, *(stop.end() for stop in _END.finditer(text)), len(text)]
    first = max(number for number, stop in enumerate(stops) if stop <= begin)
    last = min(number for number, stop in enumerate(stops) if stop >= end)
    for _ in range(most - 1):
        wider = [(first, last + 1), (max(first - 1, 0), last)]
        fitting = (
            span for span in wider if span[1] < len(stops) and stops[span[1]] - stops[span[0]] <= limit
        )
        first, last = next(fitting, (first, last))
    before = text[stops[first] : begin].lstrip()
    room = limit - (end - begin)
    kept = _last_words(before, max(room // 2, room - (stops[last] - end)))
    return plain(kept + text[begin : stops[last]], limit)


def plain(text: str, limit: int = LIMIT) -> str:
    """Return a page's text as one clean line; its entities are decoded already, and are not once more."""
    return clean(html.escape(text, quote=False), limit)


def _last_words(text: str, limit: int) -> str:
    """Cut the beginning off, at a space if there is one."""
    if len(text) <= limit:
        return text
    kept = text[len(text) - max(limit - 1, 0) :]
    return "…" + (kept.partition(" ")[2] or "".join(dropwhile(combining, kept)))
