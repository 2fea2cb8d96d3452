"""Changes of pings as DynamoDB updates."""

from typing import Any

from trackback.model.transitions import Change
from trackback.storage.items import attribute, post_id, to_attributes, to_typed

ABOVE_ALL_PINGS = "~"
"""The sort value of a post's record: it sorts after every time."""


def count_change(key: str, step: int) -> dict[str, Any]:
    """Return the update that adds `step` to a post's count of approved pings."""
    return {
        "Key": {"id": {"S": post_id(key)}},
        "UpdateExpression": "SET shown_on = :key, received_at = :top ADD approved :step",
        "ExpressionAttributeValues": {
            ":key": {"S": key},
            ":top": {"S": ABOVE_ALL_PINGS},
            ":step": {"N": str(step)},
        },
    }


def ping_change(change: Change) -> dict[str, Any]:
    """Return the update for a change of a ping: it writes the attributes that differ, and no other."""
    before, after = to_attributes(change.before), to_attributes(change.after)
    sets = [name for name, value in after.items() if value != before.get(name)]
    removes = [name for name in before if name not in after]
    clauses = [
        "SET " + ", ".join(f"#{name} = :{name}" for name in sets) if sets else "",
        "REMOVE " + ", ".join(f"#{name}" for name in removes) if removes else "",
    ]
    guards = {"status", *map(attribute, change.expects)}
    if "revision" in before and "revision" in {*sets, *removes}:
        guards.add("revision")
    expected = {name: before.get(name) for name in sorted(guards)}
    conditions = [
        f"#{name} = :seen_{name}" if value else f"attribute_not_exists(#{name})"
        for name, value in expected.items()
    ]
    values = {f":{name}": to_typed(after[name]) for name in sets}
    values |= {f":seen_{name}": to_typed(value) for name, value in expected.items() if value}
    return {
        "Key": {"id": {"S": change.before.id}},
        "ConditionExpression": " AND ".join(["attribute_exists(id)", *conditions]),
        "ExpressionAttributeNames": {f"#{name}": name for name in {*sets, *removes, *guards}},
        **({"UpdateExpression": " ".join(filter(None, clauses))} if sets or removes else {}),
        **({"ExpressionAttributeValues": values} if values else {}),
    }
