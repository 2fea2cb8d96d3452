"""The figures: how the judge takes messages whose kind is known."""

import random
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from tests.judge.corpus import Message, evidence_of
from trackback.model.ping import Status
from trackback.model.verdict import LinkStatus
from trackback.receiving.spam.bayes import WordModel
from trackback.receiving.spam.policy import judge

LOOKS_BAD = 4
SEED = 2_005


class Judged(NamedTuple):
    """A message with what the judge made of it: whether it is unseen, and its score."""

    message: Message
    is_unseen: bool
    score: float


class Figures(NamedTuple):
    """Shares of the wanted and the spam, and how well the score orders them (AUC; 1 is perfect)."""

    wanted: int
    spam: int
    wanted_unseen: int
    wanted_bad: int
    spam_unseen: int
    spam_bad: int
    spam_good: int
    auc: float

    def share(self, name: str) -> float:
        """Return a count as a share of its kind."""
        total = self.wanted if name.startswith("wanted") else self.spam
        return float(getattr(self, name)) / total if total else 0.0


def by_judge(messages: Iterable[Message], words: WordModel, link: LinkStatus) -> list[Judged]:
    """Let the real judge judge messages."""
    judged = [(message, judge(evidence_of(message, words, link), ())) for message in messages]
    return [Judged(message, found.status is Status.SPAM, found.score) for message, found in judged]


def figures(judged: Sequence[Judged]) -> Figures:
    """Return the figures; what is unseen looks bad, too."""
    wanted = [each for each in judged if not each.message.is_spam]
    spam = [each for each in judged if each.message.is_spam]
    return Figures(
        wanted=len(wanted),
        spam=len(spam),
        wanted_unseen=sum(each.is_unseen for each in wanted),
        wanted_bad=sum(each.score >= LOOKS_BAD for each in wanted),
        spam_unseen=sum(each.is_unseen for each in spam),
        spam_bad=sum(each.score >= LOOKS_BAD for each in spam),
        spam_good=sum(each.score < 0 for each in spam),
        auc=auc([each.score for each in wanted], [each.score for each in spam]),
    )


def auc(wanted: Sequence[float], spam: Sequence[float]) -> float:
    """Return how often spam scores higher than a wanted message; a tie counts as half."""
    if not wanted or not spam:
        return 0.5
    pairs = sum((bad > good) + (bad == good) / 2 for bad in spam for good in wanted)
    return pairs / (len(wanted) * len(spam))


def split(messages: Sequence[Message], count: int, order: int) -> tuple[list[Message], list[Message]]:
    """Split messages, in one of many random orders, into so many decided ones and the rest.

    A third of the decided are spam if there is enough of either kind: half of it is left to judge.
    """
    shuffled = list(messages)
    random.Random(order).shuffle(shuffled)
    spam = [message for message in shuffled if message.is_spam]
    wanted = [message for message in shuffled if not message.is_spam]
    bad = min(max(count // 3, count - len(wanted) // 2), len(spam) // 2)
    good = count - bad
    return spam[:bad] + wanted[:good], spam[bad:] + wanted[good:]


def decisions_of_others(messages: Sequence[Message], blog: str, count: int) -> list[Message]:
    """Return so many decisions about other blogs' messages, always the same."""
    return split([message for message in messages if message.blog != blog], count, SEED)[0]
