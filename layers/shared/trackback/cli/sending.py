"""The commands that send the author's pings and list sent ones. The ledger may be a file."""

import json
from argparse import Namespace
from collections.abc import Iterator
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from rich.box import SIMPLE_HEAD
from rich.table import Table as Grid
from rich.text import Text

from trackback.cli.output import complain, printable, say
from trackback.cli.stand_in import is_on_this_machine
from trackback.model.sending_limits import SendingLimits
from trackback.model.sent_ping import DONE, NEEDS_ATTENTION, Ledger, SentPing, Stage
from trackback.sending.throttle import user_agent
from trackback.timestamps import to_second
from trackback.urls import host_of, page_key

if TYPE_CHECKING:
    from trackback.sending.post_run import Step
    from trackback.sending.sender import Report, Sender

_HERE = {"localhost", "127.0.0.1"}
_COLOURS = dict.fromkeys(DONE, "green") | dict.fromkeys(NEEDS_ATTENTION, "red")


def send(args: Namespace) -> bool:
    """Send pings for one post, or for new posts of a feed."""
    sender = _sender(args)
    if args.feed:
        return _follow(sender, args)
    how = {"retry": args.again, "dry_run": args.dry_run}
    report = sender.send_to(args.url, args.to, **how) if args.to else sender.send(args.url, **how)
    _tell(report, dry_run=args.dry_run)
    return True


def _follow(sender: "Sender", args: Namespace) -> bool:
    from trackback.sending.feed_poll import poll_feed  # noqa: PLC0415 - as below

    for report in [] if args.dry_run else sender.send_due():
        _tell(report)
    followed = poll_feed(sender, args.feed, old=args.all, dry_run=args.dry_run)
    for report in followed.reports:
        _tell(report, dry_run=args.dry_run)
    for words in followed.unread:
        complain(words)
    if old := followed.skipped - followed.foreign:
        say(f"{old:,} old posts send nothing.")
    if followed.foreign:
        say(f"{followed.foreign:,} posts are on another host than the feed, and send nothing.")
    if followed.left:
        say(f"{followed.left:,} more posts wait for the next run.")
    if not (followed.reports or followed.unread or followed.skipped):
        say("Nothing new.")
    return not followed.unread


def sent(args: Namespace) -> bool:
    """Print the sent pings, newest first."""
    now = datetime.now(UTC)
    every = (record.resolved(now) for record in _ledger(args).every())
    found = [record for record in every if not args.post or page_key(record.source) == _key(args.post)]
    if args.json:
        for record in found:
            print(json.dumps(asdict(record)))
        return True
    say(_record_grid(found) if found else "Nothing was sent.")
    return True


def _sender(args: Namespace) -> "Sender":
    # `sent` does without the HTML parser and the HTTP client, which take half a second to load.
    from trackback.sending.sender import Sender  # noqa: PLC0415
    from trackback.web.http.client import Fetcher  # noqa: PLC0415

    host = host_of(args.feed or args.url)
    loopback = is_on_this_machine() or host in _HERE  # a blog on this machine has its neighbours here, too
    fetcher = Fetcher(loopback=loopback, user_agent=user_agent(host))
    return Sender(fetcher, _ledger(args), limits=_limits(args))


def _ledger(args: Namespace) -> Ledger:
    """Return the ledger. A file needs no AWS."""
    from trackback.storage.sent_pings import SentPings  # noqa: PLC0415
    from trackback.storage.sent_pings_file import SentPingsFile  # noqa: PLC0415 - one or the other
    from trackback.storage.table import Table  # noqa: PLC0415

    return SentPingsFile(Path(args.ledger)) if args.ledger else SentPings(Table(args.table))


def _limits(args: Namespace) -> SendingLimits:
    from trackback.storage.settings import load_settings  # noqa: PLC0415
    from trackback.storage.table import Table  # noqa: PLC0415

    limits = SendingLimits() if args.ledger else load_settings(Table(args.table)).limits
    return replace(limits, never=limits.never | set(args.never))


def _key(post: str) -> str:
    return page_key(post if "://" in post else f"https://{post}")


def _tell(report: "Report", *, dry_run: bool = False) -> None:
    """Print the results for a post."""
    say(Text(printable(f"{report.title}\n{report.url}"), style="bold", overflow="fold"))
    steps = [step for step in report.steps if step.tried or step.form] if dry_run else list(report.steps)
    if not steps:
        say("Nothing to send.")
    else:
        _tell_steps(steps, dry_run=dry_run)
    if dry_run and report.left_out:
        say(Text(f"Left out: {report.left_out}.", style="dim"))


def _tell_steps(steps: list["Step"], *, dry_run: bool) -> None:
    grid = Grid(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    grid.add_column(width=11, no_wrap=True)
    grid.add_column(overflow="fold")
    for step in steps:
        grid.add_row(*_row(step, dry_run=dry_run))
    say(grid)
    if not dry_run and not any(step.tried for step in steps):
        say("Nothing was sent again; --again retries what did not arrive.")


def _row(step: "Step", *, dry_run: bool) -> tuple[Text, Text]:
    record = step.record
    if dry_run and step.form:
        said = "\n".join(step.form[name] for name in ("title", "excerpt", "blog_name"))
        return Text("would send", style="cyan"), Text(printable(f"{record.ping_url}\n{said}"))
    return _stage(record), Text(printable(f"{record.target}\n{record.words}".rstrip()))


def _stage(record: SentPing) -> Text:
    return Text(record.stage, style=_COLOURS.get(record.stage, "yellow"))


def _record_grid(records: list[SentPing]) -> Grid:
    grid = Grid("sent", "what became of it", box=SIMPLE_HEAD, pad_edge=False)
    grid.columns[0].no_wrap = True
    grid.columns[1].overflow = "fold"
    for record in records:
        when = Text(f"{(record.last_at or record.first_at)[:16].replace('T', ' ')}\n").append_text(
            _stage(record)
        )
        grid.add_row(when, Text(printable("\n".join(_story(record)))))
    return grid


def _story(record: SentPing) -> Iterator[str]:
    if record.is_feed:
        yield f"{record.source}, your feed"
    elif record.is_post_record:
        yield f"{record.source}, the post itself"
    else:
        yield f"{record.source} → {record.target}"
    if record.ping_url not in {"", record.target}:
        yield f"by {record.ping_url}"
    if record.words:
        yield record.words
    if record.stage is Stage.LATER:
        yield f"attempts: {record.attempts}, next {to_second(record.next_at)}"
    yield ""
