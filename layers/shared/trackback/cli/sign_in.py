"""The command that signs the author in without email. AWS credentials prove as much as a mailbox does."""

import os
from argparse import Namespace
from datetime import UTC, datetime
from typing import NamedTuple

from trackback.cli.output import remark
from trackback.cli.stack import DEFAULT_NAME, Stack, StackUnknown, stack_name
from trackback.cli.stand_in import is_on_this_machine
from trackback.paths import SIGN_IN
from trackback.storage.api_address import find_api
from trackback.storage.sign_ins import SignIns
from trackback.storage.signing_keys import Keys
from trackback.storage.table import Table


class _Service(NamedTuple):
    """A deployed service: the address of its API, its table and its signing keys."""

    api: str
    table: Table
    keys: Keys


def sign_in(args: Namespace) -> bool:
    """Print a one-time sign-in link on stdout, and remarks about it on stderr."""
    service = _find_service(args)
    token = SignIns(service.table, service.keys).issue(datetime.now(UTC))
    print(f"{service.api}{SIGN_IN}/{token}")
    remark("The link works once, for 15 minutes. A sign-in link that was emailed before no longer works.")
    return True


def _find_service(args: Namespace) -> _Service:
    """Return the service of the stack's outputs, or of `make run`, which has no stack but fixed names."""
    stack = Stack(stack_name(args.stack))
    named = args.api or os.environ.get("TRACKBACK_API")
    try:
        table = Table(stack.output("TableName"), is_patient=True)
        return _Service(find_api(table, named or stack.output("ApiUrl")), table, _keys(stack.name))
    except StackUnknown:
        if not is_on_this_machine():
            raise
    table = Table(DEFAULT_NAME)
    return _Service(find_api(table, named), table, _keys(DEFAULT_NAME))


def _keys(stack: str) -> Keys:
    """Return the signing keys of a stack, at the path that template.yaml uses."""
    return Keys(f"/trackback/{stack}/signing-key")
