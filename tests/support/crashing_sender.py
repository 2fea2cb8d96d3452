"""A sender that is killed before or after its nth write: `python -m tests.support.crashing_sender …`."""

import os
import signal
import sys
from datetime import timedelta
from itertools import count
from pathlib import Path

from trackback.model.sending_limits import SendingLimits
from trackback.model.sent_ping import SentPing
from trackback.sending.sender import Sender
from trackback.storage.sent_pings_file import SentPingsFile
from trackback.web.http.client import Fetcher


class DyingLedger(SentPingsFile):
    """A ledger in a file. It kills its process at one write."""

    def __init__(self, path: Path, write: int, moment: str) -> None:
        """`write` counts from 1; `moment` is `before` or `after` that write."""
        super().__init__(path)
        self._numbers = count(1)
        self._at = (write, moment)

    def put(self, sending: SentPing) -> bool:
        """Write, or die."""
        number = next(self._numbers)
        self._live((number, "before"))
        done = super().put(sending)
        self._live((number, "after"))
        return done

    def forget(self, sending: SentPing) -> None:
        """Write, or die."""
        number = next(self._numbers)
        self._live((number, "before"))
        super().forget(sending)
        self._live((number, "after"))

    def _live(self, at: tuple[int, str]) -> None:
        if at == self._at:
            os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    path, url, write, moment = sys.argv[1:]
    ledger = DyingLedger(Path(path), int(write), moment)
    Sender(Fetcher(loopback=True), ledger, limits=SendingLimits(pause=timedelta())).send(url)
