"""The state of the mail outbox, and the decision whether a mail may go now: pure."""

from collections.abc import Collection, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime, timedelta

from trackback.model.ping import Ping
from trackback.model.settings import Notify
from trackback.timestamps import stamp

MOST = 30
"""Ordinary ids that the queue holds."""
MOST_PROMISING = 60
"""Promising ids that the queue holds beside them: together no more than one BatchGetItem reads."""
AT_ONCE = 10
"""Pings per `PAUSE` that are mailed without delay; further ones are combined into one mail."""
PAUSE = timedelta(minutes=5)
SHORT_PAUSE = timedelta(minutes=1)
"""The pause before a mail with a promising ping: a flood of others does not delay it."""
DAY = timedelta(days=1)
MOST_A_DAY = 50
"""Mails in 24 hours before the rate drops to one per hour: the SES sandbox allows 200, sign-in mails too."""
MOST_UNPROMISING = 25
"""The same for mails without a promising ping, so that a flood leaves some of the day's mails to others."""
HOUR = timedelta(hours=1)
PATIENCE = timedelta(minutes=2)
"""Duration of a claim, longer than a run: after that, the run has died, and another may send the mail."""


def is_promising(ping: Ping) -> bool:
    """Tell whether no others displace a ping in mails: it links, is no flood, and seems genuine."""
    verdict = ping.verdict
    return verdict is not None and verdict.proves_link and verdict.score <= 0


@dataclass(frozen=True, slots=True)
class Claim:
    """A mail reserved for one run.

    Attributes:
        id: The mail's id: the time of its first claim.
        pings: Ids that it may mention.
        more: Number of further waiting pings, whose ids are not stored.
        attempts: How often it was claimed.
        at: When this run claimed it.
    """

    id: str
    pings: Collection[str]
    more: int = 0
    attempts: int = 1
    at: str = ""


@dataclass(frozen=True, slots=True)
class Additions:
    """What is new to the outbox: ids with room in the next mail, and the number of those without."""

    promising: AbstractSet[str]
    waiting: AbstractSet[str]
    more: int


@dataclass(frozen=True, slots=True)
class OutboxState:
    """The outbox: the next mail, the mail in progress, and what is counted of past mails.

    Attributes:
        promising: Ids for the next mail that no others displace: `is_promising`, and sent pings that failed.
        waiting: Other ids for the next mail.
        more: Number of pings for the next mail beyond its capacity.
        mail: Id of the mail in progress, or of the last one.
        sending: Ids in the mail in progress; empty if there is none.
        unnamed: Its number of further pings.
        claimed_at: When it was claimed last; empty if that attempt failed.
        attempts: How often it was claimed.
        sent_at: When the last mail went out.
        counted_from: When the count of mailed pings began.
        counted: Number of pings mailed since then.
        tried_at: When mails of the last 24 hours were claimed, in Unix seconds, without attempts known to
            have failed.
        mails: Number of mails on the day of `sent_at`, as stored before there was `tried_at`.
    """

    promising: AbstractSet[str] = frozenset()
    waiting: AbstractSet[str] = frozenset()
    more: int = 0
    mail: str = ""
    sending: AbstractSet[str] = frozenset()
    unnamed: int = 0
    claimed_at: str = ""
    attempts: int = 0
    sent_at: str = ""
    counted_from: str = ""
    counted: int = 0
    tried_at: Sequence[int] = ()
    mails: int = 0

    def new(self, pings: Collection[str], promising: Collection[str] = ()) -> Additions:
        """Return which ids are new, and where they have room: promising ones in either part."""
        known = self.promising | self.waiting | self.sending
        first = sorted(set(promising) - known)
        rooms = max(MOST_PROMISING - len(self.promising), 0)
        others = first[rooms:] + sorted(set(pings) - set(promising) - known)
        room = max(MOST - len(self.waiting), 0)
        return Additions(set(first[:rooms]), set(others[:room]), len(others[room:]))

    def may_go(self, notify: Notify, now: datetime) -> bool:
        """Tell whether a mail about all waiting pings may go now."""
        waiting = len(self.waiting) + len(self.promising)
        if self.sending or not waiting or stamp(now) <= self.mail:  # the next mail needs a new id
            return False
        if notify is Notify.DAILY:
            return self.sent_at <= stamp(now - DAY)
        if not self._is_within_budget(now, MOST_A_DAY if self.promising else MOST_UNPROMISING):
            return False
        mailed = self._mailed_since(now)[1] + waiting + self.more
        pause = SHORT_PAUSE if self.promising else PAUSE
        return mailed <= AT_ONCE or self.sent_at <= stamp(now - pause)

    def may_go_again(self, now: datetime) -> bool:
        """Tell whether the mail in progress failed, or the run that claimed it has died."""
        gave_up = not self.claimed_at or self.claimed_at <= stamp(now - PATIENCE)
        return bool(self.sending) and gave_up and self._is_within_budget(now, MOST_A_DAY)

    def next_mail(self) -> tuple[AbstractSet[str], int]:
        """Return the ids for the next mail and the number of further pings.

        Concurrent additions may have exceeded the room for ordinary ids.
        """
        named = sorted(self.waiting)
        return self.promising | set(named[:MOST]), self.more + len(named[MOST:])

    def claim(self) -> Claim:
        """Return the mail in progress."""
        return Claim(self.mail, sorted(self.sending), self.unnamed, self.attempts, self.claimed_at)

    def mailed(self, pings: int, now: datetime) -> tuple[str, int]:
        """Return when the count of mailed pings began, and the count with a mail that went out now."""
        counted_from, counted = self._mailed_since(now)
        return counted_from or stamp(now), counted + pings

    def tried_within_day(self, now: datetime) -> list[int]:
        """Return `tried_at` of the last 24 hours; those of the version before count at `sent_at`."""
        earlier = [_seconds(datetime.fromisoformat(self.sent_at))] * self.mails if self.sent_at else []
        return [tried for tried in [*earlier, *self.tried_at] if tried > _seconds(now - DAY)]

    def without(self, claim: Claim) -> list[int]:
        """Return `tried_at` without a claim whose mail did not go out."""
        failed = _seconds(datetime.fromisoformat(claim.at))
        kept = list(self.tried_at)
        if failed in kept:
            kept.remove(failed)
        return kept

    def _is_within_budget(self, now: datetime, most: int) -> bool:
        tried = self.tried_within_day(now)
        return len(tried) < most or max(tried) <= _seconds(now - HOUR)

    def _mailed_since(self, now: datetime) -> tuple[str, int]:
        """Return when the count of pings mailed within the last `PAUSE` began, and the count."""
        counts = self.counted_from > stamp(now - PAUSE)
        return (self.counted_from, self.counted) if counts else ("", 0)


def _seconds(moment: datetime) -> int:
    return int(moment.timestamp())
