"""Sign-in to the author's pages: by an emailed link, or by a link that the command line prints."""

import secrets
from datetime import datetime
from hmac import compare_digest

from trackback.signing import (
    SIGN_IN_LASTS,
    TokenExpired,
    TokenInvalid,
    csrf_token,
    read_session,
    read_sign_in,
    write_session,
    write_sign_in,
)
from trackback.storage.dynamodb import raising_table_busy
from trackback.storage.keys import ACCESS
from trackback.storage.signing_keys import Keys
from trackback.storage.table import Table
from trackback.timestamps import stamp

PAUSE = SIGN_IN_LASTS
"""Minimum time between two sign-in emails, unless the link is used: as long as a link is valid.

This way, a stranger's request cannot invalidate the author's link, and 96 emails a day fit in SES's sandbox.
"""

_USED = "This link has been used, or there is a newer one. Ask for a new one."


class SignIns:
    """Sign-in by email, and sessions; one record holds the newest sign-in link's nonce and time."""

    def __init__(self, table: Table, keys: Keys) -> None:
        self._table = table
        self._keys = keys

    def ask(self, now: datetime) -> str | None:
        """Return a sign-in token to email to the author; None if anyone requested one within `PAUSE`.

        Raises:
            TableBusy: the table's write ceiling is reached.
        """
        if self._table.get(ACCESS).get("asked_at", "") > stamp(now - PAUSE):
            return None
        nonce = secrets.token_urlsafe(16)
        asked = self._change(
            "SET nonce = :nonce, asked_at = :now",
            "attribute_not_exists(asked_at) OR asked_at <= :before",
            nonce=nonce,
            now=stamp(now),
            before=stamp(now - PAUSE),
        )
        return write_sign_in(self._keys.load(now, fresh=True), nonce, now) if asked else None

    def issue(self, now: datetime) -> str:
        """Return a sign-in token for the table's owner; it replaces an emailed one.

        As with an emailed token, no request can replace it within `PAUSE`, unless it is used.

        Raises:
            TableBusy: the table's write ceiling is reached.
        """
        nonce = secrets.token_urlsafe(16)
        self._change("SET nonce = :nonce, asked_at = :now", nonce=nonce, now=stamp(now))
        return write_sign_in(self._keys.load(now, fresh=True), nonce, now)

    def enter(self, token: str, now: datetime) -> str:
        """Use up a sign-in token, and return a session token for the cookie.

        Raises:
            TokenExpired: the token was used or replaced by a newer one, or is older than `SIGN_IN_LASTS`.
            TokenInvalid: the token is not a valid sign-in token.
        """
        nonce = read_sign_in(self._keys.load(now), token, now)
        if not self._change("REMOVE nonce, asked_at", "nonce = :nonce", nonce=nonce):
            raise TokenExpired(_USED)
        return write_session(self._keys.load(now, fresh=True), secrets.token_urlsafe(16), now)

    def session(self, cookie: str, now: datetime) -> str | None:
        """Return the id of a cookie's session, or None if the cookie is not valid."""
        try:
            return read_session(self._keys.load(now), cookie, now)
        except (TokenExpired, TokenInvalid):
            return None

    def csrf(self, session: str, now: datetime) -> str:
        """Return the CSRF token for a session's forms, so that no other site can post them."""
        return csrf_token(self._keys.load(now), session)

    def may_post(self, session: str, token: str, now: datetime) -> bool:
        """Tell whether a form came from one of this session's own pages."""
        return compare_digest(self.csrf(session, now).encode(), token.encode(errors="replace"))

    @raising_table_busy()
    def _change(self, update: str, condition: str = "", **values: str) -> bool:
        return self._table.update_if(ACCESS, update, condition, **values)
