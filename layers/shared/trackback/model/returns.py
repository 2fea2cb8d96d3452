"""When a ping that was turned down comes back, and which texts never do.

What is turned down are these words from this page, not the page: anyone can ping in its name. Other texts are
looked at, once in `RETURN_PAUSE`, and come back to the author if the page links to the post. Texts that were
turned down leave a trace, so that they do not come twice.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from trackback.model.ping import Due, Ping
from trackback.model.texts import Texts
from trackback.timestamps import stamp

RETURN_PAUSE = timedelta(days=1)
"""Pause between two looks at new texts of a ping that was turned down."""

_KEEP_WAITING = timedelta(days=3)
"""How long a ping is kept after its next look is due, at least."""
_MOST_TRACES = 16


def remembered(traces: tuple[str, ...], texts: Texts | None) -> tuple[str, ...]:
    """Return traces with that of some texts as the newest, and without the oldest that are too many."""
    if not texts:
        return traces
    others = [trace for trace in traces if trace != texts.trace]
    return tuple([*others, texts.trace][-_MOST_TRACES:])


def waiting_to_return(ping: Ping, now: str) -> Ping:
    """Return a ping that was turned down, whose revision is looked at now or after the pause."""
    at = after_pause(ping.returned_at, RETURN_PAUSE)
    if at <= now:
        return _kept_beyond(replace(ping, due=None, check_at="", needs_check=True), now)
    return _kept_beyond(replace(ping, due=Due.CHECK, check_at=at, needs_check=False), at)


def waiting_until(ping: Ping, due: Due, at: str) -> Ping:
    """Return a ping that was turned down, whose revision is looked at again at a time."""
    return _kept_beyond(replace(ping, due=due, check_at=at, needs_check=False), at)


def _kept_beyond(ping: Ping, at: str) -> Ping:
    until = int((datetime.fromisoformat(at) + _KEEP_WAITING).timestamp())
    return replace(ping, expires_at=max(ping.expires_at, until))


def after_pause(at: str, pause: timedelta) -> str:
    """Return when a pause ends that began at a time; empty if there was none."""
    return stamp(datetime.fromisoformat(at) + pause) if at else ""
