"""Sends the pings of one post in one run: selects its links and processes each one."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime

from trackback.model.posts import host_key
from trackback.model.sent_ping import SentPing, Stage, sending_id
from trackback.protocols.clients import CLIENTS
from trackback.protocols.discovery import Endpoint, Lookup, find_endpoint
from trackback.sending.attempt import Taken, attempt
from trackback.sending.run_context import RunContext
from trackback.sending.throttle import BLOCKED, HostThrottle
from trackback.urls import host_and_port
from trackback.web.html.article import Article, Citation

SIDE_BY_SIDE = 8
"""Sites fetched in parallel; the pages of one site are fetched one at a time."""

TIME_IS_UP = "the run's time was up"
ENOUGH = "the post has sent as many pings as it may"
OWN = "it leads to a blog of the author's own"
NEVER = "its host is one of those that get no pings"

_WITHOUT_PING_URL = {Stage.NONE, Stage.DROPPED}  # stages that do not reserve the ping URL for their record


@dataclass(frozen=True, slots=True)
class Step:
    """The result for one target.

    Attributes:
        record: Its record. In a dry run, the record includes the discovered ping URL.
        form: The form that was sent, or in a dry run would be; None if there is none.
        tried: Whether this run processed the target; False if an earlier or a concurrent run did.
    """

    record: SentPing
    form: Mapping[str, str] | None = None
    tried: bool = False


class PostRun:
    """Processes the targets in the post's order, so that the second of two runs follows the first."""

    def __init__(
        self,
        context: RunContext,
        article: Article,
        citations: Sequence[Citation],
        *,
        retry: Collection[Stage | None],
        dry_run: bool,
    ) -> None:
        """Select the links to process.

        `retry` lists the stages to retry; None stands for links without a record.
        """
        self._context = context
        self._article = article
        self._dry_run = dry_run
        self._citations = {sending_id(article.url, each.target): each for each in citations}
        known = context.ledger.find(self._citations)
        self._records = {
            key: self._resolved(known.get(key) or SentPing(article.url, each.target))
            for key, each in self._citations.items()
        }
        pinged = [
            each for each in self._records.values() if each.ping_url and each.stage not in _WITHOUT_PING_URL
        ]
        self._left = context.limits.pings - len(pinged)
        self._taken = {each.ping_url: each.target for each in pinged}
        now = context.clock()
        self.open = [key for key, each in self._records.items() if _is_open(each, retry, now)]
        """Ids of the records to process."""

    def steps(self, lookups: Mapping[str, Lookup] | None = None) -> Iterator[Step]:
        """Process the targets and yield one step each; `lookups` skips discovery."""
        if lookups is None:
            lookups = self._look_up([self._citations[key].target for key in self.open])
        self._reserve_manual([each.endpoint.url for each in lookups.values() if each.endpoint])
        for key, record in self._records.items():
            yield self._step(key, record, lookups[record.target]) if key in self.open else Step(record)

    def _reserve_manual(self, ping_urls: Sequence[str]) -> None:
        """Reserve the ping URLs that the author entered and that the post has already pinged."""
        ids = [sending_id(self._article.url, ping_url) for ping_url in ping_urls]
        for record in self._context.ledger.find(ids).values():
            if record.is_manual and record.stage not in _WITHOUT_PING_URL:
                self._taken.setdefault(record.ping_url, record.target)

    def _resolved(self, record: SentPing) -> SentPing:
        resolved = record.resolved(self._context.clock())
        return resolved if resolved is record or self._dry_run else self._put(resolved).record

    def _look_up(self, targets: Sequence[str]) -> dict[str, Lookup]:
        """Look up the endpoints of targets; targets on one site are fetched one at a time."""
        sites: dict[str, list[str]] = defaultdict(list)
        for target in targets:
            sites[host_and_port(target)].append(target)
        with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
            found = pool.map(self._look_up_one_by_one, sites, sites.values())
            return {target: lookup for every in found for target, lookup in every}

    def _look_up_one_by_one(self, site: str, targets: Sequence[str]) -> list[tuple[str, Lookup]]:
        throttle = HostThrottle(self._context.limits.pause)
        found: list[tuple[str, Lookup]] = []
        for target in targets:
            if message := self._reason_to_wait(site, throttle):
                lookup = Lookup(message=message, asked=False)
            else:
                lookup = find_endpoint(self._context.fetcher, target)
                throttle.record(site, failed=lookup.is_temporary)
            found.append((target, lookup))
        return found

    def _reason_to_wait(self, site: str, throttle: HostThrottle) -> str:
        """Return why a site gets no more requests in this run, or ""."""
        if self._context.time_is_up():
            return TIME_IS_UP
        return BLOCKED if throttle.is_blocked(site) else ""

    def _step(self, key: str, record: SentPing, lookup: Lookup) -> Step:
        now, endpoint = self._context.clock(), lookup.endpoint
        if not endpoint:
            return self._put(_without_endpoint(record, lookup, now))
        if message := self._reason_to_drop(endpoint, lookup.page):
            return self._put(record.ended(Stage.DROPPED, message, now))
        other = self._taken.get(endpoint.url, record.target)
        if other != record.target:
            return self._put(record.ended(Stage.DUPLICATE, f"the same ping URL as {other}", now))
        if self._left <= 0 and not record.ping_url:
            return self._put(record.ended(Stage.DROPPED, ENOUGH, now))
        if message := self._reason_to_wait(host_and_port(endpoint.url), self._context.throttle):
            return self._put(record.put_off(message, now))
        return self._sent(key, record, endpoint)

    def _reason_to_drop(self, endpoint: Endpoint, page: str) -> str:
        """Return why a discovered endpoint gets no ping, or ""; any link may lead to a blocked host."""
        found = [endpoint.url, page] if page else []
        own = self._context.own | {site_key(self._article.url)}
        if not own.isdisjoint(map(site_key, found)):
            return OWN
        return "" if all(map(self._context.limits.allow, [endpoint.url, *found])) else NEVER

    def _sent(self, key: str, record: SentPing, endpoint: Endpoint) -> Step:
        form = CLIENTS[endpoint.protocol].compose(self._article, self._citations[key])
        self._taken[endpoint.url] = record.target
        self._left -= not record.ping_url
        if self._dry_run:
            return Step(replace(record, protocol=endpoint.protocol, ping_url=endpoint.url), form)
        site = host_and_port(endpoint.url)
        self._context.throttle.wait(site)
        try:
            sent = attempt(self._context, record, endpoint, form)
        except Taken:
            return self._found(key, record)
        self._context.throttle.record(site, failed=sent.stage is Stage.LATER)
        return Step(sent, form, tried=True)

    def _put(self, record: SentPing) -> Step:
        """Write a record, unless another run has changed it in the meantime."""
        if self._dry_run or self._context.ledger.put(record):
            return Step(record, tried=True)
        return self._found(record.id, record)

    def _found(self, key: str, record: SentPing) -> Step:
        return Step(self._context.ledger.find([key]).get(key, record))


def site_key(url: str) -> str:
    """Return the key of a URL's site, which is the same for every spelling."""
    return host_key(host_and_port(url))


def _is_open(record: SentPing, retry: Collection[Stage | None], now: datetime) -> bool:
    if (None if record.is_new else record.stage) in retry:
        return True
    return not record.is_new and record.stage is Stage.LATER and record.is_due(now)


def _without_endpoint(record: SentPing, lookup: Lookup, now: datetime) -> SentPing:
    if not lookup.asked:
        return record.put_off(lookup.message, now)
    if not lookup.is_temporary:
        return record.ended(Stage.NONE, lookup.message, now)
    later = record.postponed(lookup.message, now, lookup.retry_after)
    asked_for = later.stage is Stage.LATER or later.ping_url
    return later if asked_for else replace(later, stage=Stage.NONE)  # no mail: nobody asked for this ping
