"""Titles of posts, as source checks have stored them."""

from collections.abc import Collection

from trackback.storage.dynamodb import raising_table_busy
from trackback.storage.items import post_id
from trackback.storage.table import Table


@raising_table_busy()
def post_titles(table: Table, keys: Collection[str]) -> dict[str, str]:
    """Return the titles of posts by key, without unknown ones.

    Raises:
        TableBusy: the table's read ceiling is reached.
    """
    found = table.batch_get(map(post_id, keys), only="#id, #facts.#title")
    titles = {post["id"]: post.get("facts", {}).get("title", "") for post in found}
    return {key: title for key in keys if (title := titles.get(post_id(key), ""))}
