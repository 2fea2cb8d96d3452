"""A word model: predicts the author's decision about a new ping from its words.

Naive Bayes after Graham and Robinson, combined by Fisher's method, as SpamBayes popularised it. Each word has
a probability from its counts; the significant ones are combined, so many words that agree outweigh one strong
word. It needs no dictionary: languages without spaces are split into pairs of characters.
"""

import json
import math
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice, pairwise
from typing import Self

from trackback.receiving.spam.shape import FORM
from trackback.web.text.plain_text import fold

MIN_DECISIONS = 10
"""Fewer decisions than this of either kind, and the model gives no opinion."""
SURE = 20
"""From so many decisions of either kind on, it is sure of its opinion."""
MAX_WORDS = 2_000
MAX_BYTES = 60_000
"""Largest size of a model as JSON in UTF-8."""

_READ = 2_000
_LONGEST = 24
_FEWEST = 3  # significant words; with fewer, a text is too short to judge
_MOST = 150
_NAMED = 5
_STRENGTH, _UNKNOWN = 0.45, 0.5  # Robinson's s and x: how far to trust a word that was seen once
_TELLING = 0.1  # minimum distance from 0.5 for a word to count
_HEADER = 60  # bytes of JSON beside the words
_SPACELESS = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"  # Thai, Lao, Burmese, Khmer
    "\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"  # kana, Han
    "\uac00-\ud7af"  # Hangul has spaces, but particles attach to the words
)
_INDIC = "\u0900-\u0dff"  # `re` does not match their vowel signs as letters
_RUN = re.compile(rf"([{_SPACELESS}]+)|{FORM}[a-z]+|(?:[^\W_{_SPACELESS}]|[{_INDIC}])+")

Counts = tuple[int, int]


@dataclass(frozen=True, slots=True)
class WordVerdict:
    """What the model says of a text.

    Attributes:
        probability: That the author does not want it, from 0 to 1.
        words: The words that counted most, without names of forms.
        telling: How many words and forms counted.
    """

    probability: float
    words: tuple[str, ...] = ()
    telling: int = 0


@dataclass(frozen=True, slots=True)
class WordModel:
    """In how many wanted and unwanted texts each word occurred; the last word is the one seen last."""

    unwanted: int = 0
    wanted: int = 0
    counts: Mapping[str, Counts] = field(default_factory=dict)

    @classmethod
    def empty(cls) -> Self:
        """Return a model without decisions."""
        return cls()

    def learn(self, decided: Iterable[tuple[str, bool]]) -> Self:
        """Return the model with decisions added: pairs of a text and whether it was unwanted."""
        return self._with(decided, 1)

    def forget(self, decided: Iterable[tuple[str, bool]]) -> Self:
        """Return the model with decisions removed, for when the author changes them."""
        return self._with(decided, -1)

    @property
    def is_sure(self) -> bool:
        """Whether it has learned from enough decisions of either kind."""
        return min(self.unwanted, self.wanted) >= SURE

    def judge(self, text: str, without: frozenset[str] = frozenset()) -> WordVerdict:
        """Judge a text by its words but those in `without`; 0.5 and no words if the evidence is too thin."""
        if min(self.unwanted, self.wanted) < MIN_DECISIONS:
            return WordVerdict(0.5)
        known = {
            word: self._probability(*self.counts[word])
            for word in tokens(text)
            if word in self.counts and word not in without
        }
        telling = [(word, p) for word, p in known.items() if abs(p - 0.5) >= _TELLING]
        if len(telling) < _FEWEST:
            return WordVerdict(0.5)
        telling = sorted(telling, key=lambda pair: -abs(pair[1] - 0.5))[:_MOST]
        combined = _combine([p for _, p in telling])
        counted = (word for word, p in telling if (p > 0.5) == (combined > 0.5))  # noqa: PLR2004 - even odds
        named = (word for word in counted if not word.startswith(FORM))
        return WordVerdict(combined, tuple(islice(named, _NAMED)), len(telling))

    def as_json(self) -> str:
        """Return the model as JSON of at most `MAX_BYTES`."""
        found = {"unwanted": self.unwanted, "wanted": self.wanted, "words": self.counts}
        return json.dumps(found, ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Parse the JSON that `as_json` wrote."""
        found = json.loads(text)
        return cls(found["unwanted"], found["wanted"], {w: (u, k) for w, (u, k) in found["words"].items()})

    def _with(self, decided: Iterable[tuple[str, bool]], change: int) -> Self:
        counts, totals = dict(self.counts), [self.wanted, self.unwanted]
        for text, is_unwanted in decided:
            totals[is_unwanted] = max(0, totals[is_unwanted] + change)
            for word in tokens(text):
                unwanted, wanted = counts.pop(word, (0, 0))  # reinserted at the end, as the newest
                unwanted, wanted = unwanted + change * is_unwanted, wanted + change * (not is_unwanted)
                if max(unwanted, wanted) > 0:
                    counts[word] = max(0, unwanted), max(0, wanted)
        model = type(self)(totals[1], totals[0], counts)
        return type(self)(totals[1], totals[0], model._most_useful())

    def _most_useful(self) -> dict[str, Counts]:
        """Keep the most significant words, and a quarter for the newest, which are not significant yet."""
        by_use = sorted(self.counts, key=lambda word: -self._usefulness(*self.counts[word]))
        first = by_use[: MAX_WORDS * 3 // 4]
        useful = set(first)
        newest = [word for word in reversed(list(self.counts)) if word not in useful]
        kept: set[str] = set()
        room = MAX_BYTES - _HEADER
        for word in (first + newest)[:MAX_WORDS]:
            room -= len(_entry(word, self.counts[word]))
            if room < 0:
                break
            kept.add(word)
        return {word: counts for word, counts in self.counts.items() if word in kept}

    def _probability(self, unwanted: int, wanted: int) -> float:
        """Return the probability that a text with a word is unwanted, assuming equally many of both kinds."""
        bad, good = unwanted / max(1, self.unwanted), wanted / max(1, self.wanted)
        seen = unwanted + wanted
        return (_STRENGTH * _UNKNOWN + seen * bad / (bad + good)) / (_STRENGTH + seen)

    def _usefulness(self, unwanted: int, wanted: int) -> float:
        return abs(unwanted / max(1, self.unwanted) - wanted / max(1, self.wanted))


def tokens(text: str) -> list[str]:
    """Return a text's distinct words in order; a script without spaces yields pairs of characters."""
    return list(dict.fromkeys(_tokens(fold(text[:_READ]))))


def _tokens(folded: str) -> Iterator[str]:
    for run in _RUN.finditer(folded):
        word = run[0]
        if run[1]:
            yield from (a + b for a, b in pairwise(word)) if len(word) > 1 else [word]
        elif word.isdecimal():
            yield "#" * min(len(word), 6)  # spam numbers its texts: the length says more than the digits
        elif 1 < len(word) <= _LONGEST:
            yield word


def _combine(probabilities: list[float]) -> float:
    """Combine by Fisher's method: 0 if the words agree on wanted, 1 on unwanted, 0.5 if they disagree."""
    n = len(probabilities)
    bad = _chi_square(-2 * sum(math.log(1 - p) for p in probabilities), n)
    good = _chi_square(-2 * sum(math.log(p) for p in probabilities), n)
    return (1 + good - bad) / 2


def _chi_square(value: float, n: int) -> float:
    """Return the probability that a chi-square with `2 * n` degrees of freedom is at least `value`."""
    half = value / 2
    log_terms = [-half + i * math.log(half) - math.lgamma(i + 1) for i in range(n)]
    return min(1.0, math.fsum(map(math.exp, log_terms)))


def _entry(word: str, counts: Counts) -> bytes:
    return f'"{word}":[{counts[0]},{counts[1]}],'.encode()
