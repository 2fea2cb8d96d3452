"""The author's blog, another blog, and senders with a clock that is set by hand."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from trackback.model.sending_limits import SendingLimits
from trackback.model.sent_ping import Ledger
from trackback.sending.sender import Report, Sender
from trackback.storage.sent_pings_file import SentPingsFile
from trackback.web.http.client import Fetcher

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    """A clock that stands still."""
    return Clock()


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    """An empty ledger."""
    return SentPingsFile(tmp_path / "sent.json")


Make = Callable[..., Sender]


@pytest.fixture
def sender(ledger: Ledger, clock: Clock) -> Make:
    """Make senders, each for a run of its own."""

    def make(**options: Any) -> Sender:
        limits = SendingLimits(**{"pause": timedelta(), **options.pop("limits", {})})
        fetcher = options.pop("fetcher", None) or Fetcher(loopback=True, seconds=30)
        return Sender(fetcher, options.pop("ledger", ledger), limits=limits, clock=clock, **options)

    return make


def outcome(report: Report) -> list[tuple[str, str]]:
    """Return the last part of each target's address and what became of it."""
    return [(step.record.target.rpartition("/")[2], str(step.record.stage)) for step in report.steps]
