"""Titles of posts, as source checks have stored them."""

from collections.abc import Collection

from trackback.storage.dynamodb import batch_get, telling_when_busy
from trackback.storage.items import post_id, to_plain
from trackback.storage.pings import Table


@telling_when_busy()
def post_titles(table: Table, keys: Collection[str]) -> dict[str, str]:
    """Return the titles of at most 100 posts by key, without unknown ones.

    Raises:
        TableBusy: the table's read ceiling is reached.
    """
    names = {"#id": "id", "#facts": "facts", "#title": "title"}
    found = batch_get(
        table.client,
        table.name,
        map(post_id, set(keys)),
        ProjectionExpression="#id, #facts.#title",
        ExpressionAttributeNames=names,
    )
    titles = {item["id"]: item.get("facts", {}).get("title", "") for item in map(to_plain, found)}
    return {key: title for key in keys if (title := titles.get(post_id(key), ""))}
