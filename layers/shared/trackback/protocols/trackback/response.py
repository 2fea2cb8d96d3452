"""Parses a receiver's answer to a ping, from any bytes.

The body takes precedence over the status: WordPress stores a ping and answers 404 with `<error>0</error>`,
and most rejections come with 200. The answer is searched for its elements, not parsed as XML: many receivers
do not escape their texts, put something before the document, or name the wrong encoding. Parsing takes linear
time.
"""

import html
import re
from collections.abc import Mapping
from datetime import datetime
from http import HTTPStatus

from trackback.model.sent_ping import Stage
from trackback.protocols.outcome import Outcome, is_temporary, seconds_to_wait
from trackback.web.html.page import page_text
from trackback.web.text.plain_text import clean

READ = 65_536
"""Bytes of an answer that are read."""
MOST_WORDS = 300
"""Maximum length of the receiver's message, in characters."""

_CDATA = re.compile(r"<!\[CDATA\[(.*?)\]\]>", re.DOTALL)
_NUMBER = re.compile(r"[+-]?[0-9]+")
_DUPLICATE = re.compile(
    r"duplica|doublon|doppelt|重複|중복|multiple (?:posts|pings|trackbacks?) (?:are )?not allowed",
    re.IGNORECASE,
)
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
    r"\b(?:later|too (?:many|much|fast|often|quick(?:ly)?|soon|busy|frequent(?:ly)?)|throttl|flood"
    r"|slow(?:ing)? down|rate.?limit|try again|temporar)",
    re.IGNORECASE,
)
_PAUSE = re.compile(
    r"\b(?:at least|wait(?: for)?|once (?:every|per|in)|every|again in) (\d{1,4}) ?(sec|min)", re.IGNORECASE
)
_STATUS_ONLY = re.compile(
    r"(?:(?:error|http) ?)*\d{3}\b.{0,30}|(?:error|oops|forbidden|access denied|bad request|not found)\W*",
    re.IGNORECASE,
)
_UNSAID = re.compile(  # parts of a page that are not its words
    r"<(head|title|script|style|h1|nav|header|footer)\b.{0,5000}?</\1\s*>", re.IGNORECASE | re.DOTALL
)

_STORED = {HTTPStatus.CREATED, HTTPStatus.ACCEPTED}
_VETOED = {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}

_DID = {
    Stage.ACCEPTED: "it took the ping",
    Stage.DUPLICATE: "it had the ping already",
    Stage.REFUSED: "it refused the ping",
    Stage.UNCLEAR: "it did not say whether it took the ping",
    Stage.LATER: "it wants to be asked again later",
}


def read_response(status: int, headers: Mapping[str, str], body: bytes, now: datetime) -> Outcome:
    """Return the meaning of an answer; header names may be in any case, and the body may be anything.

    `Content-Type` gives the charset if the body does not, and `Retry-After` counts from `now`.
    """
    named = {name.lower(): value for name, value in headers.items()}
    text = page_text(body[:READ], named.get("content-type", ""))
    error, said = _code(text), _element(text, "message") or ""
    if error is None:
        said = said or _said_without_xml(text)
        stage = _by_status(status)
        stage = Stage.LATER if stage is Stage.REFUSED and _PAUSE.search(said) else stage
    else:
        said = said or ("" if _NUMBER.fullmatch(error) else error)
        stage = _by_document(status, error, said)
    pause = (
        seconds_to_wait(named.get("retry-after", ""), now) or _pause(said) if stage is Stage.LATER else None
    )
    return Outcome(stage, _message(stage, status, said), pause)


def _code(text: str) -> str | None:
    """Return the content of `<error>`, or of Typecho's `<success>`, which is 0 for a ping that was stored."""
    error = _element(text, "error")
    return _element(text, "success") if error is None else error


def _pause(said: str) -> int | None:
    """Return the seconds that a message says to wait."""
    found = _PAUSE.search(said)
    return int(found[1]) * (60 if found[2].lower() == "min" else 1) if found else None


def _by_document(status: int, error: str, said: str) -> Stage:
    """Return the outcome by the content of `<error>`, a number or a text, and by the receiver's message."""
    if _NUMBER.fullmatch(error) and not int(error):
        return Stage.REFUSED if status in _VETOED else Stage.ACCEPTED  # Movable Type's veto says success
    if _is_duplicate(said) or status == HTTPStatus.CONFLICT:
        return Stage.DUPLICATE
    if _LATER.search(said) or _PAUSE.search(said) or _by_status(status) is Stage.LATER:
        return Stage.LATER
    return Stage.REFUSED if error or said else Stage.UNCLEAR


def _by_status(status: int) -> Stage:
    """Return the outcome of an answer without `<error>`.

    Drupal's Vinculum answers 201 or 202, and WordPress answers 409 to a repeated ping.
    """
    if is_temporary(status):
        return Stage.LATER
    if status in _STORED:
        return Stage.ACCEPTED
    if status == HTTPStatus.CONFLICT:
        return Stage.DUPLICATE
    return Stage.REFUSED if status >= HTTPStatus.MULTIPLE_CHOICES else Stage.UNCLEAR


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
    """Return a page's heading or title, or its words if that only names the status, or a text as it is."""
    heading = _element(text, "h1") or _element(text, "title") or ""
    if "<" not in text:
        return clean(text, MOST_WORDS)
    if _STATUS_ONLY.fullmatch(heading):
        return clean(_UNSAID.sub(" ", text), MOST_WORDS) or heading
    return heading


def _plain(content: str) -> str:
    return clean(_CDATA.sub(lambda match: html.escape(match[1]), content), MOST_WORDS)


def _message(stage: Stage, status: int, said: str) -> str:
    words = _DID[stage]
    if status != HTTPStatus.OK:
        phrase = HTTPStatus(status).phrase if status in set(HTTPStatus) else ""
        words += f" ({f'{status} {phrase}'.strip()})"
    return f"{words}: “{said}”" if said else words
