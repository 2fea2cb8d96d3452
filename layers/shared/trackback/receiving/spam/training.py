"""Trains the word model once a day, from pings that the author approved, rejected or marked as spam.

A decision teaches the words that it was about: those that came later wait for a decision of their own, and
what the service decided itself teaches nothing.
"""

from collections.abc import Iterator
from dataclasses import astuple
from datetime import datetime, timedelta
from itertools import islice

from trackback.model.ping import Status
from trackback.receiving.spam.bayes import WordModel
from trackback.receiving.spam.evidence import judged_text
from trackback.storage.keys import WORDS
from trackback.storage.pings import PingStore
from trackback.storage.table import Table
from trackback.timestamps import stamp

EVERY = timedelta(days=1)
MOST = 500
"""How many of the newest decisions of each kind the model learns from."""

_UNWANTED = {Status.APPROVED: False, Status.REJECTED: True, Status.SPAM: True}


def learn(table: Table, now: datetime) -> bool:
    """Retrain the model if the last training is older than `EVERY`; return whether it was retrained."""
    if table.get(WORDS).get("learned_at", "") > stamp(now - EVERY):
        return False
    table.write(WORDS, "model", WordModel.empty().learn(_decided(table)).as_json())
    table.write(WORDS, "learned_at", stamp(now))
    return True


def load_words(table: Table) -> WordModel:
    """Return the model of the last training."""
    model = table.get(WORDS).get("model")
    return WordModel.from_json(model) if model else WordModel.empty()


def _decided(table: Table) -> Iterator[tuple[str, bool]]:
    for status, unwanted in _UNWANTED.items():
        for ping in islice(PingStore(table).pings(status), MOST):
            if ping.history and ping.history[-1].by == "author":
                yield judged_text(ping.url, *astuple(ping.texts)), unwanted
            if ping.refused:  # these words from the page, not the page
                yield judged_text("", *astuple(ping.refused)), True
