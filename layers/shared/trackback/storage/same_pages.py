"""The pages that pings have brought: one record for each post and account of which a ping needs it."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from trackback.model.same_page import Known, KnownPages, Page, Repeat
from trackback.storage.dynamodb import raising_table_busy
from trackback.storage.keys import PAGES
from trackback.storage.table import IS_NEW, Table
from trackback.urls import pair_id

KEEP = timedelta(days=365)
"""How long a record is kept after it was last written."""


class SamePages:
    """The records in the table. Both methods raise `TableBusy` if a ceiling of the table is reached."""

    def __init__(self, table: Table) -> None:
        self._table = table

    @raising_table_busy()
    def get(self, post: str, account: str) -> KnownPages:
        """Return what is known of an account's pages for a post."""
        stored = self._table.get(_record(post, account))
        pages = [_known(each) for each in stored.get("pages", ())]
        repeats = {
            name: Repeat(one["ping"], one["senders"]) for name, one in stored.get("repeats", {}).items()
        }
        return KnownPages(pages, repeats, stored.get("step", 0))

    @raising_table_busy()
    def save(self, post: str, account: str, known: KnownPages, now: datetime) -> bool:
        """Replace the record that `known` was made from; return False if it has changed meanwhile."""
        return self._table.update_if(
            _record(post, account),
            "SET #pages = :pages, #repeats = :repeats, #step = :step, #expires_at = :expires",
            "#step = :was" if known.step else IS_NEW,
            pages=[_stored(each) for each in known.pages],
            repeats={name: one._asdict() for name, one in known.repeats.items()},
            step=known.step + 1,
            was=known.step,
            expires=int((now + KEEP).timestamp()),
        )


def _record(post: str, account: str) -> str:
    return PAGES + pair_id(post, account)


def _stored(known: Known) -> dict[str, Any]:
    fields = {**known.page._asdict(), "ping": known.ping, "at": known.at, "by_rule": known.by_rule}
    return {name: value for name, value in fields.items() if value}


def _known(stored: Mapping[str, Any]) -> Known:
    page = Page(stored["address"], stored["text"], stored.get("is_own", False))
    return Known(page, stored["ping"], stored["at"], stored.get("by_rule", False))
