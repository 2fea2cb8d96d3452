"""What source checks have stored about posts: facts of their pages, such as their titles.

Anyone can ping any path of a blog, so the record of a post that has never had an approved ping expires.
"""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

from trackback.storage.dynamodb import raising_table_busy
from trackback.storage.items import post_id
from trackback.storage.table import Table

KEEP = timedelta(days=180)
"""How long facts of a post without an approved ping are kept."""
KEEP_MISSING = timedelta(days=1)
"""The same for a page that the blog does not have."""

IS_UNSHOWN = "attribute_not_exists(approved)"
"""The condition that a post has never had an approved ping."""


def store_facts(table: Table, key: str, facts: Mapping[str, Any], now: datetime) -> None:
    """Store what a post's page says, for good if the post has had an approved ping."""
    post, expires = post_id(key), expiry(facts, now)
    both = "SET facts = :facts, expires_at = :expires"
    if not table.update_if(post, both, IS_UNSHOWN, facts=facts, expires=expires):
        table.update_if(post, "SET facts = :facts", facts=facts)


def expiry(facts: Mapping[str, Any], now: datetime) -> int:
    """Return when the table deletes a post's record, in Unix seconds."""
    return int((now + (KEEP_MISSING if facts.get("missing") else KEEP)).timestamp())


@raising_table_busy()
def post_titles(table: Table, keys: Collection[str]) -> dict[str, str]:
    """Return the titles of posts by key, without unknown ones.

    Raises:
        TableBusy: the table's read ceiling is reached.
    """
    found = table.batch_get(map(post_id, keys), only="#id, #facts.#title")
    titles = {post["id"]: post.get("facts", {}).get("title", "") for post in found}
    return {key: title for key in keys if (title := titles.get(post_id(key), ""))}
