"""Trains the word model once a day, from pings that the author approved, rejected or marked as spam.

A decision teaches the words that it was about: those that came later wait for a decision of their own, and
what the service decided itself teaches nothing.
"""

from collections.abc import Iterable, Iterator
from dataclasses import astuple
from datetime import datetime, timedelta
from itertools import islice
from typing import NamedTuple

from trackback.model.ping import Status
from trackback.model.verdict import Reason, ReasonCode, Verdict
from trackback.receiving.spam.bayes import WordModel
from trackback.receiving.spam.evidence import judged_text
from trackback.receiving.spam.signals import PRAISE
from trackback.storage.keys import WORDS
from trackback.storage.pings import PingStore
from trackback.storage.table import Table
from trackback.timestamps import stamp

EVERY = timedelta(days=1)
MOST = 500
"""How many of the newest decisions of each kind the model learns from."""

_UNWANTED = {Status.APPROVED: False, Status.REJECTED: True, Status.SPAM: True}


class _Lesson(NamedTuple):
    """A text that the author decided about, and what the judge had said of its ping."""

    text: str
    is_unwanted: bool
    verdict: Verdict | None = None


def learn(table: Table, now: datetime) -> bool:
    """Retrain the model if the last training is older than `EVERY`; return whether it was retrained."""
    if table.get(WORDS).get("learned_at", "") > stamp(now - EVERY):
        return False
    decided = list(_decided(table))
    model = WordModel.empty().learn((lesson.text, lesson.is_unwanted) for lesson in decided)
    table.update_if(
        WORDS,
        "SET #model = :model, #learned_at = :now, #reasons = :reasons",
        model=model.as_json(),
        now=stamp(now),
        reasons=_count_reasons(decided),
    )
    return True


def load_reason_counts(table: Table) -> dict[str, tuple[int, int]]:
    """Return for how many wanted and unwanted pings each reason was given, as of the last training."""
    stored = next(table.batch_get([WORDS], only="#id, #reasons"), {}).get("reasons", {})
    return {name: (wanted, unwanted) for name, (wanted, unwanted) in stored.items()}


def load_words(table: Table) -> WordModel:
    """Return the model of the last training."""
    model = table.get(WORDS).get("model")
    return WordModel.from_json(model) if model else WordModel.empty()


def _count_reasons(decided: Iterable[_Lesson]) -> dict[str, list[int]]:
    counts: dict[str, list[int]] = {}
    for _, is_unwanted, verdict in decided:
        for name in {_name(reason, verdict) for reason in verdict.reasons} if verdict else ():
            counts.setdefault(name, [0, 0])[is_unwanted] += 1
    return counts


def _name(reason: Reason, verdict: Verdict) -> str:
    """Return a reason's code, and for a link or for words whether they speak for the ping or against it."""
    if reason.code is ReasonCode.LINK:
        return f"{reason.code}:{verdict.link}"
    is_praise = reason.code is ReasonCode.WORDS and reason.text.startswith(PRAISE)
    return f"{reason.code}:for" if is_praise else str(reason.code)


def _decided(table: Table) -> Iterator[_Lesson]:
    for status, unwanted in _UNWANTED.items():
        for ping in islice(PingStore(table).pings(status), MOST):
            if ping.history and ping.history[-1].by == "author":
                yield _Lesson(judged_text(ping.url, *astuple(ping.texts)), unwanted, ping.verdict)
            if ping.refused:  # these words from the page, not the page
                yield _Lesson(judged_text("", *astuple(ping.refused)), is_unwanted=True)
