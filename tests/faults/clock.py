"""A clock that tests set, for the functions, for the queues, and for what waits."""

import sys
import time
from datetime import UTC, datetime, timedelta, tzinfo

import pytest
from moto.sqs import models

_FOLLOW = ("trackback.", "functions.", "tests.support.admin_client")


class Clock:
    """The time of the simulation; `offset` is how wrong the functions' clock is."""

    def __init__(self) -> None:
        self.now = datetime(2026, 12, 1, 8, tzinfo=UTC)
        self.offset = timedelta()

    def go_on(self, length: timedelta) -> None:
        """Let time pass."""
        self.now += length

    def seconds(self) -> float:
        """Return the time in Unix seconds."""
        return self.now.timestamp()

    def install(self, patch: pytest.MonkeyPatch) -> None:
        """Let the queues of the stand-in follow this clock, and nobody really sleep."""
        patch.setattr(models, "unix_time", self.seconds)
        patch.setattr(models, "unix_time_millis", lambda: self.seconds() * 1_000)
        patch.setattr(time, "sleep", lambda _: None)

    def show(self) -> None:
        """Let all modules of the service see this clock, also those that were loaded since."""
        shown = _seen_by_functions(self)
        for name, module in list(sys.modules.items()):
            known = vars(module).get("datetime") if name.startswith(_FOLLOW) else None
            if isinstance(known, type) and issubclass(known, datetime):
                vars(module)["datetime"] = shown


def _seen_by_functions(clock: Clock) -> type[datetime]:
    class Simulated(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
            return (clock.now + clock.offset).astimezone(tz)

    return Simulated
