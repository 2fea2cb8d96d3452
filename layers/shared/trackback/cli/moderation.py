"""The commands that show and moderate pings; each returns whether everything succeeded."""

import json
from argparse import Namespace
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from itertools import chain

from rich.text import Text

from trackback.cli.output import (
    COLOURS,
    as_json,
    complain,
    every_fact,
    explanation,
    facts_grid,
    ping_grid,
    printable,
    say,
)
from trackback.cli.stand_in import is_on_this_machine
from trackback.errors import TrackbackError
from trackback.model.ping import Ping, Status
from trackback.model.posts import post_key
from trackback.receiving.moderation import Moderation
from trackback.storage.pings import PingStore
from trackback.storage.settings import load_settings
from trackback.storage.table import Table

DECISIONS = {
    "approve": (Status.APPROVED, "show a ping below its post"),
    "reject": (Status.REJECTED, "keep a ping from readers"),
    "spam": (Status.SPAM, "keep a ping from readers, as spam"),
}


def list_pings(table: Table, args: Namespace) -> bool:
    """Print pings of a status or of a post, or those whose link has disappeared."""
    pings = PingStore(table)
    every = pings.disappeared() if args.disappeared else pings.pings(args.status)
    key = post_key(args.post) if args.post else None
    found = (ping for ping in every if key in {None, ping.post_key})
    if args.json:
        for ping in found:
            _print_json(ping)
        return True
    first = next(found, None)
    say(ping_grid(chain([first], found)) if first else "No pings here.")
    return True


def show(table: Table, args: Namespace) -> bool:
    """Print everything known about a ping."""
    ping = PingStore(table).get(args.id)
    if args.json:
        _print_json(ping)
    else:
        say(facts_grid(every_fact(ping)))
    return True


def explain(table: Table, args: Namespace) -> bool:
    """Print a ping's verdict, its reasons and its history."""
    say(facts_grid(explanation(PingStore(table).get(args.id))))
    return True


def verify(table: Table, args: Namespace) -> bool:
    """Check a ping's source now."""
    # Only this command needs the HTML parser and the HTTP client; they take half a second to load.
    from trackback.receiving.spam.flood import FloodWindow  # noqa: PLC0415
    from trackback.receiving.verifier import Verifier  # noqa: PLC0415
    from trackback.web.http.client import Fetcher  # noqa: PLC0415

    status = PingStore(table).get(args.id).status
    if status in {Status.REJECTED, Status.SPAM}:
        complain(f"it is {status}, and its source is not looked at any more; approve it first")
        return False
    verifier = Verifier(table, Fetcher(loopback=is_on_this_machine()), FloodWindow())
    verifier.verify(args.id, verifier.context(), datetime.now(UTC))
    return explain(table, args)


def decide(table: Table, args: Namespace) -> bool:
    """Approve or reject pings, or mark them as spam."""
    status, _ = DECISIONS[args.command]
    moderation, settings = Moderation(table), load_settings(table)
    take = getattr(args, "revision", None) or ""

    def decide_one(ping_id: str) -> Text:
        before = moderation.decide(ping_id, status, datetime.now(UTC), settings=settings, texts_hash=take)
        words = f"{before.status} → {status}"
        if before.status is status:
            words = f"now shows revision {take}" if take else f"was {status} already"
        return _done(before, words, status)

    return _each(args.ids, decide_one)


def undo(table: Table, args: Namespace) -> bool:
    """Undo the last decision on each ping."""
    moderation = Moderation(table)

    def undo_one(ping_id: str) -> Text:
        before = moderation.undo(ping_id, datetime.now(UTC))
        status = PingStore(table).get(ping_id).status
        words = "shows its words from before" if status is before.status else f"{before.status} → {status}"
        return _done(before, words, status)

    return _each(args.ids, undo_one)


def keep(table: Table, args: Namespace) -> bool:
    """Keep the texts of each ping, and dismiss its revision."""
    moderation = Moderation(table)

    def keep_one(ping_id: str) -> Text:
        before = moderation.keep(ping_id)
        return _done(before, f"dropped revision {before.revision_hash}", before.status)

    return _each(args.ids, keep_one)


def _each(ping_ids: Sequence[str], act: Callable[[str], Text]) -> bool:
    """Apply a function to each ping, and print its result or the error."""
    done = True
    for ping_id in ping_ids:
        try:
            say(act(ping_id))
        except TrackbackError as error:
            done = False
            complain(f"{ping_id}: {error}")
    return done


def _done(before: Ping, words: str, status: Status) -> Text:
    return Text.assemble(before.id, "  ", (words, COLOURS[status]), "  ", printable(before.texts.title))


def _print_json(ping: Ping) -> None:
    print(json.dumps(as_json(ping)))
