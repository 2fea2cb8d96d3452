"""Moderation actions of the author's forms, on one ping or many, and the resulting message."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from trackback.errors import BadQuery, NoSuchPing, StatusChanged
from trackback.model.ping import Ping, Status
from trackback.model.rule import BadRule
from trackback.model.settings import Settings
from trackback.pages.admin.flash import Flash
from trackback.pages.admin.session import Fields, field
from trackback.pages.public.ping_list import fresh_address
from trackback.receiving.moderation import Moderation
from trackback.storage.dynamodb import TOO_LATE
from trackback.storage.pings import PingStore
from trackback.storage.settings import load_settings
from trackback.storage.table import Table

MOST = 100
"""Maximum number of pings in one form."""

_WORDS = "[0-9a-f]{8}"
_CHOICE = re.compile(
    rf"([a-z2-7]{{26}}):(received|pending|approved|rejected|spam):(?:({_WORDS})(?:-({_WORDS}))?)?"
)


class Act(StrEnum):
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


_BECOMES = {
    Act.APPROVE: Status.APPROVED,
    Act.REJECT: Status.REJECTED,
    Act.SPAM: Status.SPAM,
    Act.TAKE: Status.APPROVED,
    Act.ALLOW: Status.APPROVED,
    Act.BLOCK: Status.SPAM,
}
_DONE = {
    Act.APPROVE: "{} approved: readers see {them} within a minute.",
    Act.REJECT: "{} rejected.",
    Act.SPAM: "{} marked as spam.",
    Act.UNDO: "{} put back to where {they} stood before.",
    Act.TAKE: "{} shown with the new words.",
    Act.KEEP: "{} left as shown; the new words are gone.",
    Act.LOOK: "{} to be looked at again; that takes a moment.",
    Act.ALLOW: "{} approved, and a rule approves what links to you from there next. Undo leaves the rule.",
    Act.BLOCK: "{} marked as spam, and a rule blocks what comes from there next. Undo leaves the rule.",
}


@dataclass(frozen=True, slots=True)
class Choice:
    """A chosen ping, with the status and the texts that the author saw.

    `words` and `revision` are hashes of texts (`Texts.hash`). An undo and a re-check name none.
    """

    ping: str
    seen: Status
    words: str = ""
    revision: str = ""

    def __str__(self) -> str:
        """Return the choice as the value of a form field."""
        revision = f"-{self.revision}" if self.revision else ""
        return f"{self.ping}:{self.seen}:{self.words}{revision}"


def read_choices(fields: Fields) -> tuple[Act, list[Choice]]:
    """Return the action that a form asks for, and its pings.

    `one` holds an action and its ping; `act` applies to the ticked pings.

    Raises:
        BadQuery: The action or a choice is invalid, or there are more than `MOST` pings.
    """
    act, _, choice = field(fields, "one").partition(" ")
    written = [choice] if act else fields.get("ping", [])
    try:
        wanted = Act(act or field(fields, "act"))
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


class Actions:
    """Applies actions to pings and reports the result."""

    def __init__(self, table: Table, moderation: Moderation) -> None:
        self._table = table
        self._pings = PingStore(table)
        self._moderation = moderation

    def carry_out(self, act: Act, choices: Sequence[Choice], now: datetime) -> Flash:
        """Apply an action to pings and return the message; skip pings that changed meanwhile.

        Repeating an action changes nothing and is no error, because buttons are pressed twice.
        """
        if act is Act.NONE:
            return Flash("Press a button to decide; Enter alone does nothing.", amiss=True)
        if not choices:
            return Flash("Tick the pings first that you mean.", amiss=True)
        settings = load_settings(self._table)
        undo: list[Choice] = []
        shown: set[str] = set()
        done = 0
        without_rule: list[str] = []
        for choice in choices:
            meant = _meant(act, choice)
            try:
                before = self._do(meant, choice, settings, now)
                shown |= {before.post} if _BECOMES.get(meant) is Status.APPROVED else set()
            except (StatusChanged, NoSuchPing):
                continue
            except BadRule as error:  # the ping's status is saved; only the rule failed
                without_rule.append(str(error))
            done += 1
            undo += [Choice(choice.ping, _BECOMES[meant])] if meant in _BECOMES else []
        late = len(choices) - done
        words = [without_rule[0] if without_rule else _told(act, done), _too_late(late, len(choices))]
        amiss = bool(late or without_rule)
        see = fresh_address(next(iter(shown)), now) if len(shown) == 1 else ""
        return Flash(" ".join(filter(None, words)), amiss=amiss, undo=tuple(map(str, undo)), see=see)

    def _do(self, act: Act, choice: Choice, settings: Settings, now: datetime) -> Ping:
        moderation, ping, seen = self._moderation, choice.ping, choice.seen
        words = choice.revision if act in {Act.TAKE, Act.KEEP} else choice.words
        if not words and act not in {Act.UNDO, Act.LOOK}:
            raise StatusChanged(TOO_LATE)
        match act:
            case Act.APPROVE | Act.REJECT | Act.SPAM | Act.TAKE:
                return moderation.decide(
                    ping, _BECOMES[act], now, expected_status=seen, texts_hash=words, settings=settings
                )
            case Act.UNDO:
                return moderation.undo(ping, now, expected_status=seen)
            case Act.KEEP:
                return moderation.keep(ping, revision=words)
            case Act.LOOK:
                return moderation.check_again(ping)
            case Act.ALLOW:
                return moderation.allow_site(self._as_seen(choice, Status.APPROVED), now)
        return moderation.block_site(self._as_seen(choice, Status.SPAM), now)

    def _as_seen(self, choice: Choice, wanted: Status) -> Ping:
        ping = self._pings.get(choice.ping)
        if ping.status not in {choice.seen, wanted} or ping.texts.hash != choice.words:
            raise StatusChanged(TOO_LATE)
        return ping


def _meant(act: Act, choice: Choice) -> Act:
    """Return the action to apply. For an approved ping, approve and reject apply to its revision."""
    if choice.seen is Status.APPROVED and choice.revision:
        return {Act.APPROVE: Act.TAKE, Act.REJECT: Act.KEEP}.get(act, act)
    return act


def _told(act: Act, number: int) -> str:
    them, they = ("it", "it") if number == 1 else ("them", "they")
    return _DONE[act].format(f"{number} ping" + "s" * (number != 1), them=them, they=they) if number else ""


def _too_late(late: int, of: int) -> str:
    if not late:
        return ""
    if of == 1:
        return "Nothing was done: the ping has changed meanwhile. Look at it again."
    return f"{late} had changed meanwhile, and nothing was done about {'it' if late == 1 else 'them'}."
