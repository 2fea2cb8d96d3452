"""The commands about a published post: `snippet` and `doctor`."""

import json
import signal
import sys
from argparse import Namespace
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from trackback.cli.doctor.finding import Finding, Severity
from trackback.cli.output import printable, say, say_finding
from trackback.cli.stack import Stack, stack_name
from trackback.cli.stand_in import is_on_this_machine
from trackback.storage.api_address import fetch_snippet, find_api
from trackback.storage.table import Table


def snippet(table: Table, args: Namespace) -> bool:
    """Print the HTML to paste for a post."""
    from trackback.web.http.client import Fetcher  # noqa: PLC0415 - half a second to load

    fetcher = Fetcher(loopback=is_on_this_machine())
    text = fetch_snippet(fetcher, find_api(table, args.api), args.url)
    print(printable(text), end="")
    return True


def doctor(table: Table, args: Namespace) -> bool:
    """Check a published post, or the service in AWS. Prints each finding as soon as it is known."""
    if args.aws:
        from trackback.cli.doctor.aws import AwsDoctor  # noqa: PLC0415 - as below

        return _report(
            AwsDoctor(Stack(stack_name(args.stack))).examine(resend=args.resend_confirmation), args
        )
    from trackback.cli.doctor.examine import Doctor  # noqa: PLC0415 - half a second to load
    from trackback.web.http.client import Fetcher  # noqa: PLC0415

    examined = Doctor(table, Fetcher(loopback=is_on_this_machine()), find_api(table, args.api))
    with _ended_in_order():
        return _report(examined.examine(args.url), args)


def _report(findings: Iterable[Finding], args: Namespace) -> bool:
    """Print findings. Returns whether there is no error among them."""
    severities: list[Severity] = []
    for finding in findings:
        severities.append(finding.severity)
        if args.json:
            print(json.dumps(_as_json(finding)))
        else:
            say_finding(finding)
    count = severities.count(Severity.ERROR)
    if not args.json:
        say(f"\n{count} of {len(severities)} checks found something wrong." if count else "\nAll is right.")
    return not count


@contextmanager
def _ended_in_order() -> Iterator[None]:
    """Let SIGINT, SIGTERM and SIGHUP exit the process only after clean-up code has run."""
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    for number in before:
        signal.signal(number, lambda number, _: sys.exit(128 + number))
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _as_json(finding: Finding) -> dict[str, str]:
    """Return a finding as JSON values. Programs rely on their names."""
    return {
        "check": finding.check,
        "grade": finding.severity,
        "words": finding.words,
        "advice": finding.advice,
    }
