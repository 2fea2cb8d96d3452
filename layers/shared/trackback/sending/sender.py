"""Sending: the author's posts ping what they link to, once, and what is due is tried again.

Nothing is sent without a claim in the ledger, written just before, and what came back is written at once. A
post is noted as long as its links are being handled, so that a run that dies forgets none of them.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from http import HTTPStatus

from trackback.errors import TrackbackError
from trackback.model.posts import host_key
from trackback.model.sending_limits import SendingLimits
from trackback.model.sent_ping import DONE, Ledger, SentPing, Stage, sending_id
from trackback.protocols.discovery import Endpoint, is_passing
from trackback.sending.post_run import Means, PostRun, Step, site_key
from trackback.sending.throttle import HostThrottle
from trackback.web.html.article import Article, Citation, read_article
from trackback.web.html.page import is_html
from trackback.web.http.client import Fetcher, FetchFailed, FetchRefused

UNDER_WAY = "its links are being handled"
GONE = "the post links there no longer"

_NEW = frozenset({None, Stage.NONE, Stage.FAILED, Stage.DROPPED})
_AGAIN = _NEW | {Stage.REFUSED, Stage.UNCLEAR, Stage.LATER}
_BROKEN_OFF = frozenset({None})
_ONLY_DUE: frozenset[Stage | None] = frozenset()


class PostUnread(TrackbackError):
    """The author's own post cannot be had; the message tells why, `passing` whether it may come later."""

    def __init__(self, words: str, *, passing: bool) -> None:
        super().__init__(words)
        self.passing = passing


@dataclass(frozen=True, slots=True)
class Report:
    """What was done about one post: a step for each of its links, in their order."""

    url: str
    title: str
    steps: Sequence[Step]


class Sender:
    """Pings what posts link to; for one run, in one thread."""

    def __init__(  # noqa: PLR0913 - what it works with, what it may do, and for how long
        self,
        fetcher: Fetcher,
        ledger: Ledger,
        *,
        own: Collection[str] = (),
        limits: SendingLimits | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        time_is_up: Callable[[], bool] = lambda: False,
    ) -> None:
        """Take the author's own hosts, which get no pings; that of a post itself is always one.

        `time_is_up` is asked before each request; what has not been sent by then is put off.
        """
        limits = limits or SendingLimits()
        sites = frozenset(map(host_key, own))
        self.means = Means(fetcher, ledger, clock, limits, sites, HostThrottle(limits.pause), time_is_up)

    def is_own(self, url: str, *beside: str) -> bool:
        """Tell whether a URL is of the author's own hosts, or of the same as one of those `beside` it."""
        return site_key(url) in {*self.means.own, *map(site_key, beside)}

    def send(self, url: str, *, content: str = "", again: bool = False, dry_run: bool = False) -> Report:
        """Ping what a post links to and was not pinged for it yet.

        `content` is the post's HTML in its feed. `again` also tries what was refused, is unclear, has failed
        or would be tried later; what has arrived is never sent again. A dry run sends and writes nothing.

        Raises:
            PostUnread: the post cannot be had.
            LedgerBroken: the ledger cannot be read or written.
        """
        article = self._read(url, content)
        stages = _AGAIN if again else _NEW
        return self._mail(url, article, self._wanted(url, article), stages, dry_run=dry_run)

    def send_to(self, url: str, ping_url: str, *, again: bool = False, dry_run: bool = False) -> Report:
        """Ping one ping URL that the author gives; the rest is as `send` has it."""
        article = self._read(url, "")
        known = self.means.ledger.find([sending_id(article.url, each.target) for each in article.links])
        arrived = [each for each in known.values() if each.ping_url == ping_url and each.stage in DONE]
        if arrived:
            return Report(article.url, article.title, [Step(arrived[0])])
        stages = _AGAIN if again else _NEW
        return self._mail(url, article, [_citation(article, ping_url)], stages, dry_run=dry_run, to=ping_url)

    def send_due(self, most: int = 50) -> list[Report]:
        """Try again what is due in the ledger, at most so many records, post by post."""
        posts: dict[str, list[SentPing]] = defaultdict(list)
        for record in self.means.ledger.due(self.means.clock(), most):
            posts[record.source].append(record)
        return [
            report
            for url, due in posts.items()
            if not self.means.time_is_up()
            for report in self._send_due(url, due)
        ]

    def note_unread(self, url: str, error: PostUnread) -> None:
        """Note that a post could not be had, so that it is tried again, or the author told."""
        note = self._note(url)
        now = self.means.clock()
        self.means.ledger.put(
            note.postponed(str(error), now) if error.passing else note.ended(Stage.FAILED, str(error), now)
        )

    def _send_due(self, url: str, due: Sequence[SentPing]) -> Iterator[Report]:
        try:
            article = self._read(url, "")
        except PostUnread as error:
            self.note_unread(url, error)
            for record in due:
                self._leave(record, str(error), passing=error.passing)
            return
        again = _BROKEN_OFF if any(record.of_post for record in due) else _ONLY_DUE
        yield self._mail(url, article, self._wanted(url, article), again)
        for record in due:
            if record.by_hand:
                citation = _citation(article, record.ping_url)
                yield self._mail(url, article, [citation], _ONLY_DUE, to=record.ping_url)
        for record in self.means.ledger.find([record.id for record in due]).values():
            if record.is_due(self.means.clock()):
                self._leave(record, GONE)

    def _leave(self, record: SentPing, words: str, *, passing: bool = False) -> None:
        """Write of what is due why it is not sent; a claim that is over may have been."""
        now = self.means.clock()
        seen = record.seen(now)
        if record.of_post:
            return
        if seen is record:
            seen = record.put_off(words, now) if passing else record.ended(Stage.DROPPED, words, now)
        self.means.ledger.put(seen)

    def _mail(  # noqa: PLR0913 - of which post what, where and how
        self,
        url: str,
        article: Article,
        citations: Sequence[Citation],
        again: Collection[Stage | None],
        *,
        dry_run: bool = False,
        to: str = "",
    ) -> Report:
        mailing = PostRun(self.means, article, citations, again=again, dry_run=dry_run)
        endpoints = {to: Endpoint(to)} if to else None
        if dry_run or to:
            return Report(article.url, article.title, list(mailing.steps(endpoints)))
        with self._noted(url, write=bool(mailing.open)):
            return Report(article.url, article.title, list(mailing.steps()))

    @contextmanager
    def _noted(self, url: str, *, write: bool) -> Iterator[None]:
        """Note that a post is under way; the note stays where the block does not end well.

        So does that of another run, which has begun at the same moment.
        """
        note, is_ours = self._note(url), True
        if write:
            note = note.put_off(UNDER_WAY, self.means.clock())
            is_ours = self.means.ledger.put(note)
        yield
        if is_ours and note.version:
            self.means.ledger.forget(note)

    def _note(self, url: str) -> SentPing:
        note = SentPing(url, url)
        return self.means.ledger.find([note.id]).get(note.id, note)

    def _read(self, url: str, content: str) -> Article:
        try:
            page = self.means.fetcher.get(url)
        except FetchFailed as error:
            raise PostUnread(f"{url}: {error}", passing=not isinstance(error, FetchRefused)) from None
        if page.status != HTTPStatus.OK:
            raise PostUnread(f"{url}: its server answers {page.status}", passing=is_passing(page.status))
        if not is_html(page.content_type):
            raise PostUnread(f"{url}: it is no page of HTML", passing=False)
        return read_article(page.body, page.content_type, page.url, content)

    def _wanted(self, url: str, article: Article) -> list[Citation]:
        """Return the links to follow: none to the author's own hosts, or to one that wants none."""
        limits = self.means.limits
        others = (each for each in article.links if not self.is_own(each.target, url, article.url))
        return [each for each in others if limits.allow(each.target)][: limits.links]


def _citation(article: Article, ping_url: str) -> Citation:
    """Return what a ping to a given URL says: the words around the post's first link to its site, if any."""
    near = [each for each in article.links if site_key(each.target) == site_key(ping_url)]
    return replace(near[0], target=ping_url) if near else Citation(ping_url, "", "")
