"""The tables of docs/judgement.md."""

from collections.abc import Iterable, Iterator, Sequence

from tests.judge.corpus import Message, learned
from tests.judge.floods import scenarios
from tests.judge.measure import Figures, Judged, by_judge, decisions_of_others, figures, split
from tests.judge.rivals import by_holding, by_learners, by_plugin
from trackback.model.verdict import LinkStatus
from trackback.receiving.spam.bayes import WordModel

FOUND, MISSING = LinkStatus.FOUND, LinkStatus.MISSING
ORDERS = range(3)
COUNTS = (30, 100, 300)
_LINKS = {FOUND: "found", MISSING: "missing"}
_HEAD = (
    "| learnt | link | wanted | unseen | looks bad | spam | unseen | looks bad | looks good | AUC |\n"
    "| --- | --- | --: | --: | --: | --: | --: | --: | --: | --: |"
)


def report(messages: Sequence[Message]) -> str:
    """Return all tables as Markdown."""
    parts = ["## With nothing learnt, and after decisions\n", _HEAD, *_learning(messages)]
    parts += ["\n## Compared\n", "As if all were one blog, after 100 decisions, half of the links found.\n"]
    parts += [_HEAD.replace("learnt", "judge").replace(" link |", "", 1).replace(" --- |", "", 1)]
    parts += [*_compared(messages)]
    parts += ["\n## By language\n", "Nothing learnt, link missing.\n"]
    parts += [_HEAD.replace("learnt", "language").replace(" link |", "", 1).replace(" --- |", "", 1)]
    parts += [*_by_language(messages), "\n## Floods, genuine and not\n", *scenarios()]
    return "\n".join(parts) + "\n"


def _learning(messages: Sequence[Message]) -> Iterator[str]:
    for link, said in _LINKS.items():
        yield _row(figures(by_judge(messages, WordModel.empty(), link)), "nothing", said)
    for count in COUNTS:
        for link, said in _LINKS.items():
            yield _row(_of_others(messages, count, link), f"{count} decisions of other blogs", said)
    blog = [message for message in messages if message.blog == "d"]
    for count in (30, 40):
        for link, said in _LINKS.items():
            yield _row(_of_same(blog, count, link), f"{count} decisions of blog d, on blog d", said)
    for count in COUNTS:
        for link, said in _LINKS.items():
            yield _row(_of_same(messages, count, link), f"{count} decisions, as if all were one blog", said)


def _of_others(messages: Sequence[Message], count: int, link: LinkStatus) -> Figures:
    judged: list[Judged] = []
    for blog in sorted({message.blog for message in messages}):
        words = learned(decisions_of_others(messages, blog, count))
        judged += by_judge([message for message in messages if message.blog == blog], words, link)
    return figures(judged)


def _of_same(messages: Sequence[Message], count: int, link: LinkStatus) -> Figures:
    judged: list[Judged] = []
    for order in ORDERS:
        decided, rest = split(messages, count, order)
        judged += by_judge(rest, learned(decided), link)
    return figures(judged)


def _compared(messages: Sequence[Message]) -> Iterator[str]:
    found: dict[str, list[Judged]] = {"this judge": []}
    for order in ORDERS:
        decided, rest = split(messages, 100, order)
        words = learned(decided)
        found["this judge"] += by_judge(rest[::2], words, FOUND) + by_judge(rest[1::2], words, MISSING)
        others = {"hold everything": by_holding(rest), "Antispam Bee's rules": by_plugin(rest)}
        for name, judged in (others | by_learners(decided, rest)).items():
            found.setdefault(name, []).extend(judged)
    for name, judged in found.items():
        yield _row(figures(judged), name)


def _by_language(messages: Sequence[Message]) -> Iterator[str]:
    judged = by_judge(messages, WordModel.empty(), MISSING)
    by_language: dict[str, list[Judged]] = {}
    for each in judged:
        by_language.setdefault(each.message.language, []).append(each)
    for language, found in sorted(by_language.items(), key=lambda pair: (-len(pair[1]), pair[0])):
        yield _row(figures(found), language)


def _row(found: Figures, *names: str) -> str:
    shares = (
        str(found.wanted),
        _share(found, "wanted_unseen"),
        _share(found, "wanted_bad"),
        str(found.spam),
        *(_share(found, name) for name in ("spam_unseen", "spam_bad", "spam_good")),
        f"{found.auc:.3f}" if found.wanted and found.spam else "–",
    )
    return _cells((*names, *shares))


def _share(found: Figures, name: str) -> str:
    count = getattr(found, name)
    total = found.wanted if name.startswith("wanted") else found.spam
    return f"{count} ({count / total:.1%})" if count else "0"


def _cells(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"
