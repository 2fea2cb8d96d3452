"""The author's actions on pings, with the rules that they create; each returns the ping as it was before."""

from dataclasses import replace
from datetime import datetime

from trackback.errors import StatusChanged, TrackbackError
from trackback.model.ping import Ping, Status
from trackback.model.rule import BadRule, Effect, Rule
from trackback.model.settings import Settings
from trackback.model.transitions import Change, check_requested, revision_dismissed, undone
from trackback.receiving.spam.rules import rule_about
from trackback.storage.pings import PingStore
from trackback.storage.settings import load_rules, load_settings, save_rules
from trackback.storage.table import Table


class Moderation:
    """The author's actions; all raise `NoSuchPing`, and `StatusChanged` if another change came first."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._pings = PingStore(table)

    def decide(  # noqa: PLR0913 - as PingStore.decide
        self,
        ping_id: str,
        status: Status,
        now: datetime,
        *,
        settings: Settings,
        expected_status: Status | None = None,
        texts_hash: str = "",
        revision: str = "",
    ) -> Ping:
        """Set a ping's status, as `PingStore.decide` does.

        With the author's setting `approve_known`, approving also adds a rule that allows the source's site,
        unless a rule about that site exists.

        Raises:
            BadRule: the ping is approved, but no such rule is possible.
        """
        before = self._pings.decide(
            ping_id,
            status,
            now,
            expected_status=expected_status,
            texts_hash=texts_hash,
            revision=revision,
            keep=settings.keep,
        )
        if status is Status.APPROVED and settings.approve_known:
            self._make_rule(Effect.ALLOW, before, "approved", replacing=False)
        return before

    def put_away(self, ping: Ping, status: Status, now: datetime, *, why: str) -> None:
        """Reject a pending ping or mark it as spam, with its texts as they were read."""
        keep = load_settings(self._table).keep
        texts, pending = ping.texts.hash, Status.PENDING
        self._pings.decide(
            ping.id, status, now, why=why, texts_hash=texts, expected_status=pending, keep=keep
        )

    def undo(
        self, ping_id: str, now: datetime, *, expected_status: Status | None = None, texts_hash: str = ""
    ) -> Ping:
        """Undo the last decision on a ping; a rule that it added stays.

        `expected_status` is the status to undo, `texts_hash` names the texts that the author saw.
        """
        before = self._pings.get(ping_id)
        if texts_hash not in {"", before.texts.hash}:
            raise StatusChanged("it has other words by now; look at it again")
        if expected_status not in {None, before.status}:
            raise StatusChanged(f"it is {before.status} by now; look at it again")
        self._pings.apply(undone(before, now, keep=load_settings(self._table).keep))
        return before

    def keep(self, ping_id: str, *, revision: str = "", as_spam: bool = False) -> Ping:
        """Keep a ping's texts and drop its revision, as spam if it is.

        `revision` is the `Ping.revision_hash` that the author saw: a later revision stays.
        """
        before = self._pings.get(ping_id)
        if revision not in {"", before.revision_hash}:
            raise StatusChanged("that revision is not the latest; look at it again")
        self._pings.apply(revision_dismissed(before, as_spam=as_spam))
        return before

    def check_again(self, ping_id: str) -> Ping:
        """Request a check of a ping's source now."""
        before = self._pings.get(ping_id)
        change = check_requested(before)
        if before.needs_check:  # an earlier check failed; only a real change triggers the stream
            cleared = replace(before, needs_check=False)
            self._pings.apply(Change(before, cleared))
            change = check_requested(cleared)
        self._pings.apply(change)
        return before

    def allow_site(self, ping: Ping, now: datetime) -> Ping:
        """Approve a ping with its own texts, as it was read, and add a rule that allows its site.

        Raises:
            BadRule: the ping is approved, but no such rule is possible.
        """
        before = self._pings.decide(ping.id, Status.APPROVED, now, texts_hash=ping.texts.hash)
        self._make_rule(Effect.ALLOW, ping, "approved")
        return before

    def block_site(self, ping: Ping, now: datetime, *, revision: str = "") -> Ping:
        """Mark a ping as spam and add a rule that blocks its site; `revision` is what else the author saw.

        Raises:
            BadRule: the ping is marked, but no such rule is possible.
        """
        keep = load_settings(self._table).keep
        before = self._pings.decide(
            ping.id, Status.SPAM, now, texts_hash=ping.texts.hash, revision=revision, keep=keep
        )
        self._make_rule(Effect.BLOCK, ping, "marked as spam")
        return before

    def _make_rule(self, effect: Effect, ping: Ping, done: str, *, replacing: bool = True) -> None:
        """Add a rule about a ping's site after the ping is `done`; `replacing` replaces an opposite rule."""
        try:
            rule = rule_about(effect, ping.url)
            self._save_rule(rule, replacing=replacing)
        except TrackbackError as error:
            raise BadRule(f"The ping is {done}, but there is no rule for its site. {error}") from error

    def _save_rule(self, rule: Rule, *, replacing: bool) -> None:
        for is_last in (False, True):
            before = load_rules(self._table)
            if rule in before or (not replacing and rule.id in {known.id for known in before}):
                return
            try:
                save_rules(self._table, [*(known for known in before if known.id != rule.id), rule], before)
            except StatusChanged:  # another rule was saved at the same moment
                if is_last:
                    raise
            else:
                return
