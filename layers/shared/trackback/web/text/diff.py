"""Compares two texts word by word, for the author to read."""

import re
from collections import Counter
from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import Literal

Part = tuple[Literal["same", "gone", "new"], str]

_SPACELESS = "\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff"  # kana and Han
_WORD = re.compile(rf"\s+|[{_SPACELESS}]|[^\s{_SPACELESS}]+")
_MOST_PAIRS = 20_000  # of equal words; ordinary texts have half as many, and a hostile text takes a second


def difference(before: str, after: str) -> list[Part]:
    """Return the parts of both texts in order: what is the same, what is gone, what is new.

    "same" and "gone" form the old text, "same" and "new" the new one. In scripts without spaces, the unit is
    a character. Spaces between changed words count as changed, so that a change reads as one piece. In
    extremely repetitive texts, everything between the common start and end counts as changed.
    """
    old, new = _WORD.findall(before), _WORD.findall(after)
    parts: list[Part] = []
    gone = added = ""
    for kind, a, b, c, d in _steps(old, new):
        text = "".join(old[a:b])
        if kind == "equal" and (text.strip() or not (gone or added)):
            parts += [("gone", gone), ("new", added), ("same", text)]
            gone = added = ""
        else:
            gone, added = gone + text, added + "".join(new[c:d])
    parts += [("gone", gone), ("new", added)]
    return [part for part in parts if part[1]]


def _steps(old: Sequence[str], new: Sequence[str]) -> Sequence[tuple[str, int, int, int, int]]:
    """Return the edit steps from the old words to the new ones, like `SequenceMatcher.get_opcodes`."""
    counts = Counter(new)
    if sum(number * counts[word] for word, number in Counter(old).items()) <= _MOST_PAIRS:
        return SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    start = _in_common(old, new)
    end = _in_common(old[start:][::-1], new[start:][::-1])
    a, c = len(old) - end, len(new) - end
    return [("equal", 0, start, 0, start), ("replace", start, a, start, c), ("equal", a, a + end, c, c + end)]


def _in_common(old: Sequence[str], new: Sequence[str]) -> int:
    """Return the number of words that two texts share at their start."""
    pairs = enumerate(zip(old, new, strict=False))
    return next((number for number, (a, b) in pairs if a != b), min(len(old), len(new)))
