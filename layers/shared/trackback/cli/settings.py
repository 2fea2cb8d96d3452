"""The commands about the author's settings; each returns whether it succeeded."""

import getpass
import json
import sys
from argparse import Namespace
from dataclasses import asdict
from typing import Any

from trackback.cli.output import complain, facts_grid, say
from trackback.cli.stack import stack_name
from trackback.storage.akismet_key import AkismetKey
from trackback.storage.settings import load_settings
from trackback.storage.table import Table


def list_settings(table: Table, args: Namespace) -> bool:
    """Print the settings. Of Akismet's key, it prints only the ending."""
    settings: dict[str, Any] = asdict(load_settings(table))
    ending = _key(args).ending()
    if args.json:
        print(json.dumps({**settings, "akismet_key": bool(ending)}))
        return True
    if settings["feed"] is None:
        settings["feed"] = "as deployed"
    told = {name: _told(value) for name, value in settings.items()}
    say(facts_grid(told | {"akismet key": f"set, ends in {ending}" if ending else "none"}))
    return True


def akismet_key(_: Table, args: Namespace) -> bool:
    """Set or remove Akismet's key. It is no argument: shell histories and process lists show arguments."""
    key = _key(args)
    if args.remove:
        if key.remove():
            say("Removed. Akismet is not asked any more, within five minutes.")
            return True
        complain("there is no key to remove")
        return False
    key.save(getpass.getpass("Akismet key: ") if sys.stdin.isatty() else sys.stdin.readline())
    say("Saved. Akismet is asked about new pings, within five minutes.")
    return True


def _key(args: Namespace) -> AkismetKey:
    return AkismetKey(f"/trackback/{stack_name(args.stack)}/akismet-key")


def _told(value: Any) -> str | list[str]:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return list(value) if isinstance(value, tuple) else str(value or "none")
