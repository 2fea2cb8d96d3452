"""What a receiver has answered to a ping, from whatever bytes came back.

The body speaks before the status: WordPress stores a ping and answers 404 with `<error>0</error>`, and most
refusals come with 200. The answer is searched for its elements, not parsed: many receivers do not escape
what they say, put something before it, or name an encoding that is not its own. Reading takes linear time.
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
"""Bytes of an answer that are looked at."""
MOST_WORDS = 300
"""Characters of what a receiver says that are kept."""
MOST_WAIT = timedelta(days=2)
"""How long a `Retry-After` is heeded."""

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
    """What has become of a ping; `ACCEPTED` and `DUPLICATE` are done, `LATER` is to be tried again."""

    ACCEPTED = "accepted"
    DUPLICATE = "duplicate"
    REFUSED = "refused"
    UNCLEAR = "unclear"
    LATER = "later"


@dataclass(frozen=True, slots=True)
class Answer:
    """A receiver's answer.

    Attributes:
        state: What it means.
        words: What the receiver did, and in quotes what it says, as one clean line.
        retry_after: Seconds after which it wants to be asked again, None if it names no time.
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
    """Return what an answer means; names of headers may be in any case, and the body may be anything.

    `Content-Type` tells the charset if the body does not, and `Retry-After` counts from `now`.
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
    """Judge by what `<error>` holds, a number or words, and by what the receiver says."""
    if _NUMBER.fullmatch(error) and not int(error):
        return State.REFUSED if status in _VETOED else State.ACCEPTED  # Movable Type's veto says success
    if _is_duplicate(said) or status == HTTPStatus.CONFLICT:
        return State.DUPLICATE
    if _LATER.search(said) or _by_status(status) is State.LATER:
        return State.LATER
    return State.REFUSED if error or said else State.UNCLEAR


def _by_status(status: int) -> State:
    """Judge an answer that has no `<error>`: Drupal's Vinculum says 201 or 202, WordPress 409 to a repeat."""
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
    """Return the text of the first element of a name, None if there is none; with no end it ends at a tag."""
    start = re.search(rf"<{name}(?:\s[^<>]{{0,200}})?(/?)>", text, re.IGNORECASE)
    if not start:
        return None
    end = re.compile(f"</{name}", re.IGNORECASE).search(text, start.end())
    content = text[start.end() : end.start()] if end else text[start.end() :].partition("<")[0]
    return "" if start[1] else _plain(content[:4_096])


def _said_without_xml(text: str) -> str:
    """Return a page's heading or title, or the text if it is no page."""
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
