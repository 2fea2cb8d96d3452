"""Sent pings in one local JSON file, for using the sender without AWS.

Each change reads the file again and writes it as a whole: to a temporary file first, which then replaces it,
so the file is complete at any moment. A lock makes concurrent runs wait for each other.
"""

import fcntl
import json
import os
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from operator import attrgetter
from pathlib import Path
from typing import Any

from trackback.model.feed_state import FeedState, posts_in
from trackback.model.protocol import Protocol
from trackback.model.sent_ping import LedgerBroken, SentPing, Stage

_FORMAT = 1


class SentPingsFile:
    """Sent pings in a file (`Ledger`)."""

    def __init__(self, path: Path) -> None:
        """The first record creates the file. A symbolic link to it stays a link."""
        self._path = Path(os.path.realpath(path))

    def find(self, ids: Collection[str]) -> Mapping[str, SentPing]:
        """Return the records with these ids, by id."""
        sent = self._read()["sent"]
        return {each: _sending(sent[each]) for each in ids if each in sent}

    def put(self, sending: SentPing) -> bool:
        """Write the next version of a record; return False if the stored version has changed."""
        with self._changing() as kept:
            there = kept["sent"].get(sending.id, {"version": 0})
            if there["version"] != sending.version - 1:
                return False
            kept["sent"][sending.id] = asdict(sending)
        return True

    def forget(self, sending: SentPing) -> None:
        """Remove a record if its version is unchanged."""
        with self._changing() as kept:
            if kept["sent"].get(sending.id, {}).get("version") == sending.version:
                del kept["sent"][sending.id]

    def due(self, now: datetime, limit: int) -> list[SentPing]:
        """Return the records that are due, the longest due first."""
        found = [each for each in self._sendings() if each.is_due(now)]
        return sorted(found, key=attrgetter("next_at"))[:limit]

    def every(self) -> Iterator[SentPing]:
        """Yield all records, newest first."""
        yield from sorted(self._sendings(), key=attrgetter("first_at"), reverse=True)

    def feed_state(self, feed: str) -> FeedState | None:
        """Return the stored state of a feed, or None."""
        known = self._read()["feeds"].get(feed)
        return _feed_state(known) if known else None

    def save_feed_state(self, feed: str, state: FeedState) -> None:
        """Replace the stored state of a feed."""
        with self._changing() as kept:
            kept["feeds"][feed] = {**asdict(state), "posts": state.as_text()}

    def _sendings(self) -> list[SentPing]:
        return [_sending(each) for each in self._read()["sent"].values()]

    def _read(self) -> dict[str, Any]:
        try:
            text = self._path.read_text("utf-8")
        except FileNotFoundError:
            return {"format": _FORMAT, "sent": {}, "feeds": {}}
        except (OSError, UnicodeDecodeError):
            raise self._broken("cannot be read") from None
        try:
            return _parsed(text)
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            raise self._broken("is no ledger: restore an earlier one, or name another file") from None

    @contextmanager
    def _changing(self) -> Iterator[dict[str, Any]]:
        """Yield the file's content under the lock, and write it back if the block does not raise."""
        try:
            with self._beside(".lock").open("w") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                kept = self._read()
                yield kept
                self._write(kept)
        except OSError as error:
            raise self._broken(f"cannot be written: {error.strerror}") from None

    def _write(self, kept: Mapping[str, Any]) -> None:
        new = self._beside(".new")
        with new.open("w", encoding="utf-8") as file:
            json.dump(kept, file, indent=1, sort_keys=True)
            file.write("\n")
            file.flush()
            os.fsync(file.fileno())
        new.replace(self._path)

    def _beside(self, suffix: str) -> Path:
        return self._path.with_name(self._path.name + suffix)

    def _broken(self, words: str) -> LedgerBroken:
        return LedgerBroken(f"the ledger {self._path.name} {words}")


def _parsed(text: str) -> dict[str, Any]:
    """Parse a ledger file and validate every part."""
    kept: dict[str, Any] = json.loads(text)
    if kept["format"] != _FORMAT or any(_sending(each).id != key for key, each in kept["sent"].items()):
        raise ValueError
    for known in kept["feeds"].values():
        _feed_state(known)
    return kept


def _sending(kept: Mapping[str, Any]) -> SentPing:
    protocol = Protocol(kept.get("protocol", Protocol.TRACKBACK))
    typed = _typed({**kept, "protocol": protocol, "stage": Stage(kept["stage"])}, "attempts", "version")
    return SentPing(**typed)


def _feed_state(kept: Mapping[str, Any]) -> FeedState:
    return FeedState(**{**_typed(kept), "posts": posts_in(kept["posts"])})


def _typed(kept: Mapping[str, Any], *numbers: str) -> Mapping[str, Any]:
    """Return the fields if all are texts, except the `numbers`: the file may have been edited by hand."""
    if any(not isinstance(value, int if name in numbers else str) for name, value in kept.items()):
        raise TypeError
    return kept
