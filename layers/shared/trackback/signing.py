"""Signed tokens: email links, sign-in links, sessions and CSRF tokens.

Each kind has its own salt, so a token of one kind is not valid as another. A token is plain text, the time
and the signature, separated by dots: "approve.<ping>.<words>.<time>.<signature>", about 95 characters.
"""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

from itsdangerous import BadSignature, SignatureExpired, Signer, TimestampSigner

from trackback.errors import TrackbackError

OVERLAP = timedelta(days=14)
"""How long a key is still accepted after a newer key replaced it."""


@dataclass(frozen=True, slots=True)
class Keyring:
    """The valid keys: 32 random bytes each, as URL-safe base64."""

    newest: str
    older: tuple[str, ...] = ()

    @property
    def accepted(self) -> list[str]:
        """Every key whose signatures are accepted, oldest first."""
        return [*self.older, self.newest]


LINK_LASTS = OVERLAP
SIGN_IN_LASTS = timedelta(minutes=15)
SESSION_LASTS = timedelta(hours=12)

_HMAC: Any = {"key_derivation": "hmac", "digest_method": hashlib.sha256}

# The signature in canonical form only: 32 bytes leave two bits of the last character unused. That character
# is therefore always a letter or a digit, so mail programs do not cut it off the end of a link.
_TOKEN = re.compile(r"[\w.-]{1,100}\.[\w-]{6}\.[\w-]{42}[AEIMQUYcgkosw048]", re.ASCII)


class TokenInvalid(TrackbackError):
    """The token is malformed or forged, of another kind, or signed with a key no longer accepted."""


class TokenExpired(TrackbackError):
    """The token has expired or was used; the message tells the author what to do next."""


class Action(StrEnum):
    """Action of an email link; mute turns the emails off, and unmute turns them on again."""

    APPROVE = "approve"
    REJECT = "reject"
    SPAM = "spam"
    MUTE = "mute"
    UNMUTE = "unmute"


@dataclass(frozen=True, slots=True)
class MailLink:
    """The permission in an email link: one action on one ping, for the texts in that email.

    `texts_hash` is the `Texts.hash` of those texts. The link does not cover texts that come later.

    A link about the emails themselves is for the setting that had been changed so many times (`changes`), and
    may say when emails are to be sent (`notify`).
    """

    action: Action
    ping: str = ""
    texts_hash: str = ""
    changes: int = 0
    notify: str = ""

    @property
    def is_about_emails(self) -> bool:
        """Whether it is about the emails themselves, and no ping."""
        return self.action in {Action.MUTE, Action.UNMUTE}


class Session(NamedTuple):
    """A session: its id, and when it began, in Unix seconds."""

    id: str
    began_at: int

    @property
    def ends_at(self) -> int:
        """When its cookie expires, in Unix seconds."""
        return self.began_at + int(SESSION_LASTS.total_seconds())


@dataclass(frozen=True, slots=True)
class _Kind:
    name: str
    lasts: timedelta
    expired: str
    invalid: str


_LINK = _Kind(
    "link",
    LINK_LASTS,
    expired="This link is older than 14 days. Sign in instead.",
    invalid="This link is not complete, or it has been withdrawn. Copy it whole from the mail, or sign in.",
)
_SIGN_IN = _Kind(
    "sign-in",
    SIGN_IN_LASTS,
    expired="This link has been used or is older than 15 minutes. Ask for a new one.",
    invalid="This is not a complete sign-in link. Copy it whole from the mail, or ask for a new one.",
)
_SESSION = _Kind(
    "session",
    SESSION_LASTS,
    expired="You have been signed in for 12 hours. Sign in again.",
    invalid="You are not signed in. Sign in first.",
)


class _Signer(TimestampSigner):
    """Signs tokens of one kind at a given time."""

    def __init__(self, keys: Sequence[str], kind: str, now: datetime) -> None:
        super().__init__(keys, salt=f"trackback {kind}", **_HMAC)
        self._now = int(now.timestamp())

    def get_timestamp(self) -> int:
        return self._now


def write_link(keyring: Keyring, link: MailLink, now: datetime) -> str:
    """Return the token for an email link."""
    of_emails, of_ping = (str(link.changes), link.notify), (link.ping, link.texts_hash)
    parts = (link.action, *(of_emails if link.is_about_emails else of_ping))
    return _write(_LINK, keyring, ".".join(filter(None, parts)), now)


def read_link(keyring: Keyring, token: str, now: datetime) -> MailLink:
    """Return what a link permits; any key that is still accepted may have signed it.

    Raises:
        TokenExpired: the link is older than `LINK_LASTS`.
        TokenInvalid: the token is not a valid link.
    """
    said, _ = _read(_LINK, keyring.accepted, token, now)
    action, about, more = [*said.split("."), "", ""][:3]
    try:
        link = MailLink(Action(action), about, more)
        is_about_emails = link.is_about_emails  # earlier releases wrote no number
        return MailLink(link.action, changes=int(about or 0), notify=more) if is_about_emails else link
    except ValueError:  # signed by a newer release with more actions
        raise TokenInvalid(_LINK.invalid) from None


def write_sign_in(keyring: Keyring, nonce: str, now: datetime) -> str:
    """Return the token for a sign-in link."""
    return _write(_SIGN_IN, keyring, nonce, now)


def read_sign_in(keyring: Keyring, token: str, now: datetime) -> str:
    """Return the nonce of a sign-in link; only the newest key counts.

    Raises:
        TokenExpired: the link is older than `SIGN_IN_LASTS`.
        TokenInvalid: the token is not a valid sign-in link, or predates the last key rotation.
    """
    nonce, _ = _read(_SIGN_IN, [keyring.newest], token, now)
    return nonce


def write_session(keyring: Keyring, session: str, now: datetime) -> str:
    """Return the token for a session cookie."""
    return _write(_SESSION, keyring, session, now)


def read_session(keyring: Keyring, token: str, now: datetime) -> Session:
    """Return the session of a cookie; only the newest key counts.

    Raises:
        TokenExpired: the session is older than `SESSION_LASTS`.
        TokenInvalid: the token is not a valid session, or predates the last key rotation.
    """
    session, began_at = _read(_SESSION, [keyring.newest], token, now)
    return Session(session, int(began_at.timestamp()))


def csrf_token(keyring: Keyring, session: str) -> str:
    """Return the CSRF token of a session; it is valid as long as the session and the newest key."""
    signer = Signer(keyring.newest, salt="trackback csrf", **_HMAC)
    return signer.get_signature(session).decode("ascii")


def _write(kind: _Kind, keyring: Keyring, words: str, now: datetime) -> str:
    return _Signer([keyring.newest], kind.name, now).sign(words).decode("ascii")


def _read(kind: _Kind, keys: Sequence[str], token: str, now: datetime) -> tuple[str, datetime]:
    """Return what a token says, and when it was signed."""
    if not _TOKEN.fullmatch(token):
        raise TokenInvalid(kind.invalid)
    signer = _Signer(keys, kind.name, now)
    try:
        max_age = int(kind.lasts.total_seconds())
        words, signed_at = signer.unsign(token, max_age=max_age, return_timestamp=True)
        return words.decode("ascii"), signed_at
    except SignatureExpired as error:
        if error.date_signed and error.date_signed > now:
            raise TokenInvalid(kind.invalid) from None
        raise TokenExpired(kind.expired) from None
    except BadSignature:
        raise TokenInvalid(kind.invalid) from None
