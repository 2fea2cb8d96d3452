"""Validation of the command line's arguments, beyond what argparse checks."""

import argparse

from trackback.errors import PingRefused
from trackback.model.posts import host_key
from trackback.urls import read_source


def wrong_usage(args: argparse.Namespace) -> str:
    """Return what is wrong with a combination of options, or an empty string."""
    if args.command == "doctor":
        if bool(args.url) == args.aws:
            return "name one post, or --aws"
        return "--resend-confirmation goes with --aws" if args.resend_confirmation and not args.aws else ""
    return _wrong_sending(args) if args.command == "send" else ""


def _wrong_sending(args: argparse.Namespace) -> str:
    if bool(args.url) == bool(args.feed):
        return "name one post, or a feed with --feed"
    if args.feed and (args.to or args.again):
        return "--to and --again are for one post"
    if args.url and (args.all or args.since_last):
        return "--all and --since-last are for a feed"
    return ""


def host(text: str) -> str:
    """Parse a host.

    Raises:
        ArgumentTypeError: The text is no host.
    """
    key = host_key(text)
    if key and ":" not in key:
        return key
    raise argparse.ArgumentTypeError("it must be a host, like other.example")


def address(text: str) -> str:
    """Parse the URL of a page.

    Raises:
        ArgumentTypeError: The text is no such URL; the message says why.
    """
    try:
        return read_source(text).url
    except PingRefused as refused:
        raise argparse.ArgumentTypeError(str(refused)) from None
