"""Changes of pings as DynamoDB updates."""

from trackback.model.ping import UNWANTED, Status
from trackback.model.texts import Texts
from trackback.model.transitions import Change
from trackback.storage.items import attribute, post_id, to_attributes
from trackback.storage.table import Update

_TEXTS = frozenset(Texts.__dataclass_fields__)

ABOVE_ALL_PINGS = "~"
"""The sort value of a post's record: it sorts after every time."""


def count_change(key: str, step: int) -> Update:
    """Return the update that adds `step` to a post's count of approved pings; its record stays for good."""
    return Update(
        post_id(key),
        "SET shown_on = :key, received_at = :top REMOVE expires_at ADD approved :step",
        values={"key": key, "top": ABOVE_ALL_PINGS, "step": step},
    )


def ping_change(change: Change) -> Update:
    """Return the update for a change of a ping: it writes the attributes that differ, and no other."""
    before, after = to_attributes(change.before), to_attributes(change.after)
    sets = [name for name, value in after.items() if value != before.get(name)]
    removes = [name for name in before if name not in after]
    clauses = [
        "SET " + ", ".join(f"#{name} = :{name}" for name in sets) if sets else "",
        "REMOVE " + ", ".join(f"#{name}" for name in removes) if removes else "",
    ]
    guards = {"status", *map(attribute, change.expects), *_guards(change, {*sets, *removes})}
    expected = {name: before.get(name) for name in sorted(guards)}
    conditions = [
        f"#{name} = :seen_{name}" if value else f"attribute_not_exists(#{name})"
        for name, value in expected.items()
    ]
    return Update(
        change.before.id,
        " ".join(filter(None, clauses)),
        " AND ".join(["attribute_exists(id)", *conditions]),
        after | {f"seen_{name}": value for name, value in expected.items()},
    )


def _guards(change: Change, changed: set[str]) -> set[str]:
    """Return what else must be as it was read: the words that the change is about, in full."""
    guards = changed & {"history"}
    if change.after.status is Status.APPROVED and changed & {"status", *_TEXTS}:
        guards |= _TEXTS
    if change.before.revision and "revision" in changed:
        guards.add("revision")
    if change.after.status in UNWANTED and "status" in changed:
        guards.add("revision")  # one that comes at this moment was not turned down
    return guards
