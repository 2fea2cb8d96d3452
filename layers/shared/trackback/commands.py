"""What each command of the author's command line does; each returns whether all of it was done."""

import json
import os
import signal
import sys
from argparse import Namespace
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from itertools import chain
from typing import Any

from rich.text import Text

from trackback.errors import TrackbackError
from trackback.evidence import Evidence
from trackback.finding import Grade
from trackback.link import read_source
from trackback.moderation import Moderation
from trackback.ping import Ping, Status
from trackback.publishing import fetch_snippet, find_api
from trackback.rules import Effect, applies, read_rule
from trackback.settings import load_rules, load_settings, save_rules
from trackback.site import post_key
from trackback.table import Table
from trackback.terminal import (
    COLOURS,
    as_json,
    complain,
    every_fact,
    explanation,
    facts_grid,
    ping_grid,
    printable,
    say,
    say_finding,
)

Run = Callable[[Table, Namespace], bool]

DECISIONS = {
    "approve": (Status.APPROVED, "show a ping below its post"),
    "reject": (Status.REJECTED, "keep a ping from readers"),
    "spam": (Status.SPAM, "keep a ping from readers, as spam"),
}


def list_pings(table: Table, asked: Namespace) -> bool:
    """Print the pings of a status, of a post, or those that have disappeared."""
    every = table.disappeared() if asked.disappeared else table.pings(asked.status)
    key = post_key(asked.post) if asked.post else None
    found = (ping for ping in every if key in {None, ping.post_key})
    if asked.json:
        for ping in found:
            _print_json(ping)
        return True
    first = next(found, None)
    say(ping_grid(chain([first], found)) if first else "No pings here.")
    return True


def show(table: Table, asked: Namespace) -> bool:
    """Print all that is known of a ping."""
    ping = table.get(asked.id)
    if asked.json:
        _print_json(ping)
    else:
        say(facts_grid(every_fact(ping)))
    return True


def explain(table: Table, asked: Namespace) -> bool:
    """Print why a ping is thought of as it is, and what became of it when."""
    say(facts_grid(explanation(table.get(asked.id))))
    return True


def verify(table: Table, asked: Namespace) -> bool:
    """Look at a ping's source now."""
    # The HTML parser and the HTTP client, which no other command needs, take half a second to load.
    from trackback.fetch import Fetcher  # noqa: PLC0415
    from trackback.pace import Pace  # noqa: PLC0415
    from trackback.recent import Recent  # noqa: PLC0415
    from trackback.verification import Verifier  # noqa: PLC0415

    status = table.get(asked.id).status
    if status in {Status.REJECTED, Status.SPAM}:
        complain(f"it is {status}, and its source is not looked at any more; approve it first")
        return False
    verifier = Verifier(table, Fetcher(loopback=is_on_this_machine()), Recent(), Pace())
    verifier.verify(asked.id, verifier.policy(), datetime.now(UTC))
    return explain(table, asked)


def decide(table: Table, asked: Namespace) -> bool:
    """Approve, reject or mark as spam."""
    status, _ = DECISIONS[asked.command]
    moderation, settings = Moderation(table), load_settings(table)
    take = getattr(asked, "revision", None) or ""

    def decide_one(ping_id: str) -> Text:
        before = moderation.decide(ping_id, status, datetime.now(UTC), settings=settings, words=take)
        words = f"{before.status} → {status}"
        if before.status is status:
            words = f"now shows revision {take}" if take else f"was {status} already"
        return _done(before, words, status)

    return _each(asked.ids, decide_one)


def undo(table: Table, asked: Namespace) -> bool:
    """Take the last decision on each ping back."""
    moderation = Moderation(table)

    def undo_one(ping_id: str) -> Text:
        before = moderation.undo(ping_id, datetime.now(UTC))
        status = table.get(ping_id).status
        words = "shows its words from before" if status is before.status else f"{before.status} → {status}"
        return _done(before, words, status)

    return _each(asked.ids, undo_one)


def keep(table: Table, asked: Namespace) -> bool:
    """Keep the words of each ping, and drop what its sender said later."""
    moderation = Moderation(table)

    def keep_one(ping_id: str) -> Text:
        before = moderation.keep(ping_id)
        return _done(before, f"dropped revision {before.revision_id}", before.status)

    return _each(asked.ids, keep_one)


def _each(ping_ids: Sequence[str], act: Callable[[str], Text]) -> bool:
    """Do something to each ping and print what it was, or why it could not be done."""
    done = True
    for ping_id in ping_ids:
        try:
            say(act(ping_id))
        except TrackbackError as error:
            done = False
            complain(f"{ping_id}: {error}")
    return done


def _done(before: Ping, words: str, status: Status) -> Text:
    return Text.assemble(before.id, "  ", (words, COLOURS[status]), "  ", printable(before.title))


def why(table: Table, asked: Namespace) -> bool:
    """Print the keys of a URL, as post and as source, and the rules that match a ping from it."""
    source = read_source(asked.url)
    nameless = Evidence(url=source.url, title="", excerpt="", blog_name="")
    matching = [str(rule) for rule in load_rules(table) if applies(rule, nameless)]
    say(facts_grid({"as a post": post_key(asked.url), "as a source": source.key, "rules": matching}))
    return True


def list_rules(table: Table, _: Namespace) -> bool:
    """Print the author's rules."""
    rules = load_rules(table)
    say("\n".join(map(str, rules)) if rules else "No rules.")
    return True


def add_rule(table: Table, asked: Namespace) -> bool:
    """Add a rule to the end."""
    rule = read_rule(asked.effect, asked.matches, asked.value)
    before = load_rules(table)
    save_rules(table, [*(known for known in before if known.id != rule.id), rule], before)
    say(str(rule))
    return True


def remove_rule(table: Table, asked: Namespace) -> bool:
    """Remove a rule, whatever its effect."""
    gone = read_rule(Effect.BLOCK, asked.matches, asked.value).id
    before = load_rules(table)
    after = [rule for rule in before if rule.id != gone]
    if after == before:
        complain("there is no such rule; trackback rules list shows them")
        return False
    save_rules(table, after, before)
    return True


def snippet(table: Table, asked: Namespace) -> bool:
    """Print what to paste for a post."""
    from trackback.fetch import Fetcher  # noqa: PLC0415 - as above

    fetcher = Fetcher(loopback=is_on_this_machine())
    text = fetch_snippet(fetcher, find_api(table, asked.api), asked.url)
    print(printable(text), end="")  # noqa: T201 - as it is, to be pasted
    return True


def doctor(table: Table, asked: Namespace) -> bool:
    """Examine a published post; print each finding as one after the other is known."""
    from trackback.doctor import Doctor  # noqa: PLC0415 - as above
    from trackback.fetch import Fetcher  # noqa: PLC0415

    examined = Doctor(table, Fetcher(loopback=is_on_this_machine()), find_api(table, asked.api))
    grades: list[Grade] = []
    with _ended_in_order():
        for finding in examined.examine(asked.url):
            grades.append(finding.grade)
            if asked.json:
                print(json.dumps(asdict(finding)))  # noqa: T201 - what a command line is for
            else:
                say_finding(finding)
    count = grades.count(Grade.WRONG)
    if not asked.json:
        say(f"\n{count} of {len(grades)} checks found something wrong." if count else "\nAll is right.")
    return not count


@contextmanager
def _ended_in_order() -> Iterator[None]:
    """Let whoever ends this process, or closes its terminal, wait until what was begun is put right."""
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    for number in before:
        signal.signal(number, lambda number, _: sys.exit(128 + number))
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def is_on_this_machine() -> bool:
    """Tell whether AWS is a stand-in on this machine."""
    return os.environ.get("AWS_ENDPOINT_URL", "").startswith(("http://localhost:", "http://127.0.0.1:"))


def _print_json(ping: Ping) -> None:
    def plain(value: Any) -> Any:
        return int(value) if value == int(value) else float(value)

    print(json.dumps(as_json(ping), default=plain))  # noqa: T201 - what a command line is for
