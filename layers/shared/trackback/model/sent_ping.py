"""Sent pings: one record for each pair of a post of the author's and a page that it links to.

A record is claimed just before its ping is sent, and stores the answer afterwards. A claim older than
`PATIENCE` means that a run crashed while sending: the ping may have arrived, so the author is notified and
the ping is not sent again unless the author asks. TrackBack has no update and no removal: an accepted ping is
never sent again, whatever happens to the post.
"""

import typing
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from trackback.errors import TrackbackError
from trackback.model.feed_state import FeedState
from trackback.model.protocol import Protocol
from trackback.timestamps import stamp
from trackback.urls import page_key, pair_id

PATIENCE = timedelta(minutes=2)
"""How long a claim is valid: a ping with all its redirects takes ten seconds."""
GIVE_UP = timedelta(days=2)
"""How long after the first attempt a ping is retried."""

_DELAYS = tuple(timedelta(minutes=minutes) for minutes in (15, 60, 4 * 60, 12 * 60, 24 * 60))
_OF_FEED = "feed:"
RECORD = "sent#"
"""Prefix of a record's id (`storage.keys` lists all prefixes)."""
_DIED = "the run that sent it died before the answer came: look whether it has arrived, or send it again"


class LedgerBroken(TrackbackError):
    """The ledger cannot be read or written; the message tells what to do."""


class Stage(StrEnum):
    """State of a sent ping."""

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
"""Stages of a ping that arrived: it is never sent again."""
NEEDS_ATTENTION = frozenset({Stage.REFUSED, Stage.UNCLEAR, Stage.FAILED})
"""Final stages without success, for the author's attention."""


@dataclass(frozen=True, slots=True)
class SentPing:
    """Record of one ping of the author's own.

    Attributes:
        source: URL of the author's post, as it was sent.
        target: URL of the page that the post links to; the ping URL if the author gave one; the source itself
            in the record of a post that could not be read; `feed:` and the source in that of a feed.
        ping_url: Where the ping was or will be sent; empty while unknown.
        protocol: The protocol that it is sent in.
        stage: Its state.
        attempts: How many attempts since `first_at`, including those that only fetched the target's page.
        words: What the receiver answered last, as a text for the author.
        first_at: Time of the first attempt since the last final stage, as `stamp` writes it.
        last_at: Time of the last attempt.
        next_at: Time of the next attempt, or when a claim expires; empty if never.
        version: How often the record was written.
    """

    source: str
    target: str
    ping_url: str = ""
    protocol: Protocol = Protocol.TRACKBACK
    stage: Stage = Stage.LATER
    attempts: int = 0
    words: str = ""
    first_at: str = ""
    last_at: str = ""
    next_at: str = ""
    version: int = 0

    @property
    def id(self) -> str:
        """Id of the record for this pair; its prefix differs from every ping's id."""
        return sending_id(self.source, self.target)

    @property
    def is_new(self) -> bool:
        """Whether the record has never been written."""
        return self.version == 0

    @property
    def is_manual(self) -> bool:
        """Whether the author gave the ping URL."""
        return self.target == self.ping_url

    @property
    def is_post_record(self) -> bool:
        """Whether the record is about the post itself, which could not be read."""
        return page_key(self.source) == page_key(self.target)

    @property
    def is_feed(self) -> bool:
        """Whether the record is about the author's feed, which cannot be read."""
        return self.target.startswith(_OF_FEED)

    def is_due(self, now: datetime) -> bool:
        """Tell whether a retry or an expired claim needs handling now."""
        return self.stage in {Stage.LATER, Stage.CLAIMED} and self.next_at <= stamp(now)

    def resolved(self, now: datetime) -> "SentPing":
        """Return the record in its current state: an expired claim becomes unclear."""
        if self.stage is Stage.CLAIMED and self.is_due(now):
            return replace(self, stage=Stage.UNCLEAR, words=_DIED, next_at="", version=self.version + 1)
        return self

    def claimed(self, ping_url: str, now: datetime) -> "SentPing":
        """Return the claim to write before the ping is sent."""
        tried = self._tried(Stage.CLAIMED, "", now, stamp(now + PATIENCE))
        return replace(tried, ping_url=ping_url)

    def ended(self, stage: Stage, words: str, now: datetime) -> "SentPing":
        """Return the record with its final stage; ending a claim counts as the same attempt."""
        return self._tried(stage, words, now, "")

    def postponed(self, words: str, now: datetime, retry_after: int | None = None) -> "SentPing":
        """Return the record with its next attempt scheduled, or failed once `GIVE_UP` has passed.

        `retry_after` is the wait in seconds that the receiver asked for; it can only lengthen the delay.
        """
        tried = self._tried(Stage.LATER, words, now, "")
        pause = _DELAYS[min(tried.attempts, len(_DELAYS)) - 1]
        at = max(now + pause, now + timedelta(seconds=min(retry_after or 0, GIVE_UP.total_seconds() + 1)))
        if at > datetime.fromisoformat(tried.first_at) + GIVE_UP:
            return replace(tried, stage=Stage.FAILED, words=f"{words}, and it was tried for two days")
        return replace(tried, next_at=stamp(at))

    def put_off(self, words: str, now: datetime) -> "SentPing":
        """Return the record scheduled for the next retry, without counting an attempt."""
        first = self.first_at or stamp(now)
        version = self.version + 1
        later = replace(self, stage=Stage.LATER, words=words, first_at=first, version=version)
        return replace(later, next_at=stamp(now + _DELAYS[0]))

    def _tried(self, stage: Stage, words: str, now: datetime, next_at: str) -> "SentPing":
        goes_on = self.stage in {Stage.LATER, Stage.CLAIMED}  # after a final stage, the counts restart
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


class Ledger(typing.Protocol):
    """Storage of sent pings."""

    def find(self, ids: Collection[str]) -> Mapping[str, SentPing]:
        """Return the records with these ids, by id, in their current state."""

    def put(self, sending: SentPing) -> bool:
        """Write the next version of a record; return False if the stored version has changed."""

    def forget(self, sending: SentPing) -> None:
        """Remove a record if its version is unchanged."""

    def due(self, now: datetime, limit: int) -> list[SentPing]:
        """Return the records that are due, the longest due first."""

    def every(self) -> Iterator[SentPing]:
        """Yield all records, newest first."""

    def feed_state(self, feed: str) -> FeedState | None:
        """Return the stored state of a feed, or None."""

    def save_feed_state(self, feed: str, state: FeedState) -> None:
        """Replace the stored state of a feed."""


def sending_id(source: str, target: str) -> str:
    """Return the id of the record for a pair of post and target."""
    return RECORD + pair_id(page_key(source), page_key(target))


def feed_record(feed: str) -> SentPing:
    """Return the new record of a feed that cannot be read."""
    return SentPing(feed, _OF_FEED + feed)
