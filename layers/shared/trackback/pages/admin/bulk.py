"""The form and the page of a decision about all pending pings of a search, as a run of many requests."""

from datetime import datetime
from typing import Any

from trackback.errors import BadQuery
from trackback.gateway import Fields, first
from trackback.model.ping import UNWANTED, Status
from trackback.pages.admin.addresses import queue_address
from trackback.pages.admin.services import Services
from trackback.receiving.bulk import MOST_COUNTED, Bulk, BulkRun
from trackback.timestamps import stamp

PAUSE, LONG_PAUSE = 2, 10
"""Seconds until the page goes on by itself; the longer pause is for a table that is busy."""

_NUMBERS = ("done", "skipped", "read", "total")
_TEXTS = ("search", "post", "after")
_MOST = 10_000


def bulk_values(services: Services, fields: Fields, now: datetime) -> dict[str, Any]:
    """Carry out the next step that a form asks for, and return what the page shows of the run.

    Raises:
        BadQuery: The form is none of ours.
    """
    bulk, run = Bulk(services.queue, services.pings, services.moderation), read_run(fields, now)
    if "started" not in fields:
        run = bulk.counted(run)
    is_stopped = "stop" in fields
    run = run if is_stopped else bulk.step(run, now)
    return {
        "run": run,
        "is_stopped": is_stopped and not run.is_over,
        "state": write_run(run),
        "pause": LONG_PAUSE if run.is_busy else PAUSE,
        "total": f"more than {MOST_COUNTED:,}" if run.total > MOST_COUNTED else f"{run.total:,}",
        "back": queue_address(_place(run)),
    }


def read_run(fields: Fields, now: datetime) -> BulkRun:
    """Return the run that a form's fields describe, or one that begins.

    Raises:
        BadQuery: They describe none.
    """
    try:
        status = Status(first(fields, "becomes"))
        numbers = {name: int(first(fields, name) or "0") for name in _NUMBERS}
        started = datetime.fromisoformat(first(fields, "started") or stamp(now))
        moment = stamp(min(started, now))
    except (TypeError, ValueError, OverflowError):
        raise BadQuery("The form does not say what to do.") from None
    texts = {name: first(fields, name)[:_MOST] for name in _TEXTS}
    if status not in UNWANTED or min(numbers.values()) < 0:
        raise BadQuery("The form does not say what to do.")
    flags = {"undoes": "undoes" in fields, "unlinked": first(fields, "show") == "unlinked"}
    return BulkRun(status, moment, **flags, **texts, **numbers)  # type: ignore[arg-type]


def write_run(run: BulkRun) -> dict[str, str]:
    """Return the fields from which `read_run` returns the run."""
    numbers = {name: str(getattr(run, name)) for name in _NUMBERS}
    flags = ({"show": "unlinked"} if run.unlinked else {}) | ({"undoes": "1"} if run.undoes else {})
    texts = {name: text for name in _TEXTS if (text := getattr(run, name))}
    return {"becomes": str(run.status), "started": run.started, **flags, **texts, **numbers}


def _place(run: BulkRun) -> dict[str, str]:
    show = "unlinked" if run.unlinked else ""
    return {"show": show, "search": run.search, "post": run.post}
