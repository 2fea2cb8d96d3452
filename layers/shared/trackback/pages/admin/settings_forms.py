"""The pages Settings and Rules: their values, and what their forms change."""

from datetime import datetime
from typing import Any

from trackback.gateway import Fields, first
from trackback.model.posts import Sites
from trackback.model.settings import KEEP_DAYS, Settings
from trackback.notifications.webhook import secret
from trackback.pages.admin.flash import Flash
from trackback.pages.admin.reason_counts import reason_counts
from trackback.pages.admin.services import Services
from trackback.receiving.spam.rules import read_rule, too_wide
from trackback.receiving.spam.training import load_reason_counts
from trackback.storage import closed_posts as closing
from trackback.storage.akismet_key import AkismetKey
from trackback.storage.settings import load_rules, load_settings, save_rules
from trackback.storage.table import Table

Values = dict[str, Any]


def change_rules(table: Table, fields: Fields) -> Flash:
    """Add or remove a rule.

    Raises:
        BadRule: The new rule is invalid.
        StatusChanged: The rules have changed since they were read.
    """
    before = load_rules(table)
    if gone := first(fields, "remove"):
        save_rules(table, [rule for rule in before if rule.id != gone], before)
        return Flash("The rule is removed.")
    rule = read_rule(*(first(fields, name) for name in ("effect", "kind", "value")))
    save_rules(table, [*(known for known in before if known.id != rule.id), rule], before)
    return Flash(f"The rule “{rule}” is added.")


def change_closed(table: Table, sites: Sites, fields: Fields) -> Flash:
    """Close a post or a site to pings, or reopen it.

    Raises:
        BadSettings: The entry cannot be closed.
    """
    entry = first(fields, "entry")
    if first(fields, "do") == "reopen":
        if entry:
            closing.reopen(table, entry)
        return Flash("It takes TrackBacks again, within a minute.")
    closing.close(table, sites, entry)
    return Flash("It closes within a minute. Senders then get an error that says so.")


def change_key(key: AkismetKey, fields: Fields) -> Flash:
    """Save or remove Akismet's key.

    Raises:
        BadSettings: The key is malformed.
    """
    if first(fields, "do") == "remove":
        key.remove()
        return Flash("Akismet key removed.")
    key.save(first(fields, "akismet_key"))
    return Flash("Akismet key saved. New pings are checked with it within five minutes.")


def rules_values(table: Table, form: Fields, problem: str = "") -> Values:
    """Return the rules, and the form for another one as it was filled in."""
    typed = {name: first(form, name) for name in ("effect", "kind", "value")}
    rules = load_rules(table)
    wide = {rule.id: words for rule in rules if (words := too_wide(rule))}
    counts = reason_counts(load_reason_counts(table))
    return {"rules": rules, "wide": wide, "reasons": counts, "form": typed, "problem": problem}


def settings_values(services: Services, now: datetime, **typed: Any) -> Values:
    """Return the settings. `typed` holds rejected input and the reasons."""
    settings = load_settings(services.table)
    return {
        "form": _settings_form(settings, services.feed),
        "webhook": settings.webhook,
        "keep_days": KEEP_DAYS,
        "secret": secret(services.webhook_keys.load(now)),
        "akismet": services.akismet_key.ending(),
        "closed": sorted(closing.load_closed(services.table)),
        "deliveries": services.deliveries.newest(),
        "problem": "",
        "closing_problem": "",
        "entry": "",
        "akismet_problem": "",
        **typed,
    }


def _settings_form(settings: Settings, deployed_feed: str) -> Values:
    return {
        "notify": settings.notify,
        "webhook": settings.webhook,
        "events": settings.events,
        "approve_known": settings.approve_known,
        "keep_days": str(settings.keep_days),
        "feed": deployed_feed if settings.feed is None else settings.feed,
        "pings": str(settings.pings),
        "oldest": str(settings.oldest),
        "never": "\n".join(settings.never),
    }


def typed_settings(fields: Fields) -> Values:
    """Return the form's fields as the author typed them."""
    names = ("notify", "webhook", "approve_known", "keep_days", "feed", "pings", "oldest", "never")
    return {**{name: first(fields, name) for name in names}, "events": fields.get("events", [])}
