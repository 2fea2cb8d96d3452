"""Sends the pings of one post in one run: selects its links and processes each one."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime

from trackback.model.posts import host_key
from trackback.model.sending_limits import SendingLimits
from trackback.model.sent_ping import Ledger, SentPing, Stage, sending_id
from trackback.protocols.discovery import Endpoint, find_endpoint
from trackback.protocols.trackback.client import compose
from trackback.sending.attempt import Courier, Taken
from trackback.sending.throttle import LEFT_ALONE, HostThrottle
from trackback.urls import site_of
from trackback.web.html.article import Article, Citation
from trackback.web.http.client import Fetcher

SIDE_BY_SIDE = 8
"""Sites fetched in parallel; the pages of one site are fetched one at a time."""

TIME_IS_UP = "the run's time was up"
ENOUGH = "the post has sent as many pings as it may"
OWN = "it leads to a blog of the author's own"
NEVER = "its host is one of those that get no pings"

_FREE = {Stage.NONE, Stage.DROPPED}  # stages that do not reserve the ping URL for their record


@dataclass(frozen=True, slots=True)
class Means:
    """Dependencies, limits and deadline of a run."""

    fetcher: Fetcher
    ledger: Ledger
    clock: Callable[[], datetime]
    limits: SendingLimits
    own: frozenset[str]
    manners: HostThrottle
    time_is_up: Callable[[], bool]


@dataclass(frozen=True, slots=True)
class Step:
    """The result for one target.

    Attributes:
        sending: Its record. In a dry run, the record includes the discovered ping URL.
        form: The form that was sent, or in a dry run would be; None if there is none.
        tried: Whether this run processed the target; False if an earlier or a concurrent run did.
    """

    sending: SentPing
    form: Mapping[str, str] | None = None
    tried: bool = False


class PostRun:
    """Processes the targets in the post's order, so that the second of two runs follows the first."""

    def __init__(
        self,
        means: Means,
        article: Article,
        citations: Sequence[Citation],
        *,
        again: Collection[Stage | None],
        dry_run: bool,
    ) -> None:
        """Select the links to process.

        `again` lists the stages to retry; None stands for links without a record.
        """
        self._means = means
        self._article = article
        self._dry_run = dry_run
        self._citations = {sending_id(article.url, each.target): each for each in citations}
        known = means.ledger.find(self._citations)
        self._records = {
            key: self._understood(known.get(key) or SentPing(article.url, each.target))
            for key, each in self._citations.items()
        }
        pinged = [each for each in self._records.values() if each.ping_url and each.stage not in _FREE]
        self._left = means.limits.pings - len(pinged)
        self._taken = {each.ping_url: each.target for each in pinged}
        now = means.clock()
        self.open = [key for key, each in self._records.items() if _is_open(each, again, now)]
        """Ids of the records to process."""

    def steps(self, endpoints: Mapping[str, Endpoint] | None = None) -> Iterator[Step]:
        """Process the targets and yield one step each; `endpoints` skips discovery."""
        if endpoints is None:
            endpoints = self._look_up([self._citations[key].target for key in self.open])
        self._note_given_by_hand([each.ping_url for each in endpoints.values() if each.ping_url])
        for key, record in self._records.items():
            yield self._step(key, record, endpoints[record.target]) if key in self.open else Step(record)

    def _note_given_by_hand(self, ping_urls: Sequence[str]) -> None:
        """Reserve the ping URLs that the author entered and that the post has already pinged."""
        ids = [sending_id(self._article.url, ping_url) for ping_url in ping_urls]
        for record in self._means.ledger.find(ids).values():
            if record.by_hand and record.stage not in _FREE:
                self._taken.setdefault(record.ping_url, record.target)

    def _understood(self, record: SentPing) -> SentPing:
        seen = record.seen(self._means.clock())
        return seen if seen is record or self._dry_run else self._put(seen).sending

    def _look_up(self, targets: Sequence[str]) -> dict[str, Endpoint]:
        """Return the endpoints of targets; targets on one site are fetched one at a time."""
        sites: dict[str, list[str]] = defaultdict(list)
        for target in targets:
            sites[site_of(target)].append(target)
        with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
            found = pool.map(self._look_up_one_by_one, sites, sites.values())
            return {target: endpoint for every in found for target, endpoint in every}

    def _look_up_one_by_one(self, site: str, targets: Sequence[str]) -> list[tuple[str, Endpoint]]:
        manners = HostThrottle(self._means.limits.pause)
        found: list[tuple[str, Endpoint]] = []
        for target in targets:
            if words := self._why_not(site, manners):
                endpoint = Endpoint(words=words, asked=False)
            else:
                endpoint = find_endpoint(self._means.fetcher, target)
                manners.note(site, struck=endpoint.passing)
            found.append((target, endpoint))
        return found

    def _why_not(self, site: str, manners: HostThrottle) -> str:
        """Return why a site gets no more requests in this run, or ""."""
        if self._means.time_is_up():
            return TIME_IS_UP
        return LEFT_ALONE if manners.leaves_alone(site) else ""

    def _step(self, key: str, record: SentPing, endpoint: Endpoint) -> Step:
        now = self._means.clock()
        if not endpoint.ping_url:
            return self._put(_without_endpoint(record, endpoint, now))
        if words := self._why_never(endpoint):
            return self._put(record.ended(Stage.DROPPED, words, now))
        other = self._taken.get(endpoint.ping_url, record.target)
        if other != record.target:
            return self._put(record.ended(Stage.DUPLICATE, f"the same ping URL as {other}", now))
        if self._left <= 0 and not record.ping_url:
            return self._put(record.ended(Stage.DROPPED, ENOUGH, now))
        site = site_of(endpoint.ping_url)
        if words := self._why_not(site, self._means.manners):
            return self._put(record.put_off(words, now))
        return self._sent(key, record, endpoint.ping_url, site)

    def _why_never(self, endpoint: Endpoint) -> str:
        """Return why a discovered ping URL gets no ping, or ""; any link may lead to a blocked host."""
        found = [endpoint.ping_url, endpoint.page] if endpoint.page else []
        own = self._means.own | {site_key(self._article.url)}
        if not own.isdisjoint(map(site_key, found)):
            return OWN
        return "" if all(map(self._means.limits.allow, [endpoint.ping_url, *found])) else NEVER

    def _sent(self, key: str, record: SentPing, ping_url: str, site: str) -> Step:
        form = compose(self._article, self._citations[key])
        self._taken[ping_url] = record.target
        self._left -= not record.ping_url
        if self._dry_run:
            return Step(replace(record, ping_url=ping_url), form)
        self._means.manners.wait(site)
        courier = Courier(self._means.fetcher, self._means.ledger, self._means.clock)
        try:
            sent = courier.deliver(record, ping_url, form)
        except Taken:
            return self._found(key, record)
        self._means.manners.note(site, struck=sent.stage is Stage.LATER)
        return Step(sent, form, tried=True)

    def _put(self, record: SentPing) -> Step:
        """Write a record, unless another run has changed it in the meantime."""
        if self._dry_run or self._means.ledger.put(record):
            return Step(record, tried=True)
        return self._found(record.id, record)

    def _found(self, key: str, record: SentPing) -> Step:
        return Step(self._means.ledger.find([key]).get(key, record))


def site_key(url: str) -> str:
    """Return the key of a URL's site, which is the same for every spelling."""
    return host_key(site_of(url))


def _is_open(record: SentPing, again: Collection[Stage | None], now: datetime) -> bool:
    if (record.stage if record.version else None) in again:
        return True
    return record.version > 0 and record.stage is Stage.LATER and record.is_due(now)


def _without_endpoint(record: SentPing, endpoint: Endpoint, now: datetime) -> SentPing:
    if not endpoint.asked:
        return record.put_off(endpoint.words, now)
    if endpoint.passing:
        return record.postponed(endpoint.words, now, endpoint.retry_after)
    return record.ended(Stage.FAILED if endpoint.failed else Stage.NONE, endpoint.words, now)
