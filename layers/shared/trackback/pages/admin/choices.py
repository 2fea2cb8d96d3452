"""What the author's forms say about pings: the action, and the pings as they were shown."""

import re
from dataclasses import dataclass
from enum import StrEnum

from trackback.errors import BadQuery
from trackback.gateway import Fields, first
from trackback.model.ping import Status

MOST = 100
"""Maximum number of pings in one form."""

_WORDS = "[a-z2-7]{52}|[0-9a-f]{8}"  # the short ones, of older pages, name no words any more
_CHOICE = re.compile(
    rf"([a-z2-7]{{26}}):(received|pending|approved|rejected|spam):(?:({_WORDS})(?:-({_WORDS}))?)?"
)


class PingAction(StrEnum):
    """An action on a ping."""

    APPROVE = "approve"
    REJECT = "reject"
    SPAM = "spam"
    UNDO = "undo"
    TAKE = "take"
    KEEP = "keep"
    LOOK = "look"
    ALLOW = "allow"
    BLOCK = "block"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Choice:
    """A chosen ping, with the status and the texts that the author saw.

    `texts_hash` and `revision` are hashes of texts (`Texts.hash`). An undo and a re-check name none.
    """

    ping: str
    status: Status
    texts_hash: str = ""
    revision: str = ""

    def __str__(self) -> str:
        """Return the choice as the value of a form field."""
        revision = f"-{self.revision}" if self.revision else ""
        return f"{self.ping}:{self.status}:{self.texts_hash}{revision}"


def read_choices(fields: Fields) -> tuple[PingAction, list[Choice]]:
    """Return the action that a form asks for, and its pings.

    `one` holds an action and its ping; `act` applies to the ticked pings.

    Raises:
        BadQuery: The action or a choice is invalid, or there are more than `MOST` pings.
    """
    act, _, choice = first(fields, "one").partition(" ")
    written = [choice] if act else fields.get("ping", [])
    try:
        wanted = PingAction(act or first(fields, "act"))
    except ValueError:
        raise BadQuery("The form does not say what to do.") from None
    if len(written) > MOST:
        raise BadQuery(f"Choose at most {MOST} pings at once.")
    return wanted, list(map(_read_choice, written))


def _read_choice(text: str) -> Choice:
    match = _CHOICE.fullmatch(text)
    if not match:
        raise BadQuery("The form does not say which pings it is about.")
    return Choice(match[1], Status(match[2]), match[3] or "", match[4] or "")
