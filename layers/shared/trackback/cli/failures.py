"""The `failures` commands; each returns whether everything succeeded.

Once the failure queues are empty, their alarms end within some minutes.
"""

import json
from argparse import ArgumentTypeError, Namespace
from collections.abc import Callable, Sequence

from rich.text import Text

from trackback.cli.failure_queues import Failure, FailureQueues
from trackback.cli.output import complain, facts_grid, printable, say
from trackback.cli.retry import ChangesForgotten, NotRetried, Retry
from trackback.cli.stack import Stack, stack_name
from trackback.timestamps import to_second

LOOKING = 60
"""Seconds for which a message is hidden from other runs while it is listed or dropped."""

RETRYING = 1_800
"""The same for a message that is retried: a function may take 900 seconds for each part of a batch."""

SHORT = 8
"""Number of characters of an id that are shown, and that suffice to name it."""


def list_failures(args: Namespace) -> bool:
    """Print the time, the work, the place and the reason of each failure."""
    queues = FailureQueues(_stack(args))
    found: list[Failure] = []
    try:
        found.extend(queues.take(LOOKING))
    finally:
        for failure in found:
            queues.release(failure)
    if args.json:
        for failure in found:
            print(json.dumps(_as_json(failure)))
        return True
    for failure in found:
        say(facts_grid(_facts(failure)))
        say("")
    say(_summary(len(found), queues.count()))
    return True


def retry(args: Namespace) -> bool:
    """Retry failures. Successful ones are deleted, the others stay."""
    stack = _stack(args)
    again = Retry(stack)
    checked = False

    def retry_one(failure: Failure) -> str:
        nonlocal checked
        try:
            return again.again(failure)
        except ChangesForgotten:
            if not args.received:
                raise
            number = 0 if checked else again.check_received()
            checked = True
            return f"the stream has forgotten it; {number} pings without a verdict are checked instead"

    return _Run(FailureQueues(stack), args.ids).each(RETRYING, retry_one)


def drop(args: Namespace) -> bool:
    """Delete messages from the failure queues: the named ones, or all."""
    return _Run(FailureQueues(_stack(args)), args.ids).each(LOOKING, lambda _: "dropped")


def message_id(text: str) -> str:
    """Return a message's id, or its first characters, from the command line."""
    if len(text) < SHORT:
        raise ArgumentTypeError(f"write at least the first {SHORT} characters of an id, as list shows them")
    return text


def _stack(args: Namespace) -> Stack:
    return Stack(stack_name(args.stack))


class _Run:
    """One run over the failure queues. It deletes what it completes, and makes the rest visible again."""

    def __init__(self, queues: FailureQueues, ids: Sequence[str]) -> None:
        self._queues = queues
        self._missing = set(ids)
        self._ids = tuple(ids)
        self._left: list[Failure] = []
        self._done = self._failed = 0

    def each(self, seconds: int, act: Callable[[Failure], str]) -> bool:
        """Apply a function to each selected message. Returns whether all succeeded."""
        try:
            for failure in self._queues.take(seconds, at_once=1):
                self._left.append(failure)
                if not self._ids or failure.id.startswith(self._ids):
                    self._one(failure, act)
        finally:
            for failure in self._left:
                self._queues.release(failure)
        for missing in sorted(self._missing):
            complain(f"{missing}: no such message; `trackback failures list` shows them")
        say(f"{self._done} done, {self._failed} not done.")
        return not self._failed and not self._missing

    def _one(self, failure: Failure, act: Callable[[Failure], str]) -> None:
        self._missing -= {each for each in self._missing if failure.id.startswith(each)}
        try:
            words = act(failure)
        except NotRetried as error:
            self._failed += 1
            complain(f"{failure.id[:SHORT]}: {error}")
            return
        self._queues.delete(failure)
        self._left.remove(failure)
        self._done += 1
        say(Text(f"{failure.id[:SHORT]}  {printable(words)}"))


def _facts(failure: Failure) -> dict[str, str]:
    return {
        "id": failure.id[:SHORT],
        "when": to_second(failure.at),
        "failed": failure.failed,
        "what": failure.what,
        "why": failure.why,
    }


def _as_json(failure: Failure) -> dict[str, str | None]:
    facts: dict[str, str | None] = {**_facts(failure), "id": failure.id}
    return facts | {"ping": failure.ping or None, "group": failure.group or None}


def _summary(shown: int, there: int) -> str:
    if not shown:
        return "Nothing has failed." if not there else "Another run works on all that has failed."
    hidden = f" {there - shown} more come after these." if there > shown else ""
    return f"{shown} failed.{hidden} `trackback failures retry` does them again, `drop` deletes them."
