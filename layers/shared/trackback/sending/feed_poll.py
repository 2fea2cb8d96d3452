"""Polls a blog's feed: new and changed posts send their pings, old ones do not."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from trackback.sending.sender import PostUnreadable, Report, Sender
from trackback.sending.subscription import read_news
from trackback.web.feed import Entry

MOST_POSTS = 10
"""Posts per run, unless old ones are requested; the rest wait for the next run."""


@dataclass(frozen=True, slots=True)
class PollResult:
    """The result of one feed poll.

    Attributes:
        reports: One per processed post, oldest first.
        unread: Why posts could not be read; they are retried.
        skipped: Number of posts that are recorded without sending, because they are old or not the author's.
        foreign: Number of posts that are not the author's: their host is neither the feed's nor one of the
            author's own.
        left: Number of posts that wait for the next run.
    """

    reports: Sequence[Report]
    unread: Sequence[str]
    skipped: int
    foreign: int
    left: int


def poll_feed(sender: Sender, feed: str, *, old: bool = False, dry_run: bool = False) -> PollResult:
    """Send the pings of posts that are new in a feed, or in the feed that a page names, since the last poll.

    The first poll treats every post as old. `old` also sends the pings of old posts, even those beyond the
    age limit.

    Raises:
        FeedUnreadable: the feed cannot be fetched or parsed.
        LedgerBroken: the ledger cannot be read or written.
    """
    ledger = sender.context.ledger
    state = ledger.feed_state(feed)
    known = None if old else state
    news = read_news(sender.context.fetcher, feed, known, lambda url: sender.is_own(url, feed))
    wanted = [each for each in news.posts if _is_wanted(sender, each, feed, old=old)]
    wanted = wanted[::-1] if old or not news.first else []
    reports: list[Report] = []
    unread: list[str] = []
    handled = 0
    for entry in wanted if old else wanted[:MOST_POSTS]:
        if sender.context.time_is_up():
            break
        handled += 1
        try:
            reports.append(sender.send(entry.url, content=entry.content, dry_run=dry_run))
        except PostUnreadable as error:
            unread.append(str(error))
            if not dry_run:
                sender.note_unread(entry.url, error)
    left = wanted[handled:]
    if not dry_run and (after := news.feed_state(left)) != state:
        ledger.save_feed_state(feed, after)
    foreign = sum(not sender.is_own(each.url, feed) for each in news.posts)
    return PollResult(reports, unread, len(news.posts) - len(wanted), foreign, len(left))


def _is_wanted(sender: Sender, entry: Entry, feed: str, *, old: bool) -> bool:
    oldest = sender.context.clock() - timedelta(days=sender.context.limits.days)
    is_young = old or entry.published is None or entry.published >= oldest
    return is_young and sender.is_own(entry.url, feed)
