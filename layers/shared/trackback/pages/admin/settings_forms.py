"""What the author's forms change beside pings: rules, what is closed to pings, Akismet's key."""

from trackback.model.posts import Sites
from trackback.pages.admin.flash import Flash
from trackback.pages.admin.session import Fields, field
from trackback.receiving.spam.rules import read_rule
from trackback.storage import closed_posts as closing
from trackback.storage.akismet_key import AkismetKey
from trackback.storage.pings import Table
from trackback.storage.settings import load_rules, save_rules


def change_rules(table: Table, fields: Fields) -> Flash:
    """Add a rule, or remove one.

    Raises:
        BadRule: what is to be added is none.
        StatusChanged: the rules are others by now.
    """
    before = load_rules(table)
    if gone := field(fields, "remove"):
        save_rules(table, [rule for rule in before if rule.id != gone], before)
        return Flash("The rule is removed.")
    rule = read_rule(*(field(fields, name) for name in ("effect", "kind", "value")))
    save_rules(table, [*(known for known in before if known.id != rule.id), rule], before)
    return Flash(f"The rule “{rule}” is added.")


def change_closed(table: Table, sites: Sites, fields: Fields) -> Flash:
    """Close a post or a site to pings, or open it again.

    Raises:
        BadSettings: it cannot be closed.
    """
    entry = field(fields, "entry")
    if field(fields, "do") == "reopen":
        if entry:
            closing.reopen(table, entry)
        return Flash("It takes TrackBacks again, within a minute.")
    closing.close(table, sites, entry)
    return Flash("It is closed within a minute, and whoever pings it is told so.")


def change_key(key: AkismetKey, fields: Fields) -> Flash:
    """Save Akismet's key, or remove it.

    Raises:
        BadSettings: what was written is no such key.
    """
    if field(fields, "do") == "remove":
        key.remove()
        return Flash("Akismet key removed.")
    key.save(field(fields, "akismet_key"))
    return Flash("Akismet key saved. New pings are checked with it within five minutes.")
