"""Figures for the author: pings by week and status, the posts with most pings, the sites that link most.

They come from bounded reads and are cached for 15 minutes, so that reloading the page costs one read. Pings
that wait for their first check are in no index, and not counted.
"""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import chain, islice
from typing import Any

from trackback.model.ping import Ping, Status
from trackback.model.posts import post_key
from trackback.storage.dynamodb import raising_table_busy
from trackback.storage.items import status_values
from trackback.storage.keys import BY_STATUS, OVERVIEW
from trackback.storage.pings import PingStore
from trackback.storage.posts import post_titles
from trackback.storage.table import Table
from trackback.timestamps import stamp
from trackback.urls import host_of

WEEKS = 26
MOST_OF_A_STATUS = 2_000
MOST_APPROVED = 500
"""How many of the newest pings count: of each status for the weeks, approved ones for posts and sites."""

TOP = 10
FRESH = timedelta(minutes=15)
COUNTED = (Status.APPROVED, Status.PENDING, Status.REJECTED, Status.SPAM)


@dataclass(frozen=True, slots=True)
class Overview:
    """The figures of the overview page.

    Attributes:
        made_at: When they were counted.
        weeks: Monday of each ISO week (UTC) as a date, oldest first, with a number for each of `COUNTED`.
        posts: URLs of the posts with most approved pings, with their counts.
        titles: Titles of these posts by URL, where known.
        sites: Hosts with most approved pings, without "www.", with their counts.
        limits: Pings that are not counted, as sentences for the author.
    """

    made_at: str
    weeks: list[tuple[str, dict[str, int]]]
    posts: list[tuple[str, int]]
    titles: dict[str, str]
    sites: list[tuple[str, int]]
    limits: list[str]


@raising_table_busy()
def load_overview(table: Table, now: datetime, fresh: timedelta = FRESH) -> Overview:
    """Return the figures, recounted if they are older than `fresh`.

    Raises:
        TableBusy: the table's read ceiling is reached.
    """
    kept = table.get(OVERVIEW).get("overview")
    known = _from_json(kept) if kept else None
    if known and known.made_at > stamp(now - fresh):
        return known
    made = _make(table, now)
    table.write(OVERVIEW, "overview", json.dumps(asdict(made)))
    return made


def _from_json(text: str) -> Overview:
    known: dict[str, Any] = json.loads(text)
    pairs = {name: [(label, value) for label, value in known[name]] for name in ("weeks", "posts", "sites")}
    return Overview(**{**known, **pairs})


def _make(table: Table, now: datetime) -> Overview:
    received = {str(status): _newest(table, status) for status in COUNTED}
    approved = list(islice(PingStore(table).pings(Status.APPROVED), MOST_APPROVED))
    posts = count_posts(approved)
    return Overview(
        made_at=stamp(now),
        weeks=count_weeks(received, now),
        posts=posts,
        titles=_titles(table, [url for url, _ in posts]),
        sites=count_sites(approved),
        limits=limits(received, now),
    )


def _newest(table: Table, status: Status) -> list[str]:
    """Return when the newest pings of a status were received; one more than the limit shows an excess."""
    limit = MOST_OF_A_STATUS + 1
    lists = (table.query(BY_STATUS, value, newest_first=True, limit=limit) for value in status_values(status))
    times = [entry["received_at"] for pages in lists for entry in islice(chain.from_iterable(pages), limit)]
    return sorted(times, reverse=True)[:limit]


def _titles(table: Table, urls: Sequence[str]) -> dict[str, str]:
    """Return the stored titles of posts by URL; a missing title is harmless."""
    titles = post_titles(table, [post_key(url) for url in urls])
    return {url: title for url in urls if (title := titles.get(post_key(url), ""))}


def count_weeks(received: Mapping[str, Sequence[str]], now: datetime) -> list[tuple[str, dict[str, int]]]:
    """Count the pings of each status in each of the last weeks, from the times they were received."""
    counts = {
        status: Counter(_monday(date.fromisoformat(time[:10])) for time in times[:MOST_OF_A_STATUS])
        for status, times in received.items()
    }
    return [(week, {status: counts[status][week] for status in received}) for week in _weeks(now)]


def _weeks(now: datetime) -> list[str]:
    today = now.astimezone(UTC).date()
    return [_monday(today - timedelta(weeks=ago)) for ago in reversed(range(WEEKS))]


def _monday(day: date) -> str:
    return (day - timedelta(days=day.weekday())).isoformat()


def count_posts(approved: Sequence[Ping]) -> list[tuple[str, int]]:
    """Return the URLs of the posts with most pings, each as in its newest ping, with their counts."""
    urls = {ping.post_key: ping.post for ping in reversed(approved)}
    most = Counter(ping.post_key for ping in approved).most_common(TOP)
    return [(urls[key], number) for key, number in most]


def count_sites(approved: Sequence[Ping]) -> list[tuple[str, int]]:
    """Return the hosts with most pings, with their counts."""
    return Counter(host_of(ping.url).removeprefix("www.") for ping in approved).most_common(TOP)


def limits(received: Mapping[str, Sequence[str]], now: datetime) -> list[str]:
    """Return what was not counted, as sentences for the author."""
    oldest_week = _weeks(now)[0]
    capped = {
        status: times[MOST_OF_A_STATUS][:10]
        for status, times in received.items()
        if len(times) > MOST_OF_A_STATUS and times[MOST_OF_A_STATUS] >= oldest_week
    }
    words = [
        f"The newest {MOST_OF_A_STATUS:,} {status} pings are counted; those up to {day} are missing."
        for status, day in capped.items()
    ]
    if len(received[Status.APPROVED]) > MOST_APPROVED:
        words.append(f"Posts and sites are counted from the newest {MOST_APPROVED} approved pings.")
    return words
