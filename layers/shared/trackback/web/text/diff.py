"""What has changed between two texts, in words, for the author to read."""

import re
from collections import Counter
from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import Literal

Part = tuple[Literal["same", "gone", "new"], str]

_SPACELESS = "\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff"  # kana and Han
_WORD = re.compile(rf"\s+|[{_SPACELESS}]|[^\s{_SPACELESS}]+")
_MOST_PAIRS = 20_000  # of equal words; ordinary texts have half as many, and hostile ones take a second each


def difference(before: str, after: str) -> list[Part]:
    """Return the parts of both texts in their order: what is the same, what is gone, what is new.

    "same" and "gone" make the text before, "same" and "new" the one after. Where a script has no spaces,
    characters stand in for words. Lone spaces between changed words count as changed, so that changes are
    read in one piece. Of texts that repeat themselves without end, all between the ends counts as changed.
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
    """Return how to get from the old words to the new ones, as `SequenceMatcher.get_opcodes` does."""
    counts = Counter(new)
    if sum(number * counts[word] for word, number in Counter(old).items()) <= _MOST_PAIRS:
        return SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    start = _in_common(old, new)
    end = _in_common(old[start:][::-1], new[start:][::-1])
    a, c = len(old) - end, len(new) - end
    return [("equal", 0, start, 0, start), ("replace", start, a, start, c), ("equal", a, a + end, c, c + end)]


def _in_common(old: Sequence[str], new: Sequence[str]) -> int:
    """Return how many words two texts have in common from their start."""
    pairs = enumerate(zip(old, new, strict=False))
    return next((number for number, (a, b) in pairs if a != b), min(len(old), len(new)))
