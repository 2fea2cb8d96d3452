"""How the word model does on texts that people have labelled: `python -m tests.benchmarks.words FILE...`.

A file holds a label (`spam`, anything else is wanted) and a text a line, separated by a tab, or is a CSV with
these two columns. One half is for learning, of either kind in turns; the other half is judged, as excerpts of
pings that show no other tell. Nothing is approved without the author, so what counts is what the author reads
next to a text: spam that is spoken for (a false accept), and wanted texts that are spoken against or put away
unseen (false spam).
"""

import csv
import random
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, zip_longest
from pathlib import Path

from trackback.model.ping import Status
from trackback.model.texts import MAX_EXCERPT
from trackback.receiving.spam.bayes import WordModel
from trackback.receiving.spam.evidence import Evidence, judged_text
from trackback.receiving.spam.policy import Judgement, judge
from trackback.web.text.plain_text import clean, marks_up_links

SEED = 2_002
TRAINED_ON = (20, 100, 1_000)
STRONG = 4
HEADINGS = ("unseen", "strong", "mild", "nothing", "for")
"""Put away unseen; something strong or mild against it; nothing to say; something for it."""

Sample = tuple[str, bool]
"""A raw text, and whether it is spam."""


@dataclass(frozen=True)
class Outcome:
    """How many texts of either kind ended under each heading."""

    spam: Counter[str]
    wanted: Counter[str]


def main() -> None:
    """Judge each file that is named, and print the figures."""
    if not sys.argv[1:]:
        raise SystemExit(__doc__)
    for name in sys.argv[1:]:
        samples = list(_read(Path(name)))
        random.Random(SEED).shuffle(samples)
        half = len(samples) // 2
        print(*_lines(Path(name).name, _in_turns(samples[:half]), samples[half:]), sep="\n")


def _lines(name: str, training: list[Sample], held_out: list[Sample]) -> Iterator[str]:
    spam = sum(is_spam for _, is_spam in held_out)
    yield f"{name}: {len(held_out):,} held out, {spam:,} of them spam"
    yield f"{'':32}{'spam':>45}{'wanted':>45}"
    yield f"{'':32}" + "".join(f"{heading:>9}" for heading in HEADINGS * 2)
    held = Counter(nothing=spam), Counter(nothing=len(held_out) - spam)
    yield _row("always hold", Outcome(*held))
    yield _row("tells alone", _judge(held_out, WordModel.empty()))
    for size in TRAINED_ON:
        if size <= len(training):
            model = WordModel.empty().learn((_text(raw), is_spam) for raw, is_spam in training[:size])
            learned = f"tells and {size:,} decisions ({len(model.as_json().encode()) / 1000:.0f} KB)"
            yield _row(learned, _judge(held_out, model))


def _in_turns(samples: list[Sample]) -> list[Sample]:
    kinds = ([sample for sample in samples if sample[1] is kind] for kind in (True, False))
    return [sample for sample in chain.from_iterable(zip_longest(*kinds)) if sample]


def _judge(samples: list[Sample], model: WordModel) -> Outcome:
    outcome = Outcome(Counter(), Counter())
    for raw, is_spam in samples:
        judgement = judge(_evidence(raw, model), [])
        counter = outcome.spam if is_spam else outcome.wanted
        counter[_heading(judgement)] += 1
    return outcome


def _heading(judgement: Judgement) -> str:
    if judgement.status is Status.SPAM:
        return "unseen"
    if judgement.score > 0:
        return "strong" if judgement.score >= STRONG else "mild"
    return "for" if judgement.score < 0 else "nothing"


def _evidence(raw: str, model: WordModel) -> Evidence:
    excerpt = clean(raw, MAX_EXCERPT)
    return Evidence("https://o.example/", "A title", excerpt, "Other", marks_up_links(raw), words=model)


def _text(raw: str) -> str:
    evidence = _evidence(raw, WordModel.empty())
    return judged_text(evidence.url, evidence.title, evidence.excerpt, evidence.blog_name)


def _row(name: str, outcome: Outcome) -> str:
    figures = [kind[heading] for kind in (outcome.spam, outcome.wanted) for heading in HEADINGS]
    return f"{name:32}" + "".join(f"{figure:9,}" for figure in figures)


def _read(path: Path) -> Iterator[Sample]:
    csv.field_size_limit(sys.maxsize)
    with path.open(encoding="utf-8", errors="replace", newline="") as file:
        delimiter = "\t" if "\t" in file.readline() else ","
        file.seek(0)
        plain = csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        for row in plain if delimiter == "\t" else csv.reader(file):
            if len(row) > 1:
                yield row[1], row[0].strip().lower() == "spam"


if __name__ == "__main__":
    main()
