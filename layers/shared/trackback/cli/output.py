"""Output of pings and findings: as text for a terminal, as JSON for programs."""

import re
import sys
from collections.abc import Iterable, Mapping
from dataclasses import asdict, astuple
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table as Grid
from rich.text import Text

from trackback.cli.doctor.finding import Finding, Severity
from trackback.model.ping import HistoryEntry, Ping, Status
from trackback.model.verdict import Verdict
from trackback.receiving.spam.policy import CERTAIN
from trackback.timestamps import to_second

COLOURS = {
    Status.RECEIVED: "cyan",
    Status.PENDING: "yellow",
    Status.APPROVED: "green",
    Status.REJECTED: "red",
    Status.SPAM: "magenta",
}
GRADES = {Severity.OK: "green", Severity.WARNING: "yellow", Severity.ERROR: "bold red"}
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")  # all except the line feed


def say(what: Grid | Text | str) -> None:
    """Print for a person. Markup in a string is printed as text."""
    Console(highlight=False, markup=False).print(what)


def remark(words: str) -> None:
    """Print for a person on stderr, so that stdout stays clean for a pipe."""
    print(words, file=sys.stderr)


def complain(reason: str) -> int:
    """Print a reason as one line on stderr, and return the exit status 1."""
    print(f"trackback: {' '.join(reason.split())}", file=sys.stderr)
    return 1


def as_json(ping: Ping) -> dict[str, Any]:
    """Return a ping's public fields as JSON values. Programs rely on their names."""
    always = {
        **{name: getattr(ping, name) for name in ("id", "post", "url")},
        **asdict(ping.texts),
        "received_at": ping.received_second,
        "status": ping.status,
        "charset": ping.charset or "utf-8",
        "verdict": ping.verdict.as_map() | {"looks": ping.verdict.looks} if ping.verdict else None,
    }
    where_any = {
        "marked_up": ping.has_markup,
        "revision": asdict(ping.revision) if ping.revision else None,
        "history": [_without_empty(entry._asdict()) for entry in ping.history],
        "gone": ping.link_missing._asdict() if ping.link_missing else None,
        "check_at": ping.check_at,
        "verified": ping.verified,
    }
    return always | _without_empty(where_any)


def _without_empty(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value}


def ping_grid(pings: Iterable[Ping]) -> Grid:
    """Return a table of pings."""
    grid = Grid("received", "ping", box=SIMPLE_HEAD, pad_edge=False)
    grid.columns[0].no_wrap = True
    grid.columns[1].overflow = "fold"
    for ping in pings:
        standing = Text.assemble(
            ping.received_at[:16].replace("T", " "), "\n", (ping.status, COLOURS[ping.status])
        )
        standing.append(f"\n{_looked(ping)}\n")
        post = ping.post.partition("://")[2]
        said = Text.assemble(
            (printable(ping.texts.title), "bold"), printable(f"\n{ping.texts.blog_name} → {post}")
        )
        said.append("".join(f"\n{line}" for line in _remarks(ping)), style="italic")
        said.append(f"\n{ping.id}\n", style="dim")
        grid.add_row(standing, said)
    return grid


def _looked(ping: Ping) -> str:
    if not ping.verdict:
        return ""
    return "not looked at" if ping.verdict.is_from_ping_alone else f"link {ping.verdict.link}"


def _remarks(ping: Ping) -> Iterable[str]:
    """Yield remarks about a ping: the reasons of its verdict, its revision, and a missing link."""
    if ping.verdict and (reasons := _reasons(ping.verdict)):
        yield printable(reasons)
    if ping.revision:
        yield printable(f"Sent again with other words (revision {ping.revision_hash}):")
        yield printable(" — ".join(filter(None, astuple(ping.revision))))
    if ping.link_missing:
        yield f"Its link has not been found since {ping.link_missing.since[:10]}."


def _reasons(verdict: Verdict) -> str:
    why = [f"{verdict.why[0].upper()}{verdict.why[1:]}."] if verdict.why else []
    return " ".join([f"{verdict.looks.capitalize()}.", *why, *verdict.reason_texts])


def facts_grid(facts: Mapping[str, Any]) -> Grid:
    """Return a table of names and values. A value may be a list of lines."""
    grid = Grid(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    for name, value in facts.items():
        lines = value if isinstance(value, list) else ["none yet" if value is None else value]
        text = Text("\n".join(printable(str(line)) for line in lines) or "none", overflow="fold")
        grid.add_row(Text(name.replace("_", " "), style="bold"), text)
    return grid


def _finding_grid(finding: Finding) -> Grid:
    """Return a finding as a row with fixed column widths, because each finding prints when it is known."""
    grid = Grid(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    for width in (len(Severity.OK), len("fallback")):
        grid.add_column(width=width, no_wrap=True)
    grid.add_column(overflow="fold")
    severity = Text(finding.severity, style=GRADES[finding.severity])
    grid.add_row(severity, Text(finding.check, style="bold"), printable(finding.words))
    return grid


def say_finding(finding: Finding) -> None:
    """Print a finding. Its advice stays on one line, so that the markup in it can be copied."""
    say(_finding_grid(finding))
    if finding.advice:
        advice = Text(f"{' ' * 17}→ {printable(finding.advice)}", style="italic")
        Console(highlight=False, markup=False).print(advice, soft_wrap=True)


def every_fact(ping: Ping) -> dict[str, Any]:
    """Return everything known about a ping, for `facts_grid`."""
    known = as_json(ping)
    verdict = known["verdict"] and [f"{name}: {value}" for name, value in _plain_items(known["verdict"])]
    facts = {**known, "verdict": verdict}
    if ping.revision:
        facts["revision"] = [f"{name}: {value}" for name, value in _plain_items(asdict(ping.revision))]
    if ping.link_missing:
        facts["gone"] = f"{ping.link_missing.times} times since {to_second(ping.link_missing.since)}"
    return facts | {"history": _history(ping)}


def _plain_items(values: Mapping[str, Any]) -> Iterable[tuple[str, Any]]:
    for name, value in values.items():
        yield name.replace("_", " "), " ".join(map(str, value)) if isinstance(value, list) else value


def explanation(ping: Ping) -> dict[str, Any]:
    """Return a ping's verdict and its reasons, the most useful facts first."""
    verdict = ping.verdict
    facts: dict[str, Any] = {
        "title": ping.texts.title,
        "from": [ping.texts.blog_name, ping.url],
        "to": ping.post,
        "status": ping.status,
        "link": _link(ping),
    }
    if verdict and verdict.sentence:
        facts["sentence"] = f"“{verdict.sentence}”"
    if verdict:
        facts["looks"] = verdict.looks.removeprefix("looks ")
        facts["reasons"] = verdict.reason_texts
        facts["score"] = f"{verdict.score} ({CERTAIN} is certain spam)"
    if ping.revision:
        facts["sent again"] = [f"revision {ping.revision_hash}", *astuple(ping.revision)]
    facts["history"] = _history(ping)
    facts["next look"] = to_second(ping.check_at) if ping.check_at else "none"
    return facts


def _link(ping: Ping) -> list[str]:
    """Return the lines about a ping's source check."""
    verdict = ping.verdict
    if not verdict:
        return ["not looked at yet"]
    if verdict.is_from_ping_alone:
        return ["not looked at, for the ping alone says enough"]
    lines = [verdict.link + (f": {verdict.why}" if verdict.why else "")]
    if verdict.url not in {"", ping.url}:
        lines.append(f"seen at {verdict.url}")
    if verdict.same_as:
        lines.append(f"the same page as {verdict.same_as}")
    since = f", not found since {to_second(ping.link_missing.since)}" if ping.link_missing else ""
    return [*lines, f"looked at {to_second(verdict.checked_at)}{since}"]


def _history(ping: Ping) -> list[str]:
    return [f"{ping.received_second}  received", *map(_change, ping.history)]


def _change(entry: HistoryEntry) -> str:
    why = f": {entry.why}" if entry.why else ""
    return f"{to_second(entry.at)}  {entry.what} by {entry.by}{why}"


def printable(text: str) -> str:
    """Return a text without control characters, which could steer a terminal."""
    return _CONTROL.sub("\ufffd", text)
