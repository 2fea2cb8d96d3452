"""Trains the word model once a day, from pings that the author approved, rejected or marked as spam."""

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
            if any(entry.by == "author" for entry in ping.history):  # not from its own judgements
                yield judged_text(ping.url, *astuple(ping.texts)), unwanted
