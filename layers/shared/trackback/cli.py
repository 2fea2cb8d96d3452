"""The author's command line: what has come in, and what to do with it.

It works on the table directly, with the author's own AWS credentials.
"""

import argparse
import json
import os
import sys
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from io import TextIOWrapper
from itertools import chain
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError, NoRegionError
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table as Grid
from rich.text import Text

from trackback.errors import TrackbackError
from trackback.ping import Ping, Status
from trackback.site import post_key
from trackback.table import Table

DECISIONS = {
    "approve": (Status.APPROVED, "show a ping below its post"),
    "reject": (Status.REJECTED, "keep a ping from readers"),
    "spam": (Status.SPAM, "keep a ping from readers, as spam"),
}
_COLOURS = {
    Status.RECEIVED: "cyan",
    Status.PENDING: "yellow",
    Status.APPROVED: "green",
    Status.REJECTED: "red",
    Status.SPAM: "magenta",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return 0 when done, 1 when not (the reason is on stderr), 2 for wrong usage."""
    asked = _parser().parse_args(arguments)
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a title may hold what the terminal's charset lacks
    _use_stand_in()
    try:
        done: bool = asked.run(Table(asked.table), asked)
    except NoRegionError:
        return _complain("no region is set: aws configure, or AWS_ENDPOINT_URL for a service on this machine")
    except (TrackbackError, BotoCoreError, ClientError) as error:
        return _complain(str(error))
    return 0 if done else 1


def _list(table: Table, asked: argparse.Namespace) -> bool:
    wanted = post_key(asked.post) if asked.post else None
    found = (ping for ping in table.pings(asked.status) if wanted in {None, ping.post_key})
    if asked.json:
        for ping in found:
            print(json.dumps(_as_json(ping)))  # noqa: T201 - what a command line is for
        return True
    first = next(found, None)
    _console().print(_grid(list(chain([first], found))) if first else "No pings here.")
    return True


def _show(table: Table, asked: argparse.Namespace) -> bool:
    ping = table.get(asked.id)
    if asked.json:
        print(json.dumps(_as_json(ping)))  # noqa: T201 - what a command line is for
        return True
    grid = Grid(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    for name, value in _as_json(ping).items():
        grid.add_row(Text(name.replace("_", " "), style="bold"), Text(_words(value), overflow="fold"))
    _console().print(grid)
    return True


def _decide(table: Table, asked: argparse.Namespace) -> bool:
    status, _ = DECISIONS[asked.command]
    done = True
    for ping_id in asked.ids:
        try:
            before = table.decide(ping_id, status, datetime.now(UTC))
        except TrackbackError as error:
            done = False
            _complain(f"{ping_id}: {error}")
            continue
        was = f"was {before.status} already" if before.status is status else f"{before.status} → {status}"
        _console().print(Text.assemble(ping_id, "  ", (was, _COLOURS[status]), "  ", before.title))
    return done


def _grid(pings: list[Ping]) -> Grid:
    grid = Grid("status", "received", "ping", box=SIMPLE_HEAD, pad_edge=False, show_lines=False)
    grid.columns[1].no_wrap = True
    for ping in pings:
        post = ping.post.partition("://")[2]
        said = Text.assemble((ping.title, "bold"), f"\n{ping.blog_name} → {post}\n", (f"{ping.id}\n", "dim"))
        status = Text(ping.status, style=_COLOURS[ping.status])
        grid.add_row(status, ping.received_at[:16].replace("T", " "), said)
    return grid


def _as_json(ping: Ping) -> dict[str, Any]:
    return asdict(ping) | {"received_at": ping.received_second, "charset": ping.charset or "utf-8"}


def _words(value: Any) -> str:
    return "none yet" if value is None else str(value)


def _console() -> Console:
    return Console(highlight=False, soft_wrap=False)


def _complain(reason: str) -> int:
    print(f"trackback: {' '.join(reason.split())}", file=sys.stderr)  # noqa: T201 - one line, for a person
    return 1


def _use_stand_in() -> None:
    """Let `AWS_ENDPOINT_URL` alone reach a stand-in on this machine, which takes any credentials."""
    if os.environ.get("AWS_ENDPOINT_URL", "").startswith(("http://localhost:", "http://127.0.0.1:")):
        os.environ.setdefault("AWS_DEFAULT_REGION", "us-east-1")
        os.environ.setdefault("AWS_ACCESS_KEY_ID", "local")
        os.environ.setdefault("AWS_SECRET_ACCESS_KEY", "local")


def _parser() -> argparse.ArgumentParser:
    table = argparse.ArgumentParser(add_help=False)
    default = os.environ.get("TRACKBACK_TABLE") or "trackback"
    table.add_argument(
        "--table", default=default, help="the table's name (default: $TRACKBACK_TABLE, else trackback)"
    )
    as_json = argparse.ArgumentParser(add_help=False)
    as_json.add_argument("--json", action="store_true", help="print one JSON object a line")

    parser = argparse.ArgumentParser(prog="trackback", description="See pings and decide about them.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    lists = commands.add_parser("list", parents=[table, as_json], help="list pings, newest first")
    lists.add_argument("--status", type=Status, choices=list(Status), help="only pings of this status")
    lists.add_argument("--post", metavar="HOST/PATH", help="only pings of this post")
    lists.set_defaults(run=_list)
    show = commands.add_parser("show", parents=[table, as_json], help="show all that is known of a ping")
    show.add_argument("id", metavar="ID")
    show.set_defaults(run=_show)
    for name, (_, words) in DECISIONS.items():
        decision = commands.add_parser(name, parents=[table], help=words)
        decision.add_argument("ids", metavar="ID", nargs="+")
        decision.set_defaults(run=_decide)
    return parser
