"""What becomes of a ping: held for the author by default, with the reasons in words.

`CERTAIN` is 10. No tell but a known template (8) weighs over 4, or 5 for reflection: one alone, and any two
others together, only hold a ping; a template and one more, or three or more others, can be spam unseen.
A missing link weighs just 2, since TrackBack never required one: it is a fact for the author, not a verdict.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from trackback.model.ping import Status
from trackback.model.rule import Effect, Rule
from trackback.receiving.spam.evidence import Evidence, Reason
from trackback.receiving.spam.rules import deciding_rule
from trackback.receiving.spam.signals import FROM_PAGE, FROM_PING, Signal
from trackback.web.html.href import UNFOLLOWED

CERTAIN = 10
"""The score from which a ping is spam unseen, unless the author allows where it comes from."""
MILD = 3
"""The most that may speak against a ping that a rule approves: anyone can name a friend's page."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What becomes of a ping (pending, approved or spam), how much speaks against it, and why."""

    status: Status
    score: int
    reasons: tuple[Reason, ...]
    by_rule: bool = False


def judge_before_fetch(evidence: Evidence, rules: Sequence[Rule]) -> Judgement | None:
    """Judge by the ping alone; None unless it is blocked or certain spam, for which nothing is fetched."""
    judgement = _judge(evidence, rules, FROM_PING)
    return judgement if judgement.status is Status.SPAM else None


def judge(evidence: Evidence, rules: Sequence[Rule]) -> Judgement:
    """Judge by the ping and its page; a page does not save what the ping alone gives away.

    Spammers place links for the one fetch that looks at them.
    """
    return judge_before_fetch(evidence, rules) or _judge(evidence, rules, FROM_PING + FROM_PAGE)


def _judge(evidence: Evidence, rules: Iterable[Rule], tells: Iterable[Signal]) -> Judgement:
    rule = deciding_rule(evidence, rules)
    found = [_reason(rule) if rule else None, *(tell(evidence) for tell in tells)]
    reasons = tuple(reason for reason in found if reason)
    score = sum(reason.weight for reason in reasons)
    return Judgement(_status(evidence, rule, score, reasons), score, reasons, by_rule=rule is not None)


def _status(evidence: Evidence, rule: Rule | None, score: int, reasons: Iterable[Reason]) -> Status:
    if rule is None:
        return Status.SPAM if score >= CERTAIN else Status.PENDING
    if rule.effect is Effect.BLOCK:
        return Status.SPAM
    against = sum(max(0, reason.weight) for reason in reasons)
    proven = evidence.link == "found" and not evidence.reflection and not evidence.rel & UNFOLLOWED
    return Status.APPROVED if proven and against <= MILD else Status.PENDING


def _reason(rule: Rule) -> Reason:
    weight = CERTAIN if rule.effect is Effect.BLOCK else -MILD
    return Reason(f"Your rule “{rule}” matches.", weight)
