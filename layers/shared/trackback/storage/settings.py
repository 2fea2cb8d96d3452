"""Stores the author's settings and rules, each kind in one record of the table."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any

from trackback.errors import StatusChanged
from trackback.model.rule import Effect, Matches, Rule
from trackback.model.settings import Event, Notify, Settings
from trackback.storage.keys import RULES, SETTINGS
from trackback.storage.table import Table


def load_settings(table: Table) -> Settings:
    return settings_in(table.get(SETTINGS))


def settings_in(record: Mapping[str, Any]) -> Settings:
    """Return the settings from their record."""
    known: dict[str, Any] = dict(record.get("settings", {}))
    if "notify" in known:
        known["notify"] = Notify(known["notify"])
    if "events" in known:
        known["events"] = tuple(map(Event, known["events"]))
    known |= {name: int(known[name]) for name in ("keep_days", "pings", "oldest") if name in known}
    if "never" in known:
        known["never"] = tuple(known["never"])
    return Settings(**known)


def save_settings(table: Table, settings: Settings, before: Settings) -> None:
    """Replace the settings `before` with new ones.

    Raises:
        StatusChanged: the stored settings are no longer those in `before`.
    """
    update = "SET #settings = :settings"
    if settings.notify is not before.notify:  # ends the links of emails that turn them off
        update += " ADD #notify_changes :one"
    if not table.update_if(
        SETTINGS,
        update,
        "attribute_not_exists(#settings) OR #settings = :was",
        settings=written(settings),
        was=written(before),
        one=1,
    ):
        raise StatusChanged("somebody else has changed this meanwhile; try again")


def written(settings: Settings) -> dict[str, Any]:
    """Return only the settings that differ from the defaults, so that a new setting needs no migration."""
    written: dict[str, Any] = {
        "notify": str(settings.notify),
        "webhook": settings.webhook,
        "events": [str(event) for event in settings.events],
        "approve_known": settings.approve_known,
        "keep_days": settings.keep_days,
        "feed": settings.feed,
        "pings": settings.pings,
        "oldest": settings.oldest,
        "never": list(settings.never),
    }
    default = Settings()
    changed = [
        field.name
        for field in fields(settings)
        if getattr(settings, field.name) != getattr(default, field.name)
    ]
    return {name: written[name] for name in changed}


def load_rules(table: Table) -> list[Rule]:
    return [_rule(*written.split(" ", 2)) for written in table.get(RULES).get("rules", [])]


def _rule(effect: str, matches: str, value: str) -> Rule:
    return Rule(Effect(effect), Matches(matches), value)  # normalised when it was added


def save_rules(table: Table, rules: Sequence[Rule], before: Sequence[Rule]) -> None:
    """Replace the rules `before` with new ones.

    Raises:
        StatusChanged: the stored rules are no longer those in `before`.
    """
    table.write(RULES, "rules", [str(rule) for rule in rules], was=[str(rule) for rule in before])
