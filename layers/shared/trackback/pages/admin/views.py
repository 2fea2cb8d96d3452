"""Template values of the author's pages."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from trackback.errors import BadQuery, NoSuchPing
from trackback.model.ping import Ping
from trackback.model.posts import post_key
from trackback.model.settings import KEEP_DAYS, Settings
from trackback.model.verdict import Verdict
from trackback.notifications.webhook import secret
from trackback.pages.admin.actions import Choice
from trackback.pages.admin.chart import bar_list, column_chart
from trackback.pages.admin.session import Fields, field
from trackback.pages.public.ping_list import fresh_address
from trackback.pages.templates import minute
from trackback.paths import PING_PAGES, QUEUE
from trackback.receiving.spam.policy import CERTAIN
from trackback.storage.closed_posts import is_closed, load_closed
from trackback.storage.deliveries import Deliveries
from trackback.storage.moderation_queue import MOST_COUNTED, Queue, Tab
from trackback.storage.pings import PingStore
from trackback.storage.posts import post_titles
from trackback.storage.settings import load_rules, load_settings
from trackback.storage.signing_keys import Keys
from trackback.storage.statistics import COUNTED, load_overview
from trackback.storage.table import Table
from trackback.web.text.diff import Part, difference

MAX_SEARCH = 200

_PLACE = ("tab", "search", "post", "after")
_PING = re.compile("[a-z2-7]{26}")

Values = dict[str, Any]


def ping_address(ping_id: str) -> str:
    """Return the address of a ping's page, or the queue's if the id is malformed."""
    return PING_PAGES + ping_id if _PING.fullmatch(ping_id) else QUEUE


def back(fields: Fields) -> str:
    """Return the address of the page that a form was on: a ping's page or a place in the queue."""
    ping = field(fields, "back")
    return ping_address(ping) if ping else queue_address({name: field(fields, name) for name in _PLACE})


def queue_address(place: Mapping[str, str], **changes: str) -> str:
    """Return the address of a place in the queue."""
    wanted = {name: value for name, value in {**place, **changes}.items() if value}
    return f"{QUEUE}?{urlencode(wanted)}" if wanted else QUEUE


def find_ping(pings: PingStore, ping_id: str) -> Ping:
    """Return the ping with an id.

    Raises:
        NoSuchPing: The id is malformed, or there is no such ping.
    """
    if not _PING.fullmatch(ping_id):
        raise NoSuchPing("there is no such ping")
    return pings.get(ping_id)


class Views:
    """Reads the pages' values from the table."""

    def __init__(self, table: Table, webhook_keys: Keys) -> None:
        self._table = table
        self._pings = PingStore(table)
        self._queue = Queue(table)
        self._deliveries = Deliveries(table)
        self._webhook_keys = webhook_keys

    def queue(self, query: Mapping[str, str]) -> Values:
        """Return a page of a tab of the queue.

        Raises:
            BadQuery: The tab or the cursor is invalid.
        """
        place = {name: query[name].strip()[:MAX_SEARCH] for name in _PLACE if query.get(name, "").strip()}
        tab = _read_tab(place.get("tab", Tab.PENDING))
        search, post, after = (place.get(name, "") for name in ("search", "post", "after"))
        found = self._queue.page(tab, after, search, post)
        counts = self._queue.counts()
        return {
            "tab": tab,
            "tabs": [
                {"name": each, "count": _count(counts[each]), "address": queue_address({"tab": each})}
                for each in Tab
            ],
            "search": search,
            "post": post,
            "after": after,
            "place": place,
            "pings": found.pings,
            "choices": list(map(_choice, found.pings)),
            "ticks": [_tick(tab, ping) for ping in found.pings],
            "changes": {ping.id: revised(ping) for ping in found.pings},
            "titles": post_titles(self._table, {ping.post_key for ping in found.pings}),
            "looked_at": found.looked_at,
            "all": queue_address({"tab": tab}),
            "first": queue_address(place, after=""),
            "next": queue_address(place, after=found.next) if found.next else "",
        }

    def ping(self, ping_id: str, now: datetime) -> Values:
        """Return everything known about a ping.

        Raises:
            NoSuchPing: There is no ping with this id.
        """
        ping = find_ping(self._pings, ping_id)
        closed = load_closed(self._table)
        by_site = ping.post_key.partition("/")[0] in closed
        return {
            **self.one(ping),
            "choice": _choice(ping),
            "facts": facts(ping),
            "others": self._queue.same_host(ping),
            "closed": "site" if by_site else is_closed(closed, ping.post_key),
            "place": {"back": ping.id},
            "list": fresh_address(ping.post, now),
        }

    def one(self, ping: Ping) -> Values:
        """Return a ping, its post's title and its revision's changes."""
        title = post_titles(self._table, [ping.post_key]).get(ping.post_key, "")
        return {"ping": ping, "title": title, "changes": revised(ping)}

    def rules(self, form: Fields, problem: str = "") -> Values:
        """Return the rules, and the form for another one as it was filled in."""
        typed = {name: field(form, name) for name in ("effect", "kind", "value")}
        return {"rules": load_rules(self._table), "form": typed, "problem": problem}

    def overview(self, now: datetime) -> Values:
        """Return the statistics and their charts."""
        figures = load_overview(self._table, now)
        columns = [(_short(week), numbers) for week, numbers in figures.weeks]
        kinds = list(map(str, COUNTED))
        names = [(url, figures.titles.get(url) or post_key(url), number) for url, number in figures.posts]
        posts = [(_of_post(url), name, number) for url, name, number in names]
        sites = [(_of_site(host), host, number) for host, number in figures.sites]
        return {
            "kinds": kinds,
            "any": any(sum(numbers.values()) for _, numbers in figures.weeks),
            "weeks": figures.weeks,
            "wide": column_chart(columns, kinds, width=800, height=260),
            "narrow": column_chart(columns, kinds, width=360, height=220),
            "posts": {"rows": posts, "chart": bar_list(_bars(posts), "approved")},
            "sites": {"rows": sites, "chart": bar_list(_bars(sites), "approved")},
            "made_at": figures.made_at,
            "limits": figures.limits,
        }

    def settings(self, now: datetime, deployed_feed: str = "", **typed: Any) -> Values:
        """Return the settings. `typed` holds rejected input and the reasons."""
        settings = load_settings(self._table)
        return {
            "form": settings_form(settings, deployed_feed),
            "webhook": settings.webhook,
            "keep_days": KEEP_DAYS,
            "secret": secret(self._webhook_keys.load(now)),
            "closed": sorted(load_closed(self._table)),
            "deliveries": self._deliveries.newest(),
            "problem": "",
            "closing_problem": "",
            "entry": "",
            "akismet_problem": "",
            **typed,
        }


def settings_form(settings: Settings, deployed_feed: str = "") -> Values:
    """Return settings as fields of their form."""
    return {
        "notify": settings.notify,
        "webhook": settings.webhook,
        "events": settings.events,
        "approve_known": settings.approve_known,
        "keep_days": str(settings.keep_days),
        "feed": deployed_feed if settings.feed is None else settings.feed,
        "pings": str(settings.pings),
        "oldest": str(settings.oldest),
        "never": "\n".join(settings.never),
    }


def typed_settings(fields: Fields) -> Values:
    """Return the form's fields as the author typed them."""
    names = ("notify", "webhook", "approve_known", "keep_days", "feed", "pings", "oldest", "never")
    return {**{name: field(fields, name) for name in names}, "events": fields.get("events", [])}


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


def _read_tab(text: str) -> Tab:
    try:
        return Tab(text)
    except ValueError:
        raise BadQuery("There is no such list of pings.") from None


def _count(number: int) -> str:
    return f"{MOST_COUNTED:,}+" if number > MOST_COUNTED else f"{number:,}"


def _choice(ping: Ping) -> Choice:
    return Choice(ping.id, ping.status, ping.texts.hash, ping.revision_hash)


def _tick(tab: Tab, ping: Ping) -> Choice:
    """Return the value of a ping's checkbox. It includes the revision only in the pending tab."""
    return _choice(ping) if tab is Tab.PENDING else Choice(ping.id, ping.status, ping.texts.hash)


def _short(day: str) -> str:
    when = datetime.fromisoformat(day)
    return f"{when.day} {when:%b}"


def _bars(rows: Sequence[tuple[str, str, int]]) -> list[tuple[str, int]]:
    return [(name, number) for _, name, number in rows]


def _of_post(url: str) -> str:
    return queue_address({"tab": Tab.APPROVED, "post": post_key(url)})


def _of_site(host: str) -> str:
    return queue_address({"tab": Tab.APPROVED, "search": host})
