"""Tells whether an earlier ping for the same post has brought a ping's page, under another address."""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple
from urllib.parse import urlsplit

from trackback.errors import PingRefused
from trackback.model.ping import Ping, Status
from trackback.model.same_page import Known, KnownPages, Page, short_hash
from trackback.model.texts import shorten, shorten_to_bytes
from trackback.model.verdict import LinkStatus, Reason, ReasonCode, Verdict
from trackback.receiving.source_check import SourceCheck
from trackback.storage.pings import PingStore
from trackback.urls import host_and_port, host_of, page_key, pair_id, read_source
from trackback.web.accounts import account_of

_TITLE = 60
_TITLE_BYTES = 120


class SamePage(NamedTuple):
    """An earlier ping of the same page.

    Attributes:
        ping: The ping.
        blocks: Whether readers see it, or would if the author had not turned it down: no rule shows it again.
        reason: What to tell the author about it.
    """

    ping: Ping
    blocks: bool
    reason: Reason


class FoundPage(NamedTuple):
    """The page that a ping's source led to.

    Attributes:
        page: What tells it from others.
        scope: The account that it belongs to.
        canonical: Its address, to look for a ping from there.
        is_of_source: Whether the source belongs to the same account: elsewhere, anybody may redirect to it.
    """

    page: Page
    scope: str
    canonical: str
    is_of_source: bool

    def is_elsewhere(self, url: str) -> bool:
        """Tell whether a source's address alone does not lead to the ping of its page."""
        return "?" in url or page_key(url) != page_key(self.canonical)


def found_page(ping: Ping, found: SourceCheck, verdict: Verdict) -> FoundPage | None:
    """Return the page that links to the post, or None if none was found."""
    if found.link is not LinkStatus.FOUND or not found.page or not found.document:
        return None
    landed, canonical = found.page.url, found.document.canonical
    scope = scope_of(landed)
    address = canonical if canonical and _is_believed(canonical, landed) else landed
    page = Page(short_hash(page_key(address)), text_of(ping, verdict), page_key(address) == page_key(landed))
    return FoundPage(page, scope, address, scope == scope_of(ping.url))


def _is_believed(canonical: str, landed: str) -> bool:
    """Tell whether to believe a page: only about its own account, and not that it is the home page."""
    leads_home = not urlsplit(canonical).path.strip("/") and bool(urlsplit(landed).path.strip("/"))
    return scope_of(canonical) == scope_of(landed) and not leads_home


def scope_of(url: str) -> str:
    """Return the account that a page belongs to, with a port that is not a default one."""
    host = host_of(url)
    port = host_and_port(url).removeprefix(f"[{host}]").removeprefix(host)
    return f"{account_of(url) or host}{port}"


def text_of(ping: Ping, verdict: Verdict) -> str:
    """Return a short hash of a page's title and of the sentence around its link, as its verdict has them."""
    title = shorten_to_bytes(verdict.title or ping.texts.title, _TITLE_BYTES)
    return short_hash(title, verdict.sentence or str(verdict.links))


def repeat_name(url: str) -> str:
    """Return a short hash of an address without its parameters' values; empty if it has no parameters."""
    parts = urlsplit(url)
    names = [pair.partition("=")[0] for pair in parts.query.split("&")]
    return short_hash(host_and_port(url), parts.path, *names) if parts.query else ""


def is_plain_repeat(url: str, landed: str) -> bool:
    """Tell whether an address differs from where it led by its parameters at most."""
    one, other = urlsplit(url), urlsplit(landed)
    return bool(one.query) and (one.netloc, one.path) == (other.netloc, other.path)


class PageFinder:
    """Looks for earlier pings of a page."""

    def __init__(self, pings: PingStore) -> None:
        self._pings = pings

    def earlier(self, ping: Ping, found: FoundPage, known: KnownPages, now: datetime) -> SamePage | None:
        """Return the earlier ping of a page that matters most, or None."""
        entries = {one.ping: one for one in known.others(found.page, ping.id)}
        ids = dict.fromkeys([*entries, *self._at_its_address(ping, found)])
        pings = [one for one in self._pings.entire(ids) if one.id in entries or _brought(one, found)]
        same = [one for each in pings if (one := same_page(each, entries.get(each.id), now))]
        return min(same, key=_rank, default=None)

    def by_id(self, ping_id: str, now: datetime) -> SamePage | None:
        """Return the ping of a page, if readers or the author see it."""
        ping = next(iter(self._pings.entire([ping_id])), None)
        return same_page(ping, None, now) if ping else None

    def _at_its_address(self, ping: Ping, found: FoundPage) -> Iterator[str]:
        """Yield the ids of pings from the page's own address, and from that without parameters."""
        try:
            key = read_source(found.canonical).key
        except PingRefused:
            return
        for each in dict.fromkeys([key, key.partition("?")[0]]):
            if (other := pair_id(ping.post_key, each)) != ping.id:
                yield other


def _brought(other: Ping, found: FoundPage) -> bool:
    """Tell whether a ping from the page's address, perhaps without parameters, has brought the same page."""
    if page_key(other.url) == page_key(found.canonical):
        return True
    verdict = other.verdict
    return verdict is not None and bool(verdict.sentence) and text_of(other, verdict) == found.page.text


def same_page(ping: Ping, known: Known | None, now: datetime) -> SamePage | None:
    """Return what an earlier ping of the same page means for a later one; None if it means nothing."""
    title = shorten(ping.texts.title, _TITLE)
    decided_by = ping.history[-1].by if ping.history else ""
    was_shown = any(entry.by == "rule" and entry.what is Status.APPROVED for entry in ping.history)
    if ping.status is Status.APPROVED:
        said = f"This page is there already, as “{title}”."
        return SamePage(ping, blocks=True, reason=Reason(ReasonCode.SAME_PAGE, said))
    if was_shown and decided_by == "author":
        said = f"You have turned this page down already, as “{title}”."
        return SamePage(ping, blocks=True, reason=Reason(ReasonCode.SAME_PAGE, said))
    is_in_flight = known is not None and known.is_in_flight(now) and decided_by != "author"
    if ping.status is Status.PENDING or (ping.status is Status.RECEIVED and is_in_flight):
        said = f"This page is pending already, as “{title}”."
        return SamePage(ping, blocks=is_in_flight, reason=Reason(ReasonCode.SAME_PENDING, said))
    return None


def _rank(same: SamePage) -> tuple[bool, bool, str]:
    """Return the key by which what readers see comes first, then the oldest."""
    return same.ping.status is not Status.APPROVED, not same.blocks, same.ping.received_at
