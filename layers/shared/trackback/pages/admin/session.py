"""Requests to the author's pages, parsed strictly: query, form, cookies, origin and session."""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs

from trackback.errors import BadQuery, TrackbackError
from trackback.gateway import origin
from trackback.storage.sign_ins import SignIns

SESSION = "__Host-trackback"
"""Name of the session cookie."""

MAX_BODY = 65_536
MAX_FIELDS = 200

_FORM = "application/x-www-form-urlencoded"
_OWN = {"", "same-origin", "none"}  # none: typed in, or opened from a mail program

Event = Mapping[str, Any]
Fields = dict[str, list[str]]


class SignInNeeded(TrackbackError):
    """The page needs a sign-in, and the request has no valid session."""


class ForeignForm(TrackbackError):
    """The form was not posted from one of the author's own pages in this session."""


def read_query(event: Event) -> dict[str, str]:
    """Return the first value of each query parameter.

    Raises:
        BadQuery: There are too many parameters.
    """
    found = _parse(event.get("rawQueryString") or "")
    return {name: values[0] for name, values in found.items()}


def read_fields(event: Event) -> Fields:
    """Return the fields of the posted form.

    Raises:
        BadQuery: The body is no URL-encoded form, or it is too large.
    """
    if not _header(event, "content-type").lower().startswith(_FORM):
        raise BadQuery(f"Send a form, as {_FORM}.")
    body = (event.get("body") or "").encode("utf-8", "replace")
    if event.get("isBase64Encoded"):
        try:
            body = base64.b64decode(body, validate=True)
        except binascii.Error:
            raise BadQuery("The request's body is broken. Send it again.") from None
    if len(body) > MAX_BODY:
        raise BadQuery("The form is too large: at most 64 KB.")
    return _parse(body.decode("utf-8", "replace"))


def _parse(text: str) -> Fields:
    try:
        return parse_qs(text, keep_blank_values=True, max_num_fields=MAX_FIELDS)
    except ValueError:
        raise BadQuery(f"Send at most {MAX_FIELDS} parameters.") from None


def field(fields: Fields, name: str) -> str:
    """Return a field's first value, or an empty string."""
    return next(iter(fields.get(name, ())), "")


def cookie(event: Event, name: str) -> str:
    """Return a cookie's value, or an empty string.

    Only ASCII spaces are stripped: browsers let a sibling host set a "__Host-" name with a Unicode space
    before it. That is a different cookie.
    """
    pairs = (pair.strip(" ").partition("=") for pair in event.get("cookies") or ())
    return next((value for known, _, value in pairs if known == name), "")


def refuse_foreign(event: Event) -> None:
    """Reject a POST that comes from another site.

    Raises:
        ForeignForm: `Origin` or `Sec-Fetch-Site` names another site.
    """
    sent_by = _header(event, "origin")
    if (sent_by and sent_by != origin(event)) or _header(event, "sec-fetch-site") not in _OWN:
        raise ForeignForm("This form was not sent from your own pages.")


def follows_foreign_link(event: Event) -> bool:
    """Check whether the request follows a link from another site, where browsers withhold strict cookies."""
    return _header(event, "sec-fetch-site") == "cross-site"


@dataclass(frozen=True, slots=True)
class Author:
    """The signed-in author. `csrf` is the token for the session's forms."""

    csrf: str


class Door:
    """Guards the author's pages."""

    def __init__(self, access: SignIns) -> None:
        self._access = access

    def author(self, event: Event, now: datetime) -> Author | None:
        """Return the author, or None without a valid session."""
        session = self._access.session(cookie(event, SESSION), now)
        return Author(self._access.csrf(session, now)) if session else None

    def enter(self, event: Event, now: datetime) -> Author:
        """Return the author.

        Raises:
            SignInNeeded: There is no valid session.
        """
        if author := self.author(event, now):
            return author
        raise SignInNeeded("Sign in first.")

    def take(self, event: Event, now: datetime) -> Fields:
        """Return the fields of a form that the author posted from one of these pages.

        Raises:
            SignInNeeded: There is no valid session.
            ForeignForm: The form comes from another site, or from an earlier session.
            BadQuery: The body is no form, or it is too large.
        """
        refuse_foreign(event)
        session = self._access.session(cookie(event, SESSION), now)
        if session is None:
            raise SignInNeeded("Sign in first.")
        fields = read_fields(event)
        if not self._access.may_post(session, field(fields, "csrf"), now):
            raise ForeignForm("This form is too old, or not from your own pages: load the page anew.")
        return fields


def _header(event: Event, name: str) -> str:
    return str((event.get("headers") or {}).get(name, ""))
