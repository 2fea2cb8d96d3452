"""What must hold after every fault."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from tests.faults.people import People
from tests.faults.world import World
from tests.stack.aws import sent_mails
from tests.support import template
from trackback.model.ping import Status
from trackback.model.sent_ping import NEEDS_ATTENTION
from trackback.notifications.mute_mail import SUBJECT
from trackback.storage.keys import SENT
from trackback.storage.sent_pings import to_sending

MAY_COME_TWICE = {
    ("notify SendEmail", "killed after"): "SES took the mail, and nobody is left who knows",
    ("notify SendEmail", "answer lost"): "SES took the mail, its answer was lost, and SES knows no repeats",
    ("notify SendEmail", "answer lost for good"): "as above",
    ("notify PutItem", "killed before"): "SES took the mail, and the process ended before it could note that",
}
"""The calls at which a mail may come twice, with the kind of fault, and why that cannot be excluded."""

_ALARMS: dict[str, Any] = template.load().resources("AWS::CloudWatch::Alarm")


def check(people: People, *, mails: int = 1) -> list[str]:
    """Return what does not hold; `mails` is how many mails at most may show one ping."""
    world = people.world
    return [
        *world.unfinished(),
        *_lost(world),
        *_shown(people),
        *_mailed(world, mails),
        *_told(world, mails),
        *_sent(world),
        *alarms(world),
        *world.wire.denied,
    ]


def _lost(world: World) -> Iterator[str]:
    known = {texts.title for ping in world.pings() for texts in (ping.texts, ping.revision) if texts}
    for title in world.answered - known - world.replaced:
        yield f"{title} was taken, and is lost"
    for ping in world.pings():
        if ping.verdict is None and not ping.history:
            yield f"{ping.texts.title} has neither a verdict nor a decision"


def _shown(people: People) -> Iterator[str]:
    titles, count = people.read()
    approved = [ping.texts.title for ping in people.world.pings() if ping.status is Status.APPROVED]
    if sorted(titles) != sorted(approved):
        yield f"readers see {titles}, and {approved} are approved"
    if not set(titles) <= people.world.approvable:
        yield f"readers see {titles}, and the author approved {people.world.approvable}"
    if count != len(titles):
        yield f"readers are told of {count} pings, and see {len(titles)}"


def _mailed(world: World, most: int) -> Iterator[str]:
    bodies = [mail.get_body(("plain",)) for mail in sent_mails()]
    lines = [body.get_content().splitlines() for body in bodies if body]
    for title in world.answered:
        times = sum(f"> {title}" in each for each in lines)
        if not 1 <= times <= most + (title in world.replaced):  # the mail about other words shows both
            yield f"{times} mails show {title}"


def _told(world: World, most: int) -> Iterator[str]:
    """Whoever turns the emails off by a link, the author is told."""
    times = sum(mail["Subject"] == SUBJECT for mail in sent_mails())
    if world.unsubscribed and not 1 <= times <= most:
        yield f"{times} mails tell that there are no more"


def _sent(world: World) -> Iterator[str]:
    """A ping of the author's own comes once, or the author is told that nobody knows whether it came."""
    times = len(world.web.pings)
    sent = [to_sending(item) for item in world.items() if item["id"].startswith(SENT)]
    told = [one for one in sent if one.stage in NEEDS_ATTENTION]
    if times > world.sent_pings or times + len(told) < world.sent_pings:
        yield f"{times} of {world.sent_pings} pings of the author came, and the author is told of {len(told)}"


def alarms(world: World) -> Iterator[str]:
    """Yield the alarms that are on, by the template's own words for when that is."""
    for name, alarm in _ALARMS.items():
        if _value(world, alarm) >= alarm["Threshold"]:
            yield f"the alarm {name} is on"


def _value(world: World, alarm: Any) -> int:
    (of,) = [each["Value"] for each in alarm.get("Dimensions", []) if each["Name"] != "TableName"] or [""]
    if alarm["MetricName"] == "ApproximateNumberOfMessagesVisible":
        return world.put_aside()[of["Fn::GetAtt"][0]]
    function = of["Ref"].removesuffix("Function").lower() if alarm["MetricName"] == "Errors" else ""
    since = world.clock.now - timedelta(seconds=alarm["Period"] * alarm["EvaluationPeriods"])
    seen = [one for one in world.samples if one.metric == alarm["MetricName"] and one.at > since]
    return sum(function in {"", one.of} for one in seen)
