"""Applies the actions of the author's forms to one ping or many, and says what came of it."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from trackback.errors import NoSuchPing, StatusChanged
from trackback.model.ping import Ping, Status
from trackback.model.rule import BadRule
from trackback.model.settings import Settings
from trackback.pages.admin.choices import Choice, PingAction
from trackback.pages.admin.flash import Flash
from trackback.pages.admin.services import Services
from trackback.pages.public.ping_list import fresh_address
from trackback.receiving.moderation import Moderation
from trackback.storage.dynamodb import TOO_LATE
from trackback.storage.pings import PingStore
from trackback.storage.settings import load_settings

_BECOMES = {
    PingAction.APPROVE: Status.APPROVED,
    PingAction.REJECT: Status.REJECTED,
    PingAction.SPAM: Status.SPAM,
    PingAction.TAKE: Status.APPROVED,
    PingAction.ALLOW: Status.APPROVED,
    PingAction.BLOCK: Status.SPAM,
}
_DONE = {
    PingAction.APPROVE: "{} approved: readers see {them} within a minute.",
    PingAction.REJECT: "{} rejected.",
    PingAction.SPAM: "{} marked as spam.",
    PingAction.UNDO: "{} put back to where {they} stood before.",
    PingAction.TAKE: "{} shown with the new words.",
    PingAction.KEEP: "{} left as shown; the new words are gone.",
    PingAction.LOOK: "{} to be looked at again; that takes a moment.",
    PingAction.ALLOW: (
        "{} approved, and a rule approves what links to you from there next. Undo leaves the rule."
    ),
    PingAction.BLOCK: (
        "{} marked as spam, and a rule blocks what comes from there next. Undo leaves the rule."
    ),
}


class _Applied(NamedTuple):
    """A ping that an action was applied to; `problem` says why its rule was not made."""

    ping: str
    becomes: Status | None
    post: str = ""
    problem: str = ""


def apply_action(services: Services, action: PingAction, choices: Sequence[Choice], now: datetime) -> Flash:
    """Apply an action to pings and return the message; skip pings that changed meanwhile.

    Repeating an action changes nothing and is no error, because buttons are pressed twice.
    """
    if action is PingAction.NONE:
        return Flash("Press a button to decide; Enter alone does nothing.", is_error=True)
    if not choices:
        return Flash("Tick the pings first that you mean.", is_error=True)
    batch = _Batch(services.pings, services.moderation, load_settings(services.table), now)
    tried = [batch.apply(_meant(action, choice), choice) for choice in choices]
    return _report(action, [each for each in tried if each], len(choices), now)


def _report(action: PingAction, applied: Sequence[_Applied], chosen: int, now: datetime) -> Flash:
    late = chosen - len(applied)
    problem = next((each.problem for each in applied if each.problem), "")
    undo = tuple(str(Choice(each.ping, each.becomes)) for each in applied if each.becomes)
    shown = {each.post for each in applied if each.becomes is Status.APPROVED and each.post}
    see = fresh_address(shown.pop(), now) if len(shown) == 1 else ""
    words = filter(None, (problem or _done(action, len(applied)), _too_late(late, chosen)))
    return Flash(" ".join(words), is_error=bool(late or problem), undo=undo, see=see)


class _Batch(NamedTuple):
    """The pings of one form are changed with the same settings, at the same time."""

    pings: PingStore
    moderation: Moderation
    settings: Settings
    now: datetime

    def apply(self, action: PingAction, choice: Choice) -> _Applied | None:
        """Apply an action to one ping. Returns None if the ping has changed meanwhile."""
        becomes = _BECOMES.get(action)
        try:
            before = self._change(action, choice)
        except (StatusChanged, NoSuchPing):
            return None
        except BadRule as error:  # the ping's status is saved; only the rule failed
            return _Applied(choice.ping, becomes, problem=str(error))
        return _Applied(choice.ping, becomes, post=before.post)

    def _change(self, action: PingAction, choice: Choice) -> Ping:
        moderation, ping, seen, now = self.moderation, choice.ping, choice.status, self.now
        words = choice.revision if action in {PingAction.TAKE, PingAction.KEEP} else choice.texts_hash
        if not words and action not in {PingAction.UNDO, PingAction.LOOK}:
            raise StatusChanged(TOO_LATE)
        match action:
            case PingAction.UNDO:
                return moderation.undo(ping, now, expected_status=seen, texts_hash=words)
            case PingAction.KEEP:
                return moderation.keep(ping, revision=words)
            case PingAction.LOOK:
                return moderation.check_again(ping)
            case PingAction.ALLOW:
                return moderation.allow_site(self._as_seen(choice, Status.APPROVED), now)
            case PingAction.BLOCK:
                ping_seen = self._as_seen(choice, Status.SPAM)
                return moderation.block_site(ping_seen, now, revision=choice.revision)
        return moderation.decide(
            ping,
            _BECOMES[action],
            now,
            expected_status=seen,
            texts_hash=words,
            revision=choice.revision,
            settings=self.settings,
        )

    def _as_seen(self, choice: Choice, wanted: Status) -> Ping:
        ping = self.pings.get(choice.ping)
        if ping.status not in {choice.status, wanted} or ping.texts.hash != choice.texts_hash:
            raise StatusChanged(TOO_LATE)
        return ping


def _meant(action: PingAction, choice: Choice) -> PingAction:
    """Return the action to apply. For an approved ping, approve and reject apply to its revision."""
    if choice.status is Status.APPROVED and choice.revision:
        return {PingAction.APPROVE: PingAction.TAKE, PingAction.REJECT: PingAction.KEEP}.get(action, action)
    return action


def _done(action: PingAction, number: int) -> str:
    them, they = ("it", "it") if number == 1 else ("them", "they")
    return (
        _DONE[action].format(f"{number} ping" + "s" * (number != 1), them=them, they=they) if number else ""
    )


def _too_late(late: int, of: int) -> str:
    if not late:
        return ""
    if of == 1:
        return "Nothing was done: the ping has changed meanwhile. Look at it again."
    return f"{late} had changed meanwhile, and nothing was done about {'it' if late == 1 else 'them'}."
