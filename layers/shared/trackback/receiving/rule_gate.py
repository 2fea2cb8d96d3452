"""The gate between a rule's approval and readers: one page shows once, and no rule approves too many a day.

It also tells the author, for a ping that is held, that its page is there already.
"""

from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from trackback.errors import TableBusy
from trackback.model.ping import Ping, Status
from trackback.model.same_page import Known, KnownPages
from trackback.model.verdict import Reason, ReasonCode
from trackback.receiving.same_page import (
    FoundPage,
    PageFinder,
    SamePage,
    found_page,
    is_plain_repeat,
    repeat_name,
    scope_of,
)
from trackback.receiving.source_check import SourceCheck, verdict
from trackback.receiving.spam.policy import Judgement
from trackback.storage.dynamodb import BUSY, tries
from trackback.storage.pings import PingStore
from trackback.storage.rule_approvals import RuleApprovals
from trackback.storage.same_pages import SamePages
from trackback.storage.table import Table


class _Look(NamedTuple):
    """A ping, where its source led, the page there, and whether a rule is about to approve the ping."""

    ping: Ping
    landed: str
    page: FoundPage
    by_rule: bool


class RuleGate:
    """Lets approvals by rules through, or holds them."""

    def __init__(self, table: Table) -> None:
        self._pages = SamePages(table)
        self._approvals = RuleApprovals(table)
        self._finder = PageFinder(PingStore(table))

    def admit(self, ping: Ping, found: SourceCheck, judgement: Judgement, now: datetime) -> Judgement:
        """Return the judgement of a ping after the comparison with other pings for its post.

        Raises:
            TableBusy: a ceiling of the table is reached, or too many pings bring pages of this account.
        """
        page = found_page(ping, found, verdict(ping, found, judgement, now))
        if not page or not found.page or ping.status is Status.APPROVED:
            return judgement
        for _ in tries():
            known = self._pages.get(ping.post_key, page.scope)
            same = self._finder.earlier(ping, page, known, now)
            outcome = self._outcome(ping, judgement, same, now)
            by_rule = outcome.status is Status.APPROVED
            after = _noted(known, _Look(ping, found.page.url, page, by_rule), same, now)
            if after is known or self._pages.save(ping.post_key, page.scope, after, now):
                return outcome
        raise TableBusy(BUSY)

    def known(self, ping: Ping, now: datetime) -> SamePage | None:
        """Return the earlier ping whose page a new ping's address is known to lead to; None to look at it."""
        name = repeat_name(ping.url)
        if not name or not ping.client_hash or ping.needs_check or ping.status is not Status.RECEIVED:
            return None
        earlier = self._pages.get(ping.post_key, scope_of(ping.url)).repeated(name, ping.client_hash[:8])
        return self._finder.by_id(earlier, now) if earlier else None

    def _outcome(self, ping: Ping, judgement: Judgement, same: SamePage | None, now: datetime) -> Judgement:
        if same:
            judgement = _with_reason(judgement, same.reason, same_as=same.ping.id)
        if judgement.status is not Status.APPROVED or not judgement.rule:
            return judgement
        if same and same.blocks:
            return replace(judgement, status=Status.PENDING)
        if refusal := self._approvals.take(judgement.rule, ping, now):
            held = replace(judgement, status=Status.PENDING)
            return _with_reason(held, Reason(ReasonCode.CEILING, refusal), same_as=judgement.same_as)
        return judgement


def _with_reason(judgement: Judgement, reason: Reason, same_as: str) -> Judgement:
    return replace(judgement, reasons=(*judgement.reasons, reason), same_as=same_as)


def _noted(known: KnownPages, look: _Look, same: SamePage | None, now: datetime) -> KnownPages:
    """Return what is known of an account's pages after a look; the same if nothing needs to be stored.

    A ping from the very address of its page is found by that address. If a rule approves it, the page is
    claimed all the same, before readers see it.
    """
    ping, page = look.ping, look.page
    if not page.is_of_source:
        return known
    if look.by_rule or (same is None and page.is_elsewhere(ping.url) and _is_new(known, look)):
        return known.with_page(Known(page.page, ping.id, int(now.timestamp()), look.by_rule))
    name, sender = repeat_name(ping.url), ping.client_hash[:8]
    if not same or not sender or not is_plain_repeat(ping.url, look.landed):
        return known
    return known if known.repeated(name, sender) else known.with_repeat(name, same.ping.id, sender)


def _is_new(known: KnownPages, look: _Look) -> bool:
    return all((one.ping, one.page) != (look.ping.id, look.page.page) for one in known.pages)
