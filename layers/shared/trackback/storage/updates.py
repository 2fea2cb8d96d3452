"""Changes of pings as DynamoDB updates."""

from typing import Any

from trackback.model.ping import Status
from trackback.model.transitions import Change
from trackback.storage.items import post_id, to_typed

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
    """Return the update for a change of a ping; a value of None removes the attribute."""
    sets = [name for name, value in change.sets.items() if value is not None]
    removes = [name for name, value in change.sets.items() if value is None]
    clauses = [
        "SET " + ", ".join(f"#{name} = :{name}" for name in sets) if sets else "",
        "REMOVE " + ", ".join(f"#{name}" for name in removes) if removes else "",
    ]
    expected = _expected(change)
    conditions = [
        f"#{name} = :seen_{name}" if value else f"attribute_not_exists(#{name})"
        for name, value in expected.items()
    ]
    values = {f":{name}": to_typed(change.sets[name]) for name in sets}
    values |= {f":seen_{name}": to_typed(value) for name, value in expected.items() if value}
    return {
        "Key": {"id": {"S": change.before.id}},
        "UpdateExpression": " ".join(filter(None, clauses)),
        "ConditionExpression": " AND ".join(["attribute_exists(id)", *conditions]),
        "ExpressionAttributeNames": {f"#{name}": name for name in {*change.sets, *expected}},
        **({"ExpressionAttributeValues": values} if values else {}),
    }


def _expected(change: Change) -> dict[str, Any]:
    """Return the attributes that must be unchanged; an empty value means that it must not exist."""
    before = change.before
    names = {*change.seen, *({"revision"} if before.revision and "revision" in change.sets else ())}
    expected = {name: getattr(before, name) for name in sorted(names)}
    return {"status": "" if before.status is Status.RECEIVED else before.status, **expected}
