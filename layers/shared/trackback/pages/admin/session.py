"""A request to the author's pages, read strictly: its query, form and cookies, and where it comes from."""

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
"""The cookie that holds a session's token."""

MAX_BODY = 65_536
MAX_FIELDS = 200

_FORM = "application/x-www-form-urlencoded"
_OWN = {"", "same-origin", "none"}  # none: typed in, or opened from a mail program

Event = Mapping[str, Any]
Fields = dict[str, list[str]]


class SignInNeeded(TrackbackError):
    """Nobody is signed in where only the author may go."""


class ForeignForm(TrackbackError):
    """A form does not come from one of the author's own pages of this session."""


def read_query(event: Event) -> dict[str, str]:
    """Return the first value of each of the query's parameters.

    Raises:
        BadQuery: there are too many.
    """
    found = _parse(event.get("rawQueryString") or "")
    return {name: values[0] for name, values in found.items()}


def read_fields(event: Event) -> Fields:
    """Return the fields of the form that was posted.

    Raises:
        BadQuery: it is no such form, or too large.
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
    """Return a field's first value, empty if it has none."""
    return next(iter(fields.get(name, ())), "")


def cookie(event: Event, name: str) -> str:
    """Return the value of a cookie, empty if it was not sent.

    Browsers let a sibling host set "__Host-" names that begin with a space of Unicode: they are others.
    """
    pairs = (pair.strip(" ").partition("=") for pair in event.get("cookies") or ())
    return next((value for known, _, value in pairs if known == name), "")


def refuse_foreign(event: Event) -> None:
    """Let a POST pass that comes from a page of ours.

    Raises:
        ForeignForm: its headers say that it comes from somewhere else.
    """
    sent_by = _header(event, "origin")
    if (sent_by and sent_by != origin(event)) or _header(event, "sec-fetch-site") not in _OWN:
        raise ForeignForm("This form was not sent from your own pages.")


def follows_foreign_link(event: Event) -> bool:
    """Tell whether a browser came here from another site, and thus kept a strict cookie to itself."""
    return _header(event, "sec-fetch-site") == "cross-site"


@dataclass(frozen=True, slots=True)
class Author:
    """The author, signed in: `csrf` is what the session's forms carry."""

    csrf: str


class Door:
    """Lets nobody but the author in."""

    def __init__(self, access: SignIns) -> None:
        """Take what knows the sessions."""
        self._access = access

    def author(self, event: Event, now: datetime) -> Author | None:
        """Return the author if it is the author who asks."""
        session = self._access.session(cookie(event, SESSION), now)
        return Author(self._access.csrf(session, now)) if session else None

    def enter(self, event: Event, now: datetime) -> Author:
        """Return the author.

        Raises:
            SignInNeeded: it is not the author who asks.
        """
        if author := self.author(event, now):
            return author
        raise SignInNeeded("Sign in first.")

    def take(self, event: Event, now: datetime) -> Fields:
        """Return the fields of a form that the author has posted from one of these pages.

        Raises:
            SignInNeeded: nobody is signed in.
            ForeignForm: it is from elsewhere, or from an earlier session.
            BadQuery: it is no form, or too large.
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
