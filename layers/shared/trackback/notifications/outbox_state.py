"""The state of the mail outbox, and the decision whether a mail may go now: pure."""

from collections.abc import Collection, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from trackback.model.settings import Notify
from trackback.timestamps import stamp

MOST = 30
"""Ids that the queue holds: the number that one BatchGetItem reads."""
AT_ONCE = 10
"""Pings per `PAUSE` that are mailed without delay; further ones are combined into one mail."""
PAUSE = timedelta(minutes=5)
DAY = timedelta(days=1)
MOST_A_DAY = 50
"""Mails per day before the rate drops to one per hour: the SES sandbox allows 200, sign-in mails included."""
HOUR = timedelta(hours=1)
PATIENCE = timedelta(minutes=2)
"""Duration of a claim; after that, another run may send the mail."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A mail reserved for one run.

    Attributes:
        id: The mail's id: the time of its first claim.
        pings: Ids that it may mention.
        more: Number of further waiting pings, whose ids are not stored.
        attempts: How often it was claimed.
    """

    id: str
    pings: Collection[str]
    more: int = 0
    attempts: int = 1


@dataclass(frozen=True, slots=True)
class OutboxState:
    """The outbox: the next mail, the mail in progress, and what is counted of past mails.

    Attributes:
        waiting: Ids for the next mail.
        more: Number of pings for the next mail beyond its capacity.
        mail: Id of the mail in progress, or of the last one.
        sending: Ids in the mail in progress; empty if there is none.
        unnamed: Its number of further pings.
        claimed_at: When it was claimed last.
        attempts: How often it was claimed.
        sent_at: When the last mail went out.
        counted_from: When the count of mailed pings began.
        counted: Number of pings mailed since then.
        day: Day of the last mail.
        mails: Number of mails on that day.
    """

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
    day: str = ""
    mails: int = 0

    def new(self, ids: Collection[str]) -> tuple[Sequence[str], int]:
        """Return which ids are new and have room in the next mail, and how many further ones are new."""
        new = sorted(set(ids) - self.waiting - self.sending)
        named = new[: max(MOST - len(self.waiting), 0)]
        return named, len(new) - len(named)

    def may_go(self, notify: Notify, now: datetime) -> bool:
        """Tell whether a mail about all waiting pings may go now."""
        if self.sending or not self.waiting or stamp(now) <= self.mail:  # the next mail needs a new id
            return False
        if notify is Notify.DAILY:
            return self.sent_at <= stamp(now - DAY)
        if self._mails_today(now) >= MOST_A_DAY:
            return self.sent_at <= stamp(now - HOUR)
        mailed = self._mailed_since(now)[1] + len(self.waiting) + self.more
        return mailed <= AT_ONCE or self.sent_at <= stamp(now - PAUSE)

    def may_go_again(self, now: datetime) -> bool:
        """Tell whether the run that claimed the mail in progress has given it up."""
        return bool(self.sending) and self.claimed_at <= stamp(now - PATIENCE)

    def claim(self) -> Claim:
        """Return the mail in progress; concurrent additions may have exceeded its capacity."""
        pings = sorted(self.sending)
        return Claim(self.mail, pings[:MOST], self.unnamed + len(pings[MOST:]), self.attempts)

    def after(self, pings: int, now: datetime) -> "OutboxState":
        """Return the counts of past mails, with a mail about so many pings that went out now."""
        counted_from, counted = self._mailed_since(now)
        return replace(
            self,
            sent_at=stamp(now),
            counted_from=counted_from or stamp(now),
            counted=counted + pings,
            day=_day(now),
            mails=self._mails_today(now) + 1,
        )

    def _mails_today(self, now: datetime) -> int:
        return self.mails if self.day == _day(now) else 0

    def _mailed_since(self, now: datetime) -> tuple[str, int]:
        """Return when the count of pings mailed within the last `PAUSE` began, and the count."""
        counts = self.counted_from > stamp(now - PAUSE)
        return (self.counted_from, self.counted) if counts else ("", 0)


def _day(now: datetime) -> str:
    return stamp(now)[:10]
