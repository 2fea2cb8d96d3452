"""Values of the pages Send and Sent: the author's send jobs, and the sent pings page by page."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import islice
from typing import Any
from urllib.parse import urlencode

from trackback.errors import BadQuery
from trackback.gateway import Fields, first
from trackback.model.posts import Sites
from trackback.model.send_job import SendJob, read_send_job
from trackback.model.sent_ping import DONE, NEEDS_ATTENTION, SentPing, Stage
from trackback.paths import SEND, SENT
from trackback.storage.dynamodb import raising_table_busy
from trackback.storage.send_jobs import SendJobs
from trackback.storage.sent_pings import SentPings
from trackback.urls import page_key

PAGE = 25
MOST_READ = 1_000
"""Maximum number of records read for one page."""

_MAX = 2_048
_PLACE = ("list", "post", "after")
_CURSOR = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z) (sent#[a-z2-7]{26})")
_NOWHERE = frozenset({Stage.NONE, Stage.DROPPED})


class Kind(StrEnum):
    """A filter of the sent pings."""

    PINGS = "pings"
    ARRIVED = "arrived"
    NOT_TAKEN = "not taken"
    WAITING = "waiting"
    NOWHERE = "no ping URL"


_STAGES = {
    Kind.PINGS: frozenset(Stage) - _NOWHERE,
    Kind.ARRIVED: DONE,
    Kind.NOT_TAKEN: NEEDS_ATTENTION,
    Kind.WAITING: frozenset({Stage.LATER, Stage.CLAIMED}),
    Kind.NOWHERE: _NOWHERE,
}


@dataclass(frozen=True, slots=True)
class Listed:
    """A page of sent pings. `next` is the cursor of the next page, `looked_at` the number of records read."""

    sendings: Sequence[SentPing]
    next: str
    looked_at: int


@raising_table_busy()
def send_values(jobs: SendJobs, form: Mapping[str, Any], problem: str = "") -> dict[str, Any]:
    """Return the newest send jobs, and the form for another one as it was filled in.

    Raises:
        TableBusy: The limit of read units is reached.
    """
    return {"form": form, "problem": problem, "jobs": jobs.newest()}


def sent_values(sent_pings: SentPings, query: Fields, now: datetime) -> dict[str, Any]:
    """Return a page of sent pings of one kind, and of one post if the query names one.

    Raises:
        BadQuery: The list, the post or the cursor is invalid.
        TableBusy: The limit of read units is reached.
    """
    place = {name: text for name in _PLACE if (text := first(query, name).strip()[:_MAX])}
    kind, post, after = _kind(place.get("list", "")), place.get("post", ""), place.get("after", "")
    found = list_sent(sent_pings, now, kind, post, after)
    return {
        "kind": kind,
        "lists": [(each, sent_address(place, list=each, after="")) for each in Kind],
        "post": post,
        "after": after,
        "sendings": found.sendings,
        "again": {each.id: again_address(each) for each in found.sendings},
        "looked_at": found.looked_at,
        "all": sent_address({"list": kind}),
        "first": sent_address(place, after=""),
        "next": sent_address(place, after=found.next) if found.next else "",
    }


@raising_table_busy()
def list_sent(sent_pings: SentPings, now: datetime, kind: Kind, post: str = "", after: str = "") -> Listed:
    """Return sent pings of one kind, newest first. `post` is a URL and limits them to one post.

    Raises:
        BadQuery: `post` is no web address, or `after` is no cursor of an earlier page.
        TableBusy: The limit of read units is reached.
    """
    key = _post_key(post) if post else ""
    found: list[SentPing] = []
    looked_at, last = 0, ""
    for stored in islice(sent_pings.every(_read_cursor(after)), MOST_READ):
        record = stored.resolved(now)
        if record.stage in _STAGES[kind] and key in {"", page_key(record.source)}:
            if len(found) == PAGE:
                return Listed(found, _cursor(found[-1]), looked_at)
            found.append(record)
        looked_at, last = looked_at + 1, _cursor(record)
    return Listed(found, last if looked_at == MOST_READ else "", looked_at)


def read_job(sites: Sites, fields: Fields, now: datetime) -> SendJob:
    """Return the send job of the Send page's form; a dry run unless the form says `send`.

    Raises:
        BadSettings: A value is invalid; the message says what to write instead.
    """
    url, ping_url = first(fields, "url"), first(fields, "ping_url")
    dry_run = first(fields, "do") != "send"
    return read_send_job(sites, url, ping_url, now, again="again" in fields, dry_run=dry_run)


def filled_form(fields: Fields) -> dict[str, Any]:
    """Return the Send page's form as a link's query or the author has filled it in."""
    texts = {name: first(fields, name)[:_MAX] for name in ("url", "ping_url")}
    return {**texts, "again": "again" in fields}


def sent_address(place: Mapping[str, str], **changes: str) -> str:
    """Return the address of a place in the list of sent pings."""
    wanted = {name: value for name, value in {**place, **changes}.items() if value}
    return f"{SENT}?{urlencode(wanted)}"


def again_address(sending: SentPing) -> str:
    """Return the address of the Send page, filled in to send a ping again."""
    to = {"ping_url": sending.ping_url} if sending.is_manual else {}
    return f"{SEND}?{urlencode({'url': sending.source, **to, 'again': '1'})}"


def _kind(text: str) -> Kind:
    try:
        return Kind(text or Kind.PINGS)
    except ValueError:
        raise BadQuery("There is no such list of pings.") from None


def _post_key(url: str) -> str:
    key = page_key(url)
    if not key:
        raise BadQuery("Name the post by its whole address, like https://blog.example/2026/hello/.")
    return key


def _cursor(sending: SentPing) -> str:
    return f"{sending.first_at} {sending.id}"


def _read_cursor(text: str) -> tuple[str, str] | None:
    match = _CURSOR.fullmatch(text)
    if text and not match:
        raise BadQuery("after must be what the page before says, unchanged.")
    return (match[1], match[2]) if match else None
