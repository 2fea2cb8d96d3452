"""What each rule has approved in the last day: one record for each rule, shared by all environments."""

from datetime import datetime

from trackback.errors import TableBusy
from trackback.model.ping import Ping
from trackback.model.rule import Rule
from trackback.model.rule_approvals import DAY, Approval, why_not, within_day
from trackback.model.same_page import short_hash
from trackback.storage.dynamodb import BUSY, raising_table_busy, tries
from trackback.storage.keys import APPROVALS
from trackback.storage.table import IS_NEW, Table


class RuleApprovals:
    """The records in the table."""

    def __init__(self, table: Table) -> None:
        self._table = table

    @raising_table_busy()
    def take(self, rule: Rule, ping: Ping, now: datetime) -> str:
        """Count an approval. Returns why the rule may approve no more for now; a repeat counts once.

        Raises:
            TableBusy: a ceiling of the table is reached, or too many count at once.
        """
        record = APPROVALS + short_hash(rule.id)
        new = Approval(int(now.timestamp()), short_hash(ping.id), short_hash(ping.post_key))
        for _ in tries():
            stored = self._table.get(record)
            given = within_day([Approval(*one) for one in stored.get("given", ())], now)
            refusal = why_not(given, new)
            if refusal or any(one.ping == new.ping for one in given):
                return refusal
            if self._save(record, [*given, new], stored.get("step", 0), now):
                return ""
        raise TableBusy(BUSY)

    def _save(self, record: str, given: list[Approval], step: int, now: datetime) -> bool:
        return self._table.update_if(
            record,
            "SET #given = :given, #step = :step, #expires_at = :expires",
            "#step = :was" if step else IS_NEW,
            given=[list(one) for one in given],
            step=step + 1,
            was=step,
            expires=int((now + DAY).timestamp()),
        )
