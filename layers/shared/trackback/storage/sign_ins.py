"""Sign-in to the author's pages: by a link in a mail to the author, or one that the command line prints."""

import secrets
from datetime import datetime
from hmac import compare_digest
from typing import Any

from trackback.signing import (
    SIGN_IN_LASTS,
    LinkExpired,
    LinkInvalid,
    csrf_token,
    read_session,
    read_sign_in,
    write_session,
    write_sign_in,
)
from trackback.storage.dynamodb import telling_when_busy
from trackback.storage.keys import ACCESS
from trackback.storage.pings import Table
from trackback.storage.signing_keys import Keys
from trackback.timestamps import stamp

PAUSE = SIGN_IN_LASTS
"""How long after a sign-in mail nobody can have another sent, unless its link is used: as long as it is good.

So nobody else's request can void a link that the author has, and 96 a day leave room in SES's sandbox.
"""

_USED = "This link has been used, or there is a newer one. Ask for a new one."


class SignIns:
    """Sign-in by mail, and sessions; a record holds the newest sign-in link's nonce, and its time."""

    def __init__(self, table: Table, keys: Keys) -> None:
        """Use the table's record and the signing keys."""
        self._table = table
        self._keys = keys

    def ask(self, now: datetime) -> str | None:
        """Return a sign-in token to mail to the author; None if one was made within `PAUSE`, whoever asked.

        Raises:
            TableBusy: a flood has used up the table's write units.
        """
        if self._table.read(ACCESS).get("asked_at", "") > stamp(now - PAUSE):
            return None
        nonce = secrets.token_urlsafe(16)
        asked = self._change(
            "SET nonce = :nonce, asked_at = :now",
            "attribute_not_exists(asked_at) OR asked_at <= :before",
            {":nonce": nonce, ":now": stamp(now), ":before": stamp(now - PAUSE)},
        )
        return write_sign_in(self._keys.load(now, fresh=True), nonce, now) if asked else None

    def issue(self, now: datetime) -> str:
        """Return a sign-in token for the owner of the table; it replaces one that was mailed.

        As with a mailed one, no request can replace it within `PAUSE`, unless it is used.

        Raises:
            TableBusy: a flood has used up the table's write units.
        """
        nonce = secrets.token_urlsafe(16)
        self._change("SET nonce = :nonce, asked_at = :now", "", {":nonce": nonce, ":now": stamp(now)})
        return write_sign_in(self._keys.load(now, fresh=True), nonce, now)

    def enter(self, token: str, now: datetime) -> str:
        """Use up a sign-in token, and return a session's token for the cookie.

        Raises:
            LinkExpired: it has been used, replaced by a newer one, or is older than `SIGN_IN_LASTS`.
            LinkInvalid: it is none of ours.
        """
        nonce = read_sign_in(self._keys.load(now), token, now)
        if not self._change("REMOVE nonce, asked_at", "nonce = :nonce", {":nonce": nonce}):
            raise LinkExpired(_USED)
        return write_session(self._keys.load(now, fresh=True), secrets.token_urlsafe(16), now)

    def session(self, cookie: str, now: datetime) -> str | None:
        """Return the id of the session that a cookie stands for, None if it stands for none."""
        try:
            return read_session(self._keys.load(now), cookie, now)
        except (LinkExpired, LinkInvalid):
            return None

    def csrf(self, session: str, now: datetime) -> str:
        """Return what a session's forms carry, so that no other site can post them."""
        return csrf_token(self._keys.load(now), session)

    def may_post(self, session: str, token: str, now: datetime) -> bool:
        """Tell whether a form came from one of this session's own pages."""
        return compare_digest(self.csrf(session, now).encode(), token.encode(errors="replace"))

    @telling_when_busy()
    def _change(self, update: str, condition: str, values: dict[str, str]) -> bool:
        client = self._table.client
        only_if: Any = {"ConditionExpression": condition} if condition else {}
        try:
            client.update_item(
                TableName=self._table.name,
                Key={"id": {"S": ACCESS}},
                UpdateExpression=update,
                ExpressionAttributeValues={name: {"S": value} for name, value in values.items()},
                **only_if,
            )
        except client.exceptions.ConditionalCheckFailedException:
            return False
        return True
