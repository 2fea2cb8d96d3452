"""What a run works with."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from trackback.model.sending_limits import SendingLimits
from trackback.model.sent_ping import Ledger
from trackback.sending.throttle import HostThrottle
from trackback.web.http.client import Fetcher


@dataclass(frozen=True, slots=True)
class RunContext:
    """Dependencies, limits and deadline of a run."""

    fetcher: Fetcher
    ledger: Ledger
    clock: Callable[[], datetime]
    limits: SendingLimits
    own: frozenset[str]
    throttle: HostThrottle
    time_is_up: Callable[[], bool]
