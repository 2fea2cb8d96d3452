"""Sends one ping: claims its record, sends it in its endpoint's protocol and records the answer."""

from collections.abc import Mapping
from dataclasses import replace

from trackback.errors import TrackbackError
from trackback.model.sent_ping import Ledger, LedgerBroken, SentPing, Stage
from trackback.protocols.clients import CLIENTS
from trackback.protocols.discovery import Endpoint
from trackback.sending.run_context import RunContext

_TRIES = 5


class Taken(TrackbackError):
    """Another run has claimed the record."""


def attempt(context: RunContext, record: SentPing, endpoint: Endpoint, form: Mapping[str, str]) -> SentPing:
    """Send a ping and return its updated record.

    Raises:
        Taken: another run has claimed the record; nothing was sent.
        LedgerBroken: the ledger cannot be written. If the ping was already sent, its claim stays in the
            ledger.
    """
    claimed = replace(record, protocol=endpoint.protocol).claimed(endpoint.url, context.clock())
    if not context.ledger.put(claimed):
        raise Taken
    outcome = CLIENTS[endpoint.protocol].send(context.fetcher, endpoint.url, form, context.clock)
    now = context.clock()
    if outcome.stage is Stage.LATER:
        return _write(context.ledger, claimed.postponed(outcome.message, now, outcome.retry_after))
    return _write(context.ledger, claimed.ended(outcome.stage, outcome.message, now))


def _write(ledger: Ledger, record: SentPing) -> SentPing:
    """Record the outcome of a ping, even if another run has taken over its claim."""
    for _ in range(_TRIES):
        if ledger.put(record):
            return record
        there = ledger.find([record.id]).get(record.id)
        record = replace(record, version=there.version + 1 if there else 1)
    raise LedgerBroken("the ledger changes too fast to write what became of a ping; run one sender only")
