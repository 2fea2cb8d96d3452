"""Entry point of the author's command line.

It works on the table directly, with the author's own AWS credentials.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from io import TextIOWrapper

from botocore.exceptions import BotoCoreError, ClientError, NoRegionError

from trackback.cli.arguments import wrong_usage
from trackback.cli.output import complain
from trackback.cli.parser import build_parser
from trackback.cli.stack import use_region
from trackback.cli.stand_in import use_stand_in
from trackback.errors import TrackbackError
from trackback.storage.signing_keys import BrokenKeys
from trackback.storage.table import Table


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command.

    Returns:
        0 on success, 1 on failure (the reason is on stderr), 2 for wrong usage, 130 after Ctrl-C.
    """
    args = build_parser().parse_args(arguments)
    if wrong := wrong_usage(args):
        args.refuse(wrong)
    if isinstance(sys.stdout, TextIOWrapper):
        # A title may hold characters that the terminal's charset lacks.
        sys.stdout.reconfigure(errors="replace")
    try:
        use_stand_in()
        use_region()
        done: bool = (
            args.run(args) if _is_without_table(args) else args.run(Table(args.table, is_patient=True), args)
        )
        sys.stdout.flush()
    except BrokenPipeError:  # for example, `head` has closed the pipe
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # takes what is still to be flushed
        return 1
    except (KeyboardInterrupt, EOFError):
        complain("stopped")
        return 130
    except NoRegionError:
        return complain("no region is set: aws configure, or AWS_ENDPOINT_URL for a service on this machine")
    except (TrackbackError, BrokenKeys, BotoCoreError, ClientError) as error:
        return complain(str(error))
    except OSError as error:  # a read-only folder, a full disk
        return complain(f"{error.filename or 'a file'} cannot be used: {error.strerror or error}")
    return 0 if done else 1


def _is_without_table(args: argparse.Namespace) -> bool:
    """Check whether a command finds its table, or another ledger, by itself."""
    return "table" not in args or "ledger" in args
