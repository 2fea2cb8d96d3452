"""Parses a receiver's answer to a ping, from any bytes.

The body takes precedence over the status: WordPress stores a ping and answers 404 with `<error>0</error>`,
and most rejections come with 200. The answer is searched for its elements, not parsed as XML: many receivers
do not escape their texts, put something before the document, or name the wrong encoding. Parsing takes linear
time.
"""

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from http import HTTPStatus

from trackback.timestamps import wait
from trackback.web.html.page import page_text
from trackback.web.text.plain_text import clean

READ = 65_536
"""Bytes of an answer that are read."""
MOST_WORDS = 300
"""Maximum length of the receiver's message, in characters."""
MOST_WAIT = timedelta(days=2)
"""Longest `Retry-After` that is honoured."""

_CDATA = re.compile(r"<!\[CDATA\[(.*?)\]\]>", re.DOTALL)
_NUMBER = re.compile(r"[+-]?[0-9]+")
_DUPLICATE = re.compile(r"duplica|doublon|doppelt|重複|중복", re.IGNORECASE)
_ALREADY = re.compile(
    r"\b(?:already|bereits|schon|déjà|già|reeds|уже|ya (?:existe|ha sido|tenemos))\b"
    r"|既に|すでに|이미|已经|已經",
    re.IGNORECASE,
)
_NOT_DONE = re.compile(
    r"\b(?:clos|bann|block|spam|filter|blacklist|disab|den[iy]|forbid|geschlossen|gesperrt|ferm[ée]|cerrad)",
    re.IGNORECASE,
)
_LATER = re.compile(
    r"\b(?:later|too (?:many|much|fast|often|quickly|soon|busy)|throttl|slow(?:ing)? down|flood|rate.?limit"
    r"|try again|temporar)",
    re.IGNORECASE,
)

_PATIENCE = {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS}
_STORED = {HTTPStatus.CREATED, HTTPStatus.ACCEPTED}
_VETOED = {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}


class State(StrEnum):
    """The outcome of a ping: `ACCEPTED` and `DUPLICATE` are final successes, `LATER` is retried."""

    ACCEPTED = "accepted"
    DUPLICATE = "duplicate"
    REFUSED = "refused"
    UNCLEAR = "unclear"
    LATER = "later"


@dataclass(frozen=True, slots=True)
class Answer:
    """A receiver's answer.

    Attributes:
        state: The outcome.
        words: What the receiver did, and its message in quotes, as one clean line.
        retry_after: Seconds until it accepts a retry; None if it names no time.
    """

    state: State
    words: str
    retry_after: int | None = None


_DID = {
    State.ACCEPTED: "it took the ping",
    State.DUPLICATE: "it had the ping already",
    State.REFUSED: "it refused the ping",
    State.UNCLEAR: "it did not say whether it took the ping",
    State.LATER: "it wants to be asked again later",
}


def read_response(status: int, headers: Mapping[str, str], body: bytes, now: datetime) -> Answer:
    """Return the meaning of an answer; header names may be in any case, and the body may be anything.

    `Content-Type` gives the charset if the body does not, and `Retry-After` counts from `now`.
    """
    named = {name.lower(): value for name, value in headers.items()}
    text = page_text(body[:READ], named.get("content-type", ""))
    error, said = _element(text, "error"), _element(text, "message") or ""
    if error is None:
        state, said = _by_status(status), said or _said_without_xml(text)
    else:
        said = said or ("" if _NUMBER.fullmatch(error) else error)
        state = _by_document(status, error, said)
    pause = wait(named.get("retry-after", ""), now, MOST_WAIT) if state is State.LATER else timedelta()
    return Answer(state, _words(state, status, said), int(pause.total_seconds()) or None)


def _by_document(status: int, error: str, said: str) -> State:
    """Return the outcome by the content of `<error>`, a number or a text, and by the receiver's message."""
    if _NUMBER.fullmatch(error) and not int(error):
        return State.REFUSED if status in _VETOED else State.ACCEPTED  # Movable Type's veto says success
    if _is_duplicate(said) or status == HTTPStatus.CONFLICT:
        return State.DUPLICATE
    if _LATER.search(said) or _by_status(status) is State.LATER:
        return State.LATER
    return State.REFUSED if error or said else State.UNCLEAR


def _by_status(status: int) -> State:
    """Return the outcome of an answer without `<error>`.

    Drupal's Vinculum answers 201 or 202, and WordPress answers 409 to a repeated ping.
    """
    if status in _PATIENCE or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return State.LATER
    if status in _STORED:
        return State.ACCEPTED
    if status == HTTPStatus.CONFLICT:
        return State.DUPLICATE
    return State.REFUSED if status >= HTTPStatus.MULTIPLE_CHOICES else State.UNCLEAR


def _is_duplicate(said: str) -> bool:
    already = _ALREADY.search(said) and not _NOT_DONE.search(said)
    return bool(already or _DUPLICATE.search(said))


def _element(text: str, name: str) -> str | None:
    """Return the text of the first element of a name, or None; without an end tag, any tag ends it."""
    start = re.search(rf"<{name}(?:\s[^<>]{{0,200}})?(/?)>", text, re.IGNORECASE)
    if not start:
        return None
    end = re.compile(f"</{name}", re.IGNORECASE).search(text, start.end())
    content = text[start.end() : end.start()] if end else text[start.end() :].partition("<")[0]
    return "" if start[1] else _plain(content[:4_096])


def _said_without_xml(text: str) -> str:
    """Return a page's heading or title, or the text if it is not a page."""
    heading = _element(text, "h1") or _element(text, "title")
    return heading or ("" if "<" in text else clean(text, MOST_WORDS))


def _plain(content: str) -> str:
    return clean(_CDATA.sub(lambda match: html.escape(match[1]), content), MOST_WORDS)


def _words(state: State, status: int, said: str) -> str:
    words = _DID[state]
    if status != HTTPStatus.OK:
        phrase = HTTPStatus(status).phrase if status in set(HTTPStatus) else ""
        words += f" ({f'{status} {phrase}'.strip()})"
    return f"{words}: “{said}”" if said else words
