"""Forms that change settings: rules, closed posts and sites, and Akismet's key."""

from trackback.model.posts import Sites
from trackback.pages.admin.flash import Flash
from trackback.pages.admin.session import Fields, field
from trackback.receiving.spam.rules import read_rule
from trackback.storage import closed_posts as closing
from trackback.storage.akismet_key import AkismetKey
from trackback.storage.settings import load_rules, save_rules
from trackback.storage.table import Table


def change_rules(table: Table, fields: Fields) -> Flash:
    """Add or remove a rule.

    Raises:
        BadRule: The new rule is invalid.
        StatusChanged: The rules have changed since they were read.
    """
    before = load_rules(table)
    if gone := field(fields, "remove"):
        save_rules(table, [rule for rule in before if rule.id != gone], before)
        return Flash("The rule is removed.")
    rule = read_rule(*(field(fields, name) for name in ("effect", "kind", "value")))
    save_rules(table, [*(known for known in before if known.id != rule.id), rule], before)
    return Flash(f"The rule “{rule}” is added.")


def change_closed(table: Table, sites: Sites, fields: Fields) -> Flash:
    """Close a post or a site to pings, or reopen it.

    Raises:
        BadSettings: The entry cannot be closed.
    """
    entry = field(fields, "entry")
    if field(fields, "do") == "reopen":
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
    if field(fields, "do") == "remove":
        key.remove()
        return Flash("Akismet key removed.")
    key.save(field(fields, "akismet_key"))
    return Flash("Akismet key saved. New pings are checked with it within five minutes.")
