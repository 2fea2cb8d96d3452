"""Extracts the text of a link, and the sentences around it, from a stream of tokens."""

import html
import re
from itertools import dropwhile
from unicodedata import combining

from trackback.web.text.plain_text import clean

LIMIT = 300
"""Maximum length of a link's text and of a sentence, in characters."""
MOST = 9
"""Maximum number of sentences in a passage."""

BLOCKS = frozenset(
    """
    address article aside blockquote body caption center dd details dialog div dl dt fieldset figcaption
    figure footer form h1 h2 h3 h4 h5 h6 header hr html legend li main menu nav ol option p pre section
    summary table tbody td tfoot th thead tr ul
    """.split()  # noqa: SIM905 - a list of words
)
"""Elements that end a sentence."""

_SPACES = re.compile(r"\s+")
# A full stop before a lowercase letter ends an abbreviation. Chinese and Japanese stops need no space.
_STOPS, _CJK_STOPS = ".!?\u2026\u061f\u0964", "\u3002\uff01\uff1f\uff61"
_CLOSERS, _CJK_CLOSERS = r"\"'\u201d\u2019\u00bb)\]", "\u300d\u300f\u201d\uff09"
_END = re.compile(rf"[{_STOPS}]++[{_CLOSERS}]*+(?=\s|$)(?!\s*[a-z])|[{_CJK_STOPS}]++[{_CJK_CLOSERS}]*+")


class Excerpt:
    """A link's text, and the text before and after it in its block."""

    def __init__(self, before: str) -> None:
        self._before = before
        self._anchor = self._after = ""
        self._inside = True

    def add(self, text: str) -> None:
        """Add a piece of text; anything beyond the limit is dropped."""
        if self._inside:
            self._anchor = (self._anchor + text[:LIMIT])[:LIMIT]
        else:
            self._after = (self._after + text[:LIMIT])[:LIMIT]

    def end_anchor(self) -> None:
        """Treat further text as text after the link."""
        self._inside = False

    def end_block(self) -> bool:
        """Return whether the end of a block ends the excerpt; a link may contain several blocks."""
        if self._inside:
            self.add(" ")
        return not self._inside

    @property
    def text(self) -> str:
        """The link's own text."""
        return plain(self._anchor)

    @property
    def sentence(self) -> str:
        """The sentence that contains the link, shortened if it is too long."""
        return passage(self._before, self._anchor, self._after, LIMIT, most=1)


class Passage:
    """The text of the current block, as far back as a sentence may reach."""

    def __init__(self) -> None:
        self._text = ""
        self._excerpt: Excerpt | None = None

    def add(self, text: str) -> None:
        """Add a piece of the block's text."""
        text = _SPACES.sub(" ", text)
        self._text = (self._text + text)[-LIMIT:]
        if self._excerpt:
            self._excerpt.add(text)

    def begin_anchor(self) -> Excerpt:
        """Start a link; return an excerpt that collects its text and the text around it."""
        self._excerpt = Excerpt(self._text)
        return self._excerpt

    def end_anchor(self) -> None:
        """End the current link, if there is one."""
        if self._excerpt:
            self._excerpt.end_anchor()

    def end_block(self) -> None:
        """Discard the block's text at the begin or end of a block."""
        self._text = ""
        if self._excerpt and self._excerpt.end_block():
            self._excerpt = None


def passage(before: str, anchor: str, after: str, limit: int, *, most: int = MOST) -> str:
    """Return the sentence that contains the link, and as many around it as fit into `limit` characters.

    Sentences after it are preferred to those before it. A single sentence that is too long is cut around the
    link.
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
    """Return a page's text as one clean line; its entities are decoded already, and not decoded again."""
    return clean(html.escape(text, quote=False), limit)


def _last_words(text: str, limit: int) -> str:
    """Cut off the beginning of a text, at a space if there is one."""
    if len(text) <= limit:
        return text
    kept = text[len(text) - max(limit - 1, 0) :]
    return "…" + (kept.partition(" ")[2] or "".join(dropwhile(combining, kept)))
