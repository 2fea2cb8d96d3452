"""Sign-in to the author's pages: by an emailed link, or by a link that the command line prints.

A session is a signed cookie, and the record `access#` says which of them are over before they expire.
"""

import secrets
from datetime import datetime
from hmac import compare_digest
from typing import Any

from trackback.signing import (
    SIGN_IN_LASTS,
    Session,
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
    """Sign-in by email, and sessions.

    One record holds the newest sign-in link's nonce and time, the sessions that were ended (`ended`, until
    their cookies expire), and when all were ended (`ended_all_at`).
    """

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

    def session(self, cookie: str, now: datetime) -> Session | None:
        """Return a cookie's session, or None if the cookie is not valid or its session was ended.

        Only a cookie that we have signed costs a read.
        """
        try:
            session = read_session(self._keys.load(now), cookie, now)
        except (TokenExpired, TokenInvalid):
            return None
        known = self._table.get(ACCESS)
        is_ended = _entry(session) in known.get("ended", ())
        return None if is_ended or session.began_at <= known.get("ended_all_at", 0) else session

    def end(self, session: Session, now: datetime) -> None:
        """End a session, wherever its cookie was copied to.

        Raises:
            TableBusy: the table's write ceiling is reached.
        """
        with raising_table_busy():
            known = self._table.update_and_get(ACCESS, "ADD ended :new", new={_entry(session)})
        expired = {one for one in (known or {})["ended"] if int(one.partition(".")[0]) < now.timestamp()}
        if expired:
            self._change("DELETE ended :expired", expired=expired)

    def end_all(self, now: datetime) -> None:
        """End all sessions, and replace the signing key: links in emails stay valid.

        Raises:
            TableBusy: the table's write ceiling is reached; the sessions go on.
        """
        self._change("SET ended_all_at = :now REMOVE ended", now=int(now.timestamp()))
        self._keys.rotate(now)

    def csrf(self, session: str, now: datetime) -> str:
        """Return the CSRF token for a session's forms, so that no other site can post them."""
        return csrf_token(self._keys.load(now), session)

    def may_post(self, session: str, token: str, now: datetime) -> bool:
        """Tell whether a form came from one of this session's own pages."""
        return compare_digest(self.csrf(session, now).encode(), token.encode(errors="replace"))

    @raising_table_busy()
    def _change(self, update: str, condition: str = "", **values: Any) -> bool:
        return self._table.update_if(ACCESS, update, condition, **values)


def _entry(session: Session) -> str:
    return f"{session.ends_at}.{session.id}"
