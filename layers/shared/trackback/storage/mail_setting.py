"""When the author is emailed: the setting as a link of an email knows it.

It stands in the record of the settings, with how often it has changed. A link that turns the emails off names
that number, so it works only for the setting as it stood when its email was sent.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, NamedTuple

from trackback.model.settings import Notify, Settings
from trackback.storage.keys import SETTINGS
from trackback.storage.settings import settings_in, written
from trackback.storage.table import Table
from trackback.timestamps import stamp


class MailSetting(NamedTuple):
    """When to email the author, and how often that has been changed."""

    notify: Notify
    changes: int = 0


class Muted(NamedTuple):
    """A note that a link has turned the emails off, until the author has been told.

    Attributes:
        at: When.
        was: When emails were sent before.
        changes: How often the setting has been changed, this change included.
        tried_at: When a run has claimed it last, to tell the author.
    """

    at: str
    was: Notify
    changes: int
    tried_at: str = ""


def mail_setting_in(record: Mapping[str, Any]) -> MailSetting:
    """Return the setting from the settings' record."""
    return MailSetting(settings_in(record).notify, int(record.get("notify_changes", 0)))


def muted_in(record: Mapping[str, Any]) -> Muted | None:
    """Return the note of the settings' record, if there is one."""
    note = record.get("muted")
    return Muted(**{**note, "was": Notify(note["was"])}) if note else None


def mute(table: Table, changes: int, now: datetime) -> bool:
    """Turn the emails off and note that; return False if the setting was changed since it had `changes`."""
    before = settings_in(table.get(SETTINGS))
    note = {"at": stamp(now), "was": str(before.notify), "changes": changes + 1}
    return _switch(table, before, Notify.NONE, changes, note)


def unmute(table: Table, notify: Notify, changes: int) -> bool:
    """Turn the emails on again; return False if the setting was changed since it had `changes`."""
    return _switch(table, settings_in(table.get(SETTINGS)), notify, changes)


def claim_muted(table: Table, note: Muted, now: datetime) -> bool:
    """Claim the note for one run; return False if another one has claimed it since it was read."""
    is_unclaimed = "#muted.#tried_at = :seen" if note.tried_at else "attribute_not_exists(#muted.#tried_at)"
    return table.update_if(
        SETTINGS,
        "SET #muted.#tried_at = :now",
        f"#muted.#changes = :changes AND {is_unclaimed}",
        now=stamp(now),
        seen=note.tried_at,
        changes=note.changes,
    )


def forget_muted(table: Table, note: Muted) -> None:
    """Remove the note that the author has been told about, unless there is a newer one."""
    table.update_if(SETTINGS, "REMOVE #muted", "#muted.#changes = :changes", changes=note.changes)


def _switch(
    table: Table, before: Settings, notify: Notify, changes: int, note: Mapping[str, Any] | None = None
) -> bool:
    update = "SET #settings = :settings" + (", #muted = :note" if note else "") + " ADD #notify_changes :one"
    is_unchanged = "#notify_changes = :changes" if changes else "attribute_not_exists(#notify_changes)"
    return table.update_if(
        SETTINGS,
        update,
        f"(attribute_not_exists(#settings) OR #settings = :was) AND {is_unchanged}",
        settings=written(replace(before, notify=notify)),
        was=written(before),
        note=note,
        changes=changes,
        one=1,
    )
