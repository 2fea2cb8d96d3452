"""Sends one ping: claims its record, posts the form and records the answer."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from http import HTTPStatus

from trackback.errors import TrackbackError
from trackback.model.sent_ping import Ledger, LedgerBroken, SentPing, Stage
from trackback.protocols.trackback.client import encode
from trackback.protocols.trackback.response import State, read_response
from trackback.web.http.client import Fetcher, FetchFailed, FetchRefused

_REPEATED_BY = (HTTPStatus.TEMPORARY_REDIRECT, HTTPStatus.PERMANENT_REDIRECT)
_STAGES = {
    State.ACCEPTED: Stage.ACCEPTED,
    State.DUPLICATE: Stage.DUPLICATE,
    State.REFUSED: Stage.REFUSED,
    State.UNCLEAR: Stage.UNCLEAR,
}
_TRIES = 5


class Taken(TrackbackError):
    """Another run has claimed the record."""


class Courier:
    """Sends pings and records what came back."""

    def __init__(self, fetcher: Fetcher, ledger: Ledger, clock: Callable[[], datetime]) -> None:
        self._fetcher = fetcher
        self._ledger = ledger
        self._clock = clock

    def deliver(self, sending: SentPing, ping_url: str, form: Mapping[str, str]) -> SentPing:
        """Send a ping and return its updated record.

        Repeats the form after a 307 or 308 redirect. Any other redirect means that the ping was not accepted.

        Raises:
            Taken: another run has claimed the record; nothing was sent.
            LedgerBroken: the ledger cannot be written. If the ping was already sent, its claim stays in the
                ledger.
        """
        claimed = sending.claimed(ping_url, self._clock())
        if not self._ledger.put(claimed):
            raise Taken
        return self._write(self._posted(claimed, form))

    def _posted(self, claimed: SentPing, form: Mapping[str, str]) -> SentPing:
        body, headers = encode(form)
        content_type = headers["Content-Type"]
        try:
            answer = self._fetcher.send(
                claimed.ping_url, body, content_type, headers, repeated_by=_REPEATED_BY
            )
        except FetchRefused as error:
            return claimed.ended(Stage.FAILED, str(error), self._clock())
        except FetchFailed as error:
            return claimed.postponed(str(error), self._clock())
        now = self._clock()
        told = {**answer.headers, "content-type": answer.content_type}
        read = read_response(answer.status, told, answer.body, now)
        if read.state is State.LATER:
            return claimed.postponed(read.words, now, read.retry_after)
        return claimed.ended(_STAGES[read.state], read.words, now)

    def _write(self, sending: SentPing) -> SentPing:
        """Record the outcome of a ping, even if another run has taken over its claim."""
        for _ in range(_TRIES):
            if self._ledger.put(sending):
                return sending
            there = self._ledger.find([sending.id]).get(sending.id)
            sending = replace(sending, version=there.version + 1 if there else 1)
        raise LedgerBroken("the ledger changes too fast to write what became of a ping; run one sender only")
