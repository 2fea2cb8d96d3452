"""Sends the pings of the author's posts, each one once, and retries those that are due.

Each ping is claimed in the ledger before it is sent, and its answer is recorded at once. A post has a note in
the ledger while its links are processed, so that a crash loses none of them.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from http import HTTPStatus

from trackback.errors import TrackbackError
from trackback.model.posts import host_key
from trackback.model.protocol import Protocol
from trackback.model.sending_limits import SendingLimits
from trackback.model.sent_ping import DONE, Ledger, SentPing, Stage, sending_id
from trackback.protocols.discovery import Endpoint, Lookup
from trackback.protocols.outcome import is_temporary
from trackback.sending.post_run import PostRun, Step, site_key
from trackback.sending.run_context import RunContext
from trackback.sending.throttle import HostThrottle
from trackback.web.budget import TooCostly
from trackback.web.html.article import Article, Citation, left_out_words, read_article
from trackback.web.html.page import is_html
from trackback.web.http.client import Fetcher
from trackback.web.http.failures import FetchFailed, FetchRefused

UNDER_WAY = "its links are being handled"
GONE = "the post links there no longer"

_NEW = frozenset({None, Stage.NONE, Stage.FAILED, Stage.DROPPED})
_RETRY = _NEW | {Stage.REFUSED, Stage.UNCLEAR, Stage.LATER}
_BROKEN_OFF = frozenset({None})
_ONLY_DUE: frozenset[Stage | None] = frozenset()


class PostUnreadable(TrackbackError):
    """The author's own post cannot be read; the message says why. A retry may succeed if `passing`."""

    def __init__(self, words: str, *, passing: bool) -> None:
        super().__init__(words)
        self.passing = passing


@dataclass(frozen=True, slots=True)
class Report:
    """The result for one post: one step per link, in the order of the links, and what was left out."""

    url: str
    title: str
    steps: Sequence[Step]
    left_out: str = ""


class Sender:
    """Pings the pages that posts link to. Create one per run, and use it in one thread only."""

    def __init__(  # noqa: PLR0913 - dependencies, limits and deadline
        self,
        fetcher: Fetcher,
        ledger: Ledger,
        *,
        own: Collection[str] = (),
        limits: SendingLimits | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        time_is_up: Callable[[], bool] = lambda: False,
    ) -> None:
        """Configure a run.

        `own` lists the author's own hosts, which get no pings; a post's own host always counts as one.
        `time_is_up` is called before each request; once it returns True, unsent pings are postponed.
        """
        limits = limits or SendingLimits()
        sites = frozenset(map(host_key, own))
        self.context = RunContext(
            fetcher, ledger, clock, limits, sites, HostThrottle(limits.pause), time_is_up
        )

    def is_own(self, url: str, *beside: str) -> bool:
        """Return whether a URL is on one of the author's hosts, or on the host of a URL in `beside`."""
        return site_key(url) in {*self.context.own, *map(site_key, beside)}

    def send(self, url: str, *, content: str = "", retry: bool = False, dry_run: bool = False) -> Report:
        """Ping the links of a post that it has not pinged yet.

        `content` is the post's HTML from its feed. `retry` also retries pings that were refused, unclear,
        failed or postponed; an accepted ping is never sent again. A dry run sends and writes nothing.

        Raises:
            PostUnreadable: the post cannot be read.
            LedgerBroken: the ledger cannot be read or written.
        """
        article = self._read(url, content)
        stages = _RETRY if retry else _NEW
        return self._run(url, article, self._wanted(url, article), stages, dry_run=dry_run)

    def send_to(self, url: str, ping_url: str, *, retry: bool = False, dry_run: bool = False) -> Report:
        """Ping one ping URL that the author entered; otherwise like `send`."""
        article = self._read(url, "")
        known = self.context.ledger.find([sending_id(article.url, each.target) for each in article.links])
        arrived = [each for each in known.values() if each.ping_url == ping_url and each.stage in DONE]
        if arrived:
            return Report(article.url, article.title, [Step(arrived[0])])
        stages = _RETRY if retry else _NEW
        to = Endpoint(Protocol.TRACKBACK, ping_url)
        return self._run(url, article, [_citation(article, ping_url)], stages, dry_run=dry_run, to=to)

    def send_due(self, limit: int = 50) -> list[Report]:
        """Retry the due records of the ledger, at most `limit`, grouped by post."""
        posts: dict[str, list[SentPing]] = defaultdict(list)
        for record in self.context.ledger.due(self.context.clock(), limit):
            posts[record.source].append(record)
        return [
            report
            for url, due in posts.items()
            if not self.context.time_is_up()
            for report in self._send_due(url, due)
        ]

    def note_unread(self, url: str, error: PostUnreadable) -> None:
        """Record that a post could not be read: it is retried, or the author is notified."""
        note = self._note(url)
        now = self.context.clock()
        self.context.ledger.put(
            note.postponed(str(error), now) if error.passing else note.ended(Stage.FAILED, str(error), now)
        )

    def _send_due(self, url: str, due: Sequence[SentPing]) -> Iterator[Report]:
        try:
            article = self._read(url, "")
        except PostUnreadable as error:
            self.note_unread(url, error)
            for record in due:
                self._record_unsent(record, str(error), passing=error.passing)
            return
        retry = _BROKEN_OFF if any(record.is_post_record for record in due) else _ONLY_DUE
        yield self._run(url, article, self._wanted(url, article), retry)
        for record in due:
            if record.is_manual:
                citation, to = _citation(article, record.ping_url), Endpoint(record.protocol, record.ping_url)
                yield self._run(url, article, [citation], _ONLY_DUE, to=to)
        for record in self.context.ledger.find([record.id for record in due]).values():
            if record.is_due(self.context.clock()):
                self._record_unsent(record, GONE)

    def _record_unsent(self, record: SentPing, words: str, *, passing: bool = False) -> None:
        """Record why a due ping was not sent. An expired claim may have reached its receiver."""
        now = self.context.clock()
        resolved = record.resolved(now)
        if record.is_post_record:
            return
        if resolved is record:
            resolved = record.put_off(words, now) if passing else record.ended(Stage.DROPPED, words, now)
        self.context.ledger.put(resolved)

    def _run(  # noqa: PLR0913 - the post, its targets and the mode
        self,
        url: str,
        article: Article,
        citations: Sequence[Citation],
        retry: Collection[Stage | None],
        *,
        dry_run: bool = False,
        to: Endpoint | None = None,
    ) -> Report:
        run = PostRun(self.context, article, citations, retry=retry, dry_run=dry_run)
        if to:
            return Report(article.url, article.title, list(run.steps({to.url: Lookup(to)})))
        with nullcontext() if dry_run else self._noted(url, write=bool(run.open)):
            return Report(article.url, article.title, list(run.steps()), left_out_words(article))

    @contextmanager
    def _noted(self, url: str, *, write: bool) -> Iterator[None]:
        """Note that a post is in progress; the note stays if the block raises.

        A note that a concurrent run wrote at the same moment stays too.
        """
        note, is_ours = self._note(url), True
        if write:
            note = note.put_off(UNDER_WAY, self.context.clock())
            is_ours = self.context.ledger.put(note)
        yield
        if is_ours and note.version:
            self.context.ledger.forget(note)

    def _note(self, url: str) -> SentPing:
        note = SentPing(url, url)
        return self.context.ledger.find([note.id]).get(note.id, note)

    def _read(self, url: str, content: str) -> Article:
        try:
            page = self.context.fetcher.get(url)
        except FetchFailed as error:
            raise PostUnreadable(f"{url}: {error}", passing=not isinstance(error, FetchRefused)) from None
        if page.status != HTTPStatus.OK:
            raise PostUnreadable(
                f"{url}: its server answers {page.status}", passing=is_temporary(page.status)
            )
        if not is_html(page.content_type):
            raise PostUnreadable(f"{url}: it is no page of HTML", passing=False)
        try:
            return read_article(page.body, page.content_type, page.url, content)
        except TooCostly as error:
            raise PostUnreadable(f"{url}: {error}", passing=False) from None

    def _wanted(self, url: str, article: Article) -> list[Citation]:
        """Return the links to process, without the author's own hosts and hosts that get no pings."""
        limits = self.context.limits
        others = (each for each in article.links if not self.is_own(each.target, url, article.url))
        return [each for each in others if limits.allow(each.target)][: limits.links]


def _citation(article: Article, ping_url: str) -> Citation:
    """Return the citation for a given ping URL: the text around the post's first link to its site, if any."""
    near = [each for each in article.links if site_key(each.target) == site_key(ping_url)]
    return replace(near[0], target=ping_url) if near else Citation(ping_url, "", "")
