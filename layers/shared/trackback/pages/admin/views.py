"""Values of the pages about pings: the queue, and a ping's own page."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from operator import attrgetter
from typing import Any, NamedTuple

from trackback.errors import BadQuery, NoSuchPing
from trackback.gateway import Fields, first
from trackback.model.ping import Ping
from trackback.model.texts import shorten
from trackback.model.verdict import Verdict
from trackback.pages.admin.addresses import PLACE, is_ping_id, queue_address
from trackback.pages.admin.choices import Choice
from trackback.pages.admin.services import Services
from trackback.pages.public.ping_list import fresh_address
from trackback.pages.templates import minute
from trackback.receiving.spam.policy import CERTAIN
from trackback.storage.closed_posts import is_closed, load_closed
from trackback.storage.moderation_queue import MOST_COUNTED, Queue, Tab
from trackback.storage.pings import PingStore
from trackback.storage.posts import post_titles
from trackback.storage.table import Table
from trackback.urls import host_of
from trackback.web.accounts import account_of
from trackback.web.text.diff import Part, difference

MAX_SEARCH = 200
MAX_CURSOR = 10_000
"""A cursor may hold the id of any record, which DynamoDB limits to 2,048 bytes."""

UNLINKED = "unlinked"
"""The value of `show` that leaves pings without a found link."""
LEAST_IN_GROUP, MOST_GROUPS = 3, 4


class Group(NamedTuple):
    """Pings of a page that belong together: how many, what they share, and the search that finds them all."""

    size: int
    label: str
    search: str

    @property
    def address(self) -> str:
        """The address of the search."""
        return queue_address({"show": UNLINKED, "search": self.search})


Values = dict[str, Any]


def find_ping(pings: PingStore, ping_id: str) -> Ping:
    """Return the ping with an id.

    Raises:
        NoSuchPing: The id is malformed, or there is no such ping.
    """
    if not is_ping_id(ping_id):
        raise NoSuchPing("there is no such ping")
    return pings.get(ping_id)


def queue_values(table: Table, queue: Queue, query: Fields) -> Values:
    """Return a page of a tab of the queue.

    Raises:
        BadQuery: The tab or the cursor is invalid.
    """
    place = {name: text for name in PLACE if (text := first(query, name).strip()[: _most(name)])}
    tab = _read_tab(place.get("tab", Tab.PENDING))
    search, post, after = (place.get(name, "") for name in ("search", "post", "after"))
    unlinked = tab is Tab.PENDING and place.get("show") == UNLINKED
    found = queue.page(tab, after, search, post, unlinked=unlinked)
    counts = queue.counts()
    return {
        "tab": tab,
        "tabs": [
            {"tab": each, "count": _count(counts.get(each)), "address": queue_address({"tab": each})}
            for each in Tab
        ],
        "search": search,
        "post": post,
        "after": after,
        "place": place,
        "unlinked": unlinked,
        "to_unlinked": queue_address({"show": UNLINKED}),
        "groups": groups(found.pings) if tab is Tab.PENDING and not search and not post else [],
        "pings": found.pings,
        "choices": list(map(_choice, found.pings)),
        "ticks": [_tick(tab, ping) for ping in found.pings],
        "changes": {ping.id: revised(ping) for ping in found.pings},
        "titles": post_titles(table, {ping.post_key for ping in found.pings}),
        "looked_at": found.looked_at,
        "all": queue_address({"tab": tab}),
        "first": queue_address(place, after=""),
        "next": queue_address(place, after=found.next) if found.next else "",
    }


def groups(pings: Sequence[Ping]) -> list[Group]:
    """Return which pending pings of a page without a found link belong together, the largest group first."""
    held = [ping for ping in pings if not ping.verified]
    sites = Counter(host_of(ping.url) for ping in held)
    titles = Counter(ping.texts.title for ping in held)
    found = [Group(size, f"from {site}", site) for site, size in sites.items()]
    found += [
        Group(size, f"titled “{shorten(title, 60)}”", title[:MAX_SEARCH]) for title, size in titles.items()
    ]
    large = [group for group in found if group.size >= LEAST_IN_GROUP]
    return sorted(large, key=attrgetter("size"), reverse=True)[:MOST_GROUPS]


def ping_values(services: Services, ping_id: str, now: datetime) -> Values:
    """Return everything known about a ping.

    Raises:
        NoSuchPing: There is no ping with this id.
    """
    ping = find_ping(services.pings, ping_id)
    closed = load_closed(services.table)
    by_site = ping.post_key.partition("/")[0] in closed
    return {
        **one_ping(services.table, ping),
        "choice": _choice(ping),
        "facts": facts(ping),
        "others": services.queue.same_host(ping),
        "site": account_of(ping.url) or host_of(ping.url),
        "closed": "site" if by_site else is_closed(closed, ping.post_key),
        "place": {"back": ping.id},
        "list": fresh_address(ping.post, now),
    }


def one_ping(table: Table, ping: Ping) -> Values:
    """Return a ping, its post's title and its revision's changes."""
    title = post_titles(table, [ping.post_key]).get(ping.post_key, "")
    return {"ping": ping, "title": title, "changes": revised(ping)}


def revised(ping: Ping) -> list[tuple[str, list[Part]]]:
    """Return the text differences of a revision, by field."""
    later = asdict(ping.latest_texts)
    return [
        (name, difference(text, later[name]))
        for name, text in asdict(ping.texts).items()
        if later[name] != text
    ]


def facts(ping: Ping) -> list[tuple[str, str]]:
    """Return further facts about a ping and its source, the most useful first."""
    known = {
        **(_source_facts(ping.verdict) if ping.verdict else {}),
        "next look": minute(ping.check_at) if ping.check_at else "",
        "characters": ping.charset,
        "id": ping.id,
    }
    return [(name, value) for name, value in known.items() if value]


def _source_facts(verdict: Verdict) -> dict[str, str]:
    return {
        "looked at": minute(verdict.checked_at),
        "its server said": str(verdict.http_status or ""),
        "the link's words": verdict.text,
        "the link's rel": " ".join(verdict.rel),
        "the page's title": verdict.title,
        "its language": verdict.language,
        "links on the page": str(verdict.links or ""),
        "against it": f"{verdict.score} points; {CERTAIN} are certain spam",
    }


def _most(name: str) -> int:
    return MAX_CURSOR if name == "after" else MAX_SEARCH


def _read_tab(text: str) -> Tab:
    try:
        return Tab(text)
    except ValueError:
        raise BadQuery("There is no such list of pings.") from None


def _count(number: int | None) -> str:
    if number is None:
        return ""
    return f"{MOST_COUNTED:,}+" if number > MOST_COUNTED else f"{number:,}"


def _choice(ping: Ping) -> Choice:
    return Choice(ping.id, ping.status, ping.texts.hash, ping.revision_hash)


def _tick(tab: Tab, ping: Ping) -> Choice:
    """Return the value of a ping's checkbox. It includes the revision only in the pending tab."""
    return _choice(ping) if tab is Tab.PENDING else Choice(ping.id, ping.status, ping.texts.hash)
