"""The author's session, and the checks that keep other people and other sites out."""

from dataclasses import dataclass
from datetime import datetime

from trackback.errors import TrackbackError
from trackback.gateway import Fields, Request, first
from trackback.signing import Session
from trackback.storage.sign_ins import SignIns

SESSION = "__Host-trackback"
"""Name of the session cookie."""

_OWN = {"", "same-origin", "none"}  # none: typed in, or opened from a mail program


class SignInNeeded(TrackbackError):
    """The page needs a sign-in, and the request has no valid session."""


class ForeignForm(TrackbackError):
    """The form was not posted from one of the author's own pages in this session."""


@dataclass(frozen=True, slots=True)
class Author:
    """The signed-in author. `csrf` is the token for the session's forms."""

    session: Session
    csrf: str


def author_of(sign_ins: SignIns, request: Request, now: datetime) -> Author | None:
    """Return the author, or None without a valid session."""
    session = sign_ins.session(request.cookie(SESSION), now)
    return Author(session, sign_ins.csrf(session.id, now)) if session else None


def require_author(sign_ins: SignIns, request: Request, now: datetime) -> Author:
    """Return the author.

    Raises:
        SignInNeeded: There is no valid session.
    """
    if author := author_of(sign_ins, request, now):
        return author
    raise SignInNeeded("Sign in first.")


def read_posted_form(sign_ins: SignIns, author: Author, request: Request, now: datetime) -> Fields:
    """Return the fields of a form that the author posted from one of these pages.

    Raises:
        ForeignForm: The form comes from another page, or from an earlier session.
        BadQuery: The body is no form, or it is too large.
    """
    fields = request.form()
    if not sign_ins.may_post(author.session.id, first(fields, "csrf"), now):
        raise ForeignForm("This form is too old, or not from your own pages: load the page anew.")
    return fields


def refuse_foreign(request: Request) -> None:
    """Reject a POST that comes from another site.

    Raises:
        ForeignForm: `Origin` or `Sec-Fetch-Site` names another site.
    """
    sent_by = request.header("origin")
    if (sent_by and sent_by != request.public_origin) or request.header("sec-fetch-site") not in _OWN:
        raise ForeignForm("This form was not sent from your own pages.")


def follows_foreign_link(request: Request) -> bool:
    """Check whether the request follows a link from another site, where browsers withhold strict cookies."""
    return request.header("sec-fetch-site") == "cross-site"
