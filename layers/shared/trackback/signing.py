"""Signed tokens: links in mails, sign-in links, sessions and CSRF tokens.

Each kind is signed with a salt of its own, so that none passes as another. A token is plain words, the time
and the signature, with dots between: "approve.<ping>.<words>.<time>.<signature>", about 95 characters.
"""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from itsdangerous import BadSignature, SignatureExpired, Signer, TimestampSigner

from trackback.errors import TrackbackError

OVERLAP = timedelta(days=14)
"""How long a key is accepted after a newer one has taken its place."""


@dataclass(frozen=True, slots=True)
class Keyring:
    """The keys that count now: 32 random bytes each, as URL-safe base64."""

    newest: str
    older: tuple[str, ...] = ()

    @property
    def accepted(self) -> list[str]:
        """Every key whose signatures are good, oldest first."""
        return [*self.older, self.newest]


LINK_LASTS = OVERLAP
SIGN_IN_LASTS = timedelta(minutes=15)
SESSION_LASTS = timedelta(hours=12)

_HMAC: Any = {"key_derivation": "hmac", "digest_method": hashlib.sha256}

# The signature in its one spelling: 32 bytes leave two bits of the last character unused. That one is thus
# always a letter or a digit, and no mail program cuts it off the end of a link.
_TOKEN = re.compile(r"[\w.-]{1,100}\.[\w-]{6}\.[\w-]{42}[AEIMQUYcgkosw048]", re.ASCII)


class LinkInvalid(TrackbackError):
    """The token is none of ours, not of this kind, or its key is no longer accepted."""


class LinkExpired(TrackbackError):
    """The token was good once; the message tells the author what to do now."""


class Action(StrEnum):
    """What a link in a mail does; mute: no more mails."""

    APPROVE = "approve"
    REJECT = "reject"
    SPAM = "spam"
    MUTE = "mute"


@dataclass(frozen=True, slots=True)
class Link:
    """What a link in a mail is good for: one action on one ping, about the words that were mailed.

    `words` names them (`words_id`); whatever its sender says later is none of a link's business.
    """

    action: Action
    ping: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True)
class _Kind:
    name: str
    lasts: timedelta
    expired: str
    invalid: str


_LINK = _Kind(
    "link",
    LINK_LASTS,
    expired="This link is older than 14 days. Sign in to decide about the ping.",
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
    """Signs tokens of one kind, at the time that it is told."""

    def __init__(self, keys: Sequence[str], kind: str, now: datetime) -> None:
        super().__init__(keys, salt=f"trackback {kind}", **_HMAC)
        self._now = int(now.timestamp())

    def get_timestamp(self) -> int:
        return self._now


def write_link(keyring: Keyring, link: Link, now: datetime) -> str:
    """Return a link's token."""
    parts = filter(None, (link.action, link.ping, link.words))
    return _write(_LINK, keyring, ".".join(parts), now)


def read_link(keyring: Keyring, token: str, now: datetime) -> Link:
    """Return what a link is good for; it may be signed with any key that is still accepted.

    Raises:
        LinkExpired: it is older than `LINK_LASTS`.
        LinkInvalid: it is none of ours.
    """
    action, ping, words = [*_read(_LINK, keyring.accepted, token, now).split("."), "", ""][:3]
    try:
        return Link(Action(action), ping, words)
    except ValueError:  # signed by a newer release, which knew more actions
        raise LinkInvalid(_LINK.invalid) from None


def write_sign_in(keyring: Keyring, nonce: str, now: datetime) -> str:
    """Return the token of a sign-in link."""
    return _write(_SIGN_IN, keyring, nonce, now)


def read_sign_in(keyring: Keyring, token: str, now: datetime) -> str:
    """Return the nonce of a sign-in link, signed with the newest key.

    Raises:
        LinkExpired: it is older than `SIGN_IN_LASTS`.
        LinkInvalid: it is none of ours, or from before the last rotation.
    """
    return _read(_SIGN_IN, [keyring.newest], token, now)


def write_session(keyring: Keyring, session: str, now: datetime) -> str:
    """Return the token of a session, for its cookie."""
    return _write(_SESSION, keyring, session, now)


def read_session(keyring: Keyring, token: str, now: datetime) -> str:
    """Return a session's id, signed with the newest key.

    Raises:
        LinkExpired: it is older than `SESSION_LASTS`.
        LinkInvalid: it is none of ours, or from before the last rotation.
    """
    return _read(_SESSION, [keyring.newest], token, now)


def csrf_token(keyring: Keyring, session: str) -> str:
    """Return the CSRF token of a session; it lasts as long as the session and the newest key do."""
    signer = Signer(keyring.newest, salt="trackback csrf", **_HMAC)
    return signer.get_signature(session).decode("ascii")


def _write(kind: _Kind, keyring: Keyring, words: str, now: datetime) -> str:
    return _Signer([keyring.newest], kind.name, now).sign(words).decode("ascii")


def _read(kind: _Kind, keys: Sequence[str], token: str, now: datetime) -> str:
    if not _TOKEN.fullmatch(token):
        raise LinkInvalid(kind.invalid)
    signer = _Signer(keys, kind.name, now)
    try:
        return signer.unsign(token, max_age=int(kind.lasts.total_seconds())).decode("ascii")
    except SignatureExpired as error:
        if error.date_signed and error.date_signed > now:
            raise LinkInvalid(kind.invalid) from None
        raise LinkExpired(kind.expired) from None
    except BadSignature:
        raise LinkInvalid(kind.invalid) from None
