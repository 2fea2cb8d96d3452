"""How pings look on a terminal, and as JSON for programs."""

import sys
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table as Grid
from rich.text import Text

from trackback.clock import to_second
from trackback.ping import Ping, Status

COLOURS = {
    Status.RECEIVED: "cyan",
    Status.PENDING: "yellow",
    Status.APPROVED: "green",
    Status.REJECTED: "red",
    Status.SPAM: "magenta",
}
_TOLD = ("id", "post", "url", "title", "excerpt", "blog_name", "status", "received_at", "charset", "verdict")


def say(what: Grid | Text | str) -> None:
    """Print for a person; markup in a string is text."""
    Console(highlight=False, markup=False).print(what)


def complain(reason: str) -> int:
    """Print a reason in one line on stderr; return the exit status that goes with it."""
    print(f"trackback: {' '.join(reason.split())}", file=sys.stderr)  # noqa: T201 - for a person
    return 1


def as_json(ping: Ping) -> dict[str, Any]:
    """Return what programs get to know of a ping."""
    every = {name: value for name, value in asdict(ping).items() if name in _TOLD or value}
    verdict = every["verdict"] and {**every["verdict"], "reasons": list(every["verdict"].get("reasons", []))}
    told = {"received_at": ping.received_second, "charset": ping.charset or "utf-8", "verdict": verdict}
    return {name: value for name, value in (every | told).items() if name not in {"sender", "looks"}}


def ping_grid(pings: Iterable[Ping]) -> Grid:
    """Return a list of pings."""
    grid = Grid("status", "received", "ping", box=SIMPLE_HEAD, pad_edge=False)
    grid.columns[1].no_wrap = True
    for ping in pings:
        post = ping.post.partition("://")[2]
        said = Text.assemble((ping.title, "bold"), f"\n{ping.blog_name} → {post}")
        for line in _remarks(ping):
            said.append(f"\n{line}", style="italic")
        said.append(f"\n{ping.id}\n", style="dim")
        status = Text(ping.status, style=COLOURS[ping.status])
        grid.add_row(status, ping.received_at[:16].replace("T", " "), said)
    return grid


def _remarks(ping: Ping) -> Iterable[str]:
    if ping.verdict:
        yield "; ".join([f"link {ping.verdict['link']}", *ping.verdict.get("reasons", [])])
    if ping.revision:
        yield f"sent again with other words: {ping.revision['title']}"
    if ping.gone:
        yield f"its link has not been found since {ping.gone['since'][:10]}"


def facts_grid(facts: Mapping[str, Any]) -> Grid:
    """Return names and values below each other; a value may be a list."""
    grid = Grid(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    for name, value in facts.items():
        lines = value if isinstance(value, list) else ["none yet" if value is None else value]
        text = Text("\n".join(map(str, lines)) or "none", overflow="fold")
        grid.add_row(Text(name.replace("_", " "), style="bold"), text)
    return grid


def explanation(ping: Ping) -> dict[str, Any]:
    """Return what is known of a ping and why, in the order in which an author asks."""
    verdict = ping.verdict or {}
    return {
        "title": ping.title,
        "from": f"{ping.blog_name}, {ping.url}",
        "to": ping.post,
        "status": ping.status,
        "link": _link(verdict),
        "sentence": verdict.get("sentence", ""),
        "score": verdict.get("score", 0),
        "reasons": list(verdict.get("reasons", [])),
        "history": [_change(entry) for entry in ping.history],
        "next look": to_second(ping.check_at) if ping.check_at else "none",
    }


def _link(verdict: Mapping[str, Any]) -> str:
    if not verdict:
        return "not looked at yet"
    parts = [verdict["link"], verdict.get("why", ""), f"at {to_second(verdict['checked_at'])}"]
    if verdict.get("http_status"):
        where = f" from {verdict['url']}" if verdict.get("url") else ""
        parts.insert(1, f"HTTP {verdict['http_status']}{where}")
    return ", ".join(filter(None, parts))


def _change(entry: Mapping[str, str]) -> str:
    why = f": {entry['why']}" if entry.get("why") else ""
    return f"{to_second(entry['at'])}  {entry['what']} by {entry['by']}{why}"
