"""Every command of the author's command line, with its help, its arguments and its function."""

import argparse
import os
from collections.abc import Callable
from typing import TypeAlias

from trackback.cli import failures, moderation, posts, rules, sending, settings, sign_in
from trackback.cli.arguments import address, host
from trackback.model.ping import Status
from trackback.model.rule import Effect, Matches

_Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"


def build_parser() -> argparse.ArgumentParser:
    """Return the parser. Its result has `run`, and `table` where the command needs a table."""
    parser = argparse.ArgumentParser(prog="trackback", description="See pings and decide about them.")
    every = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    _add_pings(every)
    _add_decisions(every)
    _add_posts(every)
    _add_sign_in(every)
    _add_sending(every)
    _add_rules(every)
    _add_deploy(every)
    _add_settings(every)
    _add_failures(every)
    return parser


def _add_pings(every: _Commands) -> None:
    lists = _command(every, "list", moderation.list_pings, "list pings, newest first")
    lists.add_argument("--json", action="store_true", help="print one JSON object a line")
    lists.add_argument("--status", type=Status, choices=list(Status), help="only pings of this status")
    lists.add_argument("--post", metavar="HOST/PATH", help="only pings of this post")
    lists.add_argument("--disappeared", action="store_true", help="only approved ones whose link is gone")
    show = _command(every, "show", moderation.show, "show all that is known of a ping")
    show.add_argument("--json", action="store_true", help="print a JSON object")
    explain = _command(every, "explain", moderation.explain, "tell a ping's verdict, reasons and history")
    verify = _command(every, "verify", moderation.verify, "look at a ping's source again, now")
    for command in (show, explain, verify):
        command.add_argument("id", metavar="ID")


def _add_decisions(every: _Commands) -> None:
    for name, (_, words) in moderation.DECISIONS.items():
        decision = _command(every, name, moderation.decide, words)
        decision.add_argument("ids", metavar="ID", nargs="+")
        if name == "approve":
            decision.add_argument(
                "--revision", metavar="NAME", help="show what its sender said later, as list names it"
            )
    undo = _command(every, "undo", moderation.undo, "take the last decision on a ping back")
    keep = _command(
        every, "keep", moderation.keep, "keep a ping's words, and drop what its sender said later"
    )
    for command in (undo, keep):
        command.add_argument("ids", metavar="ID", nargs="+")
    why = _command(every, "why", rules.why, "tell which keys a URL has and which rules match it")
    why.add_argument("url", metavar="URL")


def _add_posts(every: _Commands) -> None:
    snippet = _command(every, "snippet", posts.snippet, "print what to paste for a post")
    snippet.add_argument("url", metavar="URL")
    doctor = _command(every, "doctor", posts.doctor, "check a published post, or the service in AWS (--aws)")
    doctor.add_argument("url", metavar="URL", nargs="?", type=address, help="the post")
    doctor.add_argument(
        "--aws", action="store_true", help="check the stack, the emails and the alarms in AWS"
    )
    doctor.add_argument(
        "--resend-confirmation",
        action="store_true",
        help="with --aws: have AWS email you a new link that confirms your address",
    )
    _add_stack(doctor)
    doctor.add_argument("--json", action="store_true", help="print one JSON object a line")
    for command in (snippet, doctor):
        command.add_argument(
            "--api", metavar="URL", help="the API's address (default: $TRACKBACK_API, else known)"
        )


def _add_sign_in(every: _Commands) -> None:
    words = "print a one-time link that signs you in without email"
    command = every.add_parser("sign-in", help=words, description=words)
    command.set_defaults(run=sign_in.sign_in)
    command.add_argument(
        "--api", metavar="URL", help="the API's address (default: $TRACKBACK_API, else known)"
    )
    _add_stack(command)


def _add_stack(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--stack", metavar="NAME", help="the stack (default: $TRACKBACK_STACK, else as deployed from here)"
    )


def _add_sending(every: _Commands) -> None:
    send = _command(every, "send", sending.send, "ping what a post of yours links to")
    send.add_argument("url", metavar="URL", nargs="?", type=address, help="the post")
    send.add_argument("--to", metavar="PING_URL", type=address, help="ping this alone")
    send.add_argument("--feed", metavar="URL", type=address, help="your feed, or a page that names it")
    which = send.add_mutually_exclusive_group()
    which.add_argument("--since-last", action="store_true", help="only what is new in the feed (the default)")
    which.add_argument("--all", action="store_true", help="all posts of the feed, also old ones")
    send.add_argument("--again", action="store_true", help="also try what was refused, unclear or has failed")
    send.add_argument("--dry-run", action="store_true", help="tell what would be sent, and send nothing")
    send.add_argument(
        "--never", metavar="HOST", type=host, action="append", default=[], help="never ping this host"
    )
    sent = _command(every, "sent", sending.sent, "list what was sent, newest first")
    sent.add_argument("--post", metavar="URL", help="only pings of this post")
    sent.add_argument("--json", action="store_true", help="print one JSON object a line")
    for command in (send, sent):
        command.add_argument("--ledger", metavar="FILE", help="keep note in this file, and do without AWS")


def _add_rules(every: _Commands) -> None:
    own = every.add_parser("rules", help="list, add or remove your own rules")
    kinds = own.add_subparsers(dest="rules", required=True, metavar="COMMAND")
    _command(kinds, "list", rules.list_rules, "list your rules")
    add = _command(kinds, "add", rules.add_rule, "add a rule: block or allow a host, path or text")
    add.add_argument("effect", type=Effect, choices=list(Effect))
    remove = _command(kinds, "remove", rules.remove_rule, "remove a rule")
    for command in (add, remove):
        command.add_argument("matches", type=Matches, choices=list(Matches))
        command.add_argument("value", metavar="VALUE", help="spam.example, blog.example/~joe or some words")


def _add_deploy(every: _Commands) -> None:
    from trackback.cli.deploy.command import deploy  # noqa: PLC0415 - only `deploy` needs it

    words = "deploy the service to your AWS account; the first time, it asks four questions"
    command = every.add_parser("deploy", help=words, description=words)
    command.add_argument(
        "--settings", metavar="FILE", help="settings file (default: trackback.toml, written once)"
    )
    command.set_defaults(run=deploy)


def _add_settings(every: _Commands) -> None:
    own = _command(every, "settings", settings.list_settings, "list your settings, or set Akismet's key")
    own.add_argument("--json", action="store_true", help="print a JSON object")
    _add_stack(own)
    kinds = own.add_subparsers(dest="settings", metavar="COMMAND")
    words = "set Akismet's key, read from a prompt or from stdin"
    key = _stack_command(kinds, "akismet-key", settings.akismet_key, words)
    key.add_argument("--remove", action="store_true", help="remove the key")


def _add_failures(every: _Commands) -> None:
    words = "list, retry or drop what has failed in spite of all attempts"
    own = _stack_command(every, "failures", failures.list_failures, words)
    own.set_defaults(json=False)
    kinds = own.add_subparsers(dest="failures", metavar="COMMAND")
    lists = _stack_command(kinds, "list", failures.list_failures, "list what has failed (the default)")
    lists.add_argument("--json", action="store_true", help="print one JSON object a line")
    retry = _stack_command(kinds, "retry", failures.retry, "do again what has failed, and drop what succeeds")
    retry.add_argument("ids", metavar="ID", nargs="*", type=failures.message_id, help="only these messages")
    retry.add_argument(
        "--received", action="store_true",
        help="where the stream has forgotten changes, check every ping without a verdict",
    )  # fmt: skip
    drop = _stack_command(kinds, "drop", failures.drop, "delete what has failed; it is not done any more")
    which = drop.add_mutually_exclusive_group(required=True)
    which.add_argument("ids", metavar="ID", nargs="*", type=failures.message_id, default=[], help="these")
    which.add_argument("--all", action="store_true", help="all of them")


def _stack_command(
    every: _Commands, name: str, run: Callable[..., bool], words: str
) -> argparse.ArgumentParser:
    parser = every.add_parser(name, help=words, description=words)
    _add_stack(parser)
    parser.set_defaults(run=run)
    return parser


def _command(every: _Commands, name: str, run: Callable[..., bool], words: str) -> argparse.ArgumentParser:
    parser = every.add_parser(name, help=words, description=words)
    default = os.environ.get("TRACKBACK_TABLE") or "trackback"
    parser.add_argument(
        "--table", default=default, help="the table's name (default: $TRACKBACK_TABLE, else trackback)"
    )
    parser.set_defaults(run=run, refuse=parser.error)
    return parser
