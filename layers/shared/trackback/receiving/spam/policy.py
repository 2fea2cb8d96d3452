"""Policy: decides a ping's status from the evidence; by default it is held for the author, with reasons.

`CERTAIN` is 10. No signal except a known template (8) weighs more than 4, or 5: reflection, names that are a
search phrase, which is a signal of its own, and words that agree with an odd form. One signal alone, or any
two others together, only hold a ping; a template and one more, or three or more others, can make it spam
without the author's review. A missing link weighs only 2, since TrackBack never required one: it is a fact
for the author, not a verdict.

What speaks for a ping is its page's link (3), and words that the author approved (2). Spam places links, too:
if anything in the ping itself speaks against it, its link counts 1, and its words nothing. So a ping looks
genuine only if nothing it sent is odd.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from trackback.model.ping import Status
from trackback.model.rule import Effect, Rule
from trackback.model.verdict import LinkStatus, Reason, ReasonCode
from trackback.receiving.spam.evidence import Evidence
from trackback.receiving.spam.rules import deciding_rule, idle_rule, narrower
from trackback.receiving.spam.signals import FROM_PAGE, FROM_PING, Signal
from trackback.web.html.href import UNFOLLOWED
from trackback.web.html.regions import Standing

CERTAIN = 10
"""The score from which a ping is spam without the author's review, unless a rule allows its source."""
MILD = 3
"""The highest weight against a ping that a rule may approve: anyone can name a friend's page as source."""


_OF_PAGE = {
    ReasonCode.LINK,
    ReasonCode.PLACE,
    ReasonCode.REL,
    ReasonCode.MANY_LINKS,
    ReasonCode.TOPIC,
    ReasonCode.AKISMET,
}


@dataclass(frozen=True, slots=True)
class Judgement:
    """What becomes of a ping, and why.

    Attributes:
        status: Pending, approved or spam.
        score: The score against it.
        reasons: The reasons.
        rule: The author's rule that decided; None if none did.
        same_as: Id of an earlier ping of the same page; may be empty.
    """

    status: Status
    score: int
    reasons: tuple[Reason, ...]
    rule: Rule | None = None
    same_as: str = ""


def judge_before_fetch(evidence: Evidence, rules: Sequence[Rule]) -> Judgement | None:
    """Judge by the ping alone; returns a judgement only for spam, so that its source is not fetched."""
    judgement = _judge(evidence, rules, FROM_PING)
    return judgement if judgement.status is Status.SPAM else None


def judge(evidence: Evidence, rules: Sequence[Rule]) -> Judgement:
    """Judge by the ping and its page; the page cannot outweigh what makes the ping alone spam.

    Spammers place links just for the one fetch that checks them.
    """
    return judge_before_fetch(evidence, rules) or _judge(evidence, rules, FROM_PING + FROM_PAGE)


def _judge(evidence: Evidence, rules: Iterable[Rule], signals: Iterable[Signal]) -> Judgement:
    rule = deciding_rule(evidence, rules)
    found = [_reason(rule) if rule else None, *(signal(evidence) for signal in signals)]
    found.append(_idle(evidence, rules) if rule is None else None)
    reasons = tuple(_weighed([reason for reason in found if reason]))
    score = sum(reason.weight for reason in reasons)
    return Judgement(_status(evidence, rule, score, reasons), score, reasons, rule)


def _weighed(reasons: Sequence[Reason]) -> Iterator[Reason]:
    """Yield the reasons; if the ping itself speaks against it, its page speaks for it with 1 at most."""
    is_suspicious = any(reason.weight > 0 and reason.code not in _OF_PAGE for reason in reasons)
    for reason in reasons:
        if not is_suspicious or reason.weight >= 0 or reason.code is ReasonCode.RULE:
            yield reason
        elif reason.code is ReasonCode.LINK:
            yield reason._replace(weight=-1)


def _status(evidence: Evidence, rule: Rule | None, score: int, reasons: Iterable[Reason]) -> Status:
    if rule is None:
        return Status.SPAM if score >= CERTAIN else Status.PENDING
    if rule.effect is Effect.BLOCK:
        return Status.SPAM
    against = sum(max(0, reason.weight) for reason in reasons)
    proven = (
        evidence.link is LinkStatus.FOUND
        and evidence.standing is Standing.TEXT
        and not evidence.reflection
        and not evidence.rel & UNFOLLOWED
    )
    return Status.APPROVED if proven and against <= MILD else Status.PENDING


def _idle(evidence: Evidence, rules: Iterable[Rule]) -> Reason | None:
    """Return the reason that names a rule which would trust too many people to decide here."""
    rule = idle_rule(evidence, rules)
    if rule is None:
        return None
    advice = f" Instead: {better}." if (better := narrower(evidence.url)) else ""
    return Reason(ReasonCode.RULE, f"Your rule “{rule}” does not count: many people share that site.{advice}")


def _reason(rule: Rule) -> Reason:
    weight = CERTAIN if rule.effect is Effect.BLOCK else -MILD
    return Reason(ReasonCode.RULE, f"Your rule “{rule}” matches.", weight)
