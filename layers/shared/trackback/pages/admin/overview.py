"""Values of the page Overview: statistics and their charts."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from trackback.model.posts import post_key
from trackback.pages.admin.addresses import queue_address
from trackback.pages.admin.chart import bar_list, column_chart
from trackback.storage.moderation_queue import Tab
from trackback.storage.statistics import COUNTED, load_overview
from trackback.storage.table import Table


def overview_values(table: Table, now: datetime) -> dict[str, Any]:
    """Return the statistics and their charts."""
    figures = load_overview(table, now)
    columns = [(_short(week), numbers) for week, numbers in figures.weeks]
    kinds = list(map(str, COUNTED))
    posts = [
        (_approved(post=post_key(url)), figures.titles.get(url) or post_key(url), number)
        for url, number in figures.posts
    ]
    sites = [(_approved(search=host), host, number) for host, number in figures.sites]
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


def _short(day: str) -> str:
    when = datetime.fromisoformat(day)
    return f"{when.day} {when:%b}"


def _bars(rows: Sequence[tuple[str, str, int]]) -> list[tuple[str, int]]:
    return [(name, number) for _, name, number in rows]


def _approved(**place: str) -> str:
    return queue_address({"tab": Tab.APPROVED}, **place)
