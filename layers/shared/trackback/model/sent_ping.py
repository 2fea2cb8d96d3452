"""The ledger of pings sent: one record for each pair of a post of the author's and a page that it links to.

A record is claimed just before its ping leaves, and says afterwards what came back. Whoever finds a claim
that is older than `PATIENCE` knows that a run died with the ping on its way: it may have arrived, so it is
told of and not sent again, unless the author asks. TrackBack knows no update and no removal: what was
accepted once is never sent again, whatever becomes of the post.
"""

import hashlib
import re
from base64 import b32encode
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from trackback.errors import PingRefused, TrackbackError
from trackback.model.feed_state import Memory
from trackback.timestamps import stamp
from trackback.urls import read_source

PATIENCE = timedelta(minutes=2)
"""How long a claim holds: a ping with all its redirects takes ten seconds."""
GIVE_UP = timedelta(days=2)
"""For how long after the first attempt a ping is tried again."""

_DELAYS = tuple(timedelta(minutes=minutes) for minutes in (15, 60, 4 * 60, 12 * 60, 24 * 60))
RECORD = "sent#"
"""How the id of its record begins (`storage.keys` has all)."""
_INDEX = re.compile(r"/index\.(?:html?|php)(?=$|\?)")
_DIED = "the run that sent it died before the answer came: look whether it has arrived, or send it again"


class LedgerBroken(TrackbackError):
    """The ledger cannot be read or written; the message tells what to do."""


class Stage(StrEnum):
    """What has become of a ping."""

    CLAIMED = "claimed"
    ACCEPTED = "accepted"
    DUPLICATE = "duplicate"
    REFUSED = "refused"
    UNCLEAR = "unclear"
    LATER = "later"
    FAILED = "failed"
    NONE = "no ping URL"
    DROPPED = "dropped"


DONE = frozenset({Stage.ACCEPTED, Stage.DUPLICATE})
"""Stages of what arrived: nothing more is ever sent."""
FOR_A_PERSON = frozenset({Stage.REFUSED, Stage.UNCLEAR, Stage.FAILED})
"""Stages that end without success, and that the author should know of."""


@dataclass(frozen=True, slots=True)
class SentPing:
    """A record of the ledger.

    Attributes:
        source: URL of the author's post, as it was sent.
        target: URL of the page that it links to; the ping URL where that was given by hand; the source itself
            in the record of a post that could not be read.
        ping_url: Where the ping went or will go; empty as long as none is known.
        protocol: How it is sent.
        stage: What has become of it.
        attempts: How often it was tried since then, also where only the target's page was asked for.
        words: What the other side said last, in words.
        first_at: When it was tried first since it last had an end, as `stamp` writes it.
        last_at: When it was tried last.
        next_at: When it will be tried again, or when a claim is over; empty if never.
        version: How often the record was written.
    """

    source: str
    target: str
    ping_url: str = ""
    protocol: str = "trackback"
    stage: Stage = Stage.LATER
    attempts: int = 0
    words: str = ""
    first_at: str = ""
    last_at: str = ""
    next_at: str = ""
    version: int = 0

    @property
    def id(self) -> str:
        """What names the one record of the pair; no ping's id begins like it."""
        return sending_id(self.source, self.target)

    @property
    def by_hand(self) -> bool:
        """Whether the author gave the ping URL."""
        return self.target == self.ping_url

    @property
    def of_post(self) -> bool:
        """Whether it tells of the post itself, which could not be read."""
        return page_key(self.source) == page_key(self.target)

    def is_due(self, now: datetime) -> bool:
        """Tell whether something is to be done about it now."""
        return self.stage in {Stage.LATER, Stage.CLAIMED} and self.next_at <= stamp(now)

    def seen(self, now: datetime) -> "SentPing":
        """Return the record as it is to be understood now: a claim that is over is unclear."""
        if self.stage is Stage.CLAIMED and self.is_due(now):
            return replace(self, stage=Stage.UNCLEAR, words=_DIED, next_at="", version=self.version + 1)
        return self

    def claimed(self, ping_url: str, now: datetime) -> "SentPing":
        """Return the record to be written before its ping leaves."""
        tried = self._tried(Stage.CLAIMED, "", now, stamp(now + PATIENCE))
        return replace(tried, ping_url=ping_url)

    def ended(self, stage: Stage, words: str, now: datetime) -> "SentPing":
        """Return the record with its end; a claim is the same attempt."""
        return self._tried(stage, words, now, "")

    def postponed(self, words: str, now: datetime, retry_after: int | None = None) -> "SentPing":
        """Return the record to be tried again, or with its failure where `GIVE_UP` is over.

        `retry_after` is how many seconds the other side has asked for; it makes the pause longer only.
        """
        tried = self._tried(Stage.LATER, words, now, "")
        pause = _DELAYS[min(tried.attempts, len(_DELAYS)) - 1]
        at = max(now + pause, now + timedelta(seconds=min(retry_after or 0, GIVE_UP.total_seconds() + 1)))
        if at > datetime.fromisoformat(tried.first_at) + GIVE_UP:
            return replace(tried, stage=Stage.FAILED, words=f"{words}, and it was tried for two days")
        return replace(tried, next_at=stamp(at))

    def put_off(self, words: str, now: datetime) -> "SentPing":
        """Return the record to be tried at the next occasion, without an attempt."""
        first = self.first_at or stamp(now)
        version = self.version + 1
        later = replace(self, stage=Stage.LATER, words=words, first_at=first, version=version)
        return replace(later, next_at=stamp(now + _DELAYS[0]))

    def _tried(self, stage: Stage, words: str, now: datetime, next_at: str) -> "SentPing":
        goes_on = self.stage in {Stage.LATER, Stage.CLAIMED}  # what had ended begins anew
        return replace(
            self,
            stage=stage,
            words=words,
            attempts=(self.attempts if goes_on else 0) + (self.stage is not Stage.CLAIMED),
            first_at=(self.first_at if goes_on else "") or stamp(now),
            last_at=stamp(now),
            next_at=next_at,
            version=self.version + 1,
        )


class Ledger(Protocol):
    """Where records are kept."""

    def find(self, ids: Collection[str]) -> Mapping[str, SentPing]:
        """Return the records of some ids as they stand now, by id."""

    def put(self, sending: SentPing) -> bool:
        """Write a record, the next version of what is there; return False if that is another by now."""

    def forget(self, sending: SentPing) -> None:
        """Remove a record, if it is still the same version."""

    def due(self, now: datetime, most: int) -> list[SentPing]:
        """Return records about which something is to be done, the longest due first."""

    def every(self) -> Iterator[SentPing]:
        """Yield all records, the newest first."""

    def memory(self, feed: str) -> Memory | None:
        """Return what is remembered of a feed."""

    def remember(self, feed: str, memory: Memory) -> None:
        """Remember this of a feed, in place of what was remembered."""


def page_key(url: str) -> str:
    """Return the key under which all spellings of an address are one page; empty if it is none.

    Beside what makes no other source (`Source.key`), `www.` and an index file do not count.
    """
    try:
        return _INDEX.sub("", read_source(url).key).removeprefix("www.")
    except PingRefused:
        return ""


def sending_id(source: str, target: str) -> str:
    """Return the id of the one record for a pair of post and target: 128 bits, in base 32."""
    digest = hashlib.sha256(f"{page_key(source)}\n{page_key(target)}".encode()).digest()
    return RECORD + b32encode(digest[:16]).decode("ascii").rstrip("=").lower()
