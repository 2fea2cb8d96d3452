"""Tells other environments of floods, and takes in what they have seen: once a run, not for each ping."""

from collections.abc import Mapping
from typing import Any

from aws_lambda_powertools import Logger

from trackback.errors import TableBusy
from trackback.receiving.spam.flood import MARK, FloodWindow, Seen, merged
from trackback.storage.floods import FloodStore, as_seen, as_stored

logger = Logger(child=True)


def exchange_floods(window: FloodWindow, store: FloodStore) -> None:
    """Merge what this environment has seen several times with what the others have; no fault stops a run."""
    own = window.shared()

    def merge(stored: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
        return {key: as_stored(seen.at, seen.marks) for key, seen in merged(_read(stored), own).items()}

    try:
        found = store.exchange({key: len(seen.marks) for key, seen in own.items()}, merge)
    except TableBusy:
        return  # its own count must do
    except Exception:
        logger.exception("what was seen of floods could not be exchanged")
        return
    window.take_in(_read(found))


def _read(stored: Mapping[str, Mapping[str, Any]]) -> dict[str, Seen]:
    return {key: Seen(*as_seen(each, MARK)) for key, each in stored.items()}
