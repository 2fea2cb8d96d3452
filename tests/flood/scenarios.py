"""The scenarios: each has its genuine pings within the attack, so that all of them meet it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain

from tests.flood import traffic
from tests.flood.limits import Bucket, Limits
from tests.flood.pipeline import Outcome, Simulation
from tests.flood.traffic import DAY, HOUR, Ping
from tests.flood.world import World
from tests.support.events import http_event

VIEWS_A_SECOND = 10_000 / 60
VIEWS_CALLED = 20


@dataclass(frozen=True)
class Scenario:
    """An attack, its hours, and how many of its pings stand for one that the real handlers get."""

    title: str
    seconds: float
    genuine: int
    sample: int
    attack: Callable[[float, int], Iterator[Ping]]
    views: bool = False


SCENARIOS = {
    "quiet": Scenario("A quiet month", 30 * DAY, 300, 1, lambda *_: iter(())),
    "spam": Scenario(
        "A million spam pings in a day", DAY, 60, 2_000,
        lambda seconds, sample: traffic.spam_run(1_000_000 / DAY, seconds, sample),
    ),
    "slow": Scenario(
        "Slow sources: 40 at once, then 10 a second from 400 domains, for an hour", HOUR, 120, 1,
        lambda seconds, _: traffic.slow_sources(10, seconds),
    ),
    "friend": Scenario(
        "A friend's host named ten times a minute, for an hour", HOUR, 40, 1,
        lambda seconds, _: traffic.friends_host(seconds),
    ),
    "front-page": Scenario(
        "A front page day: 10,000 views a minute, 200 genuine pings", DAY, 200, 1,
        lambda *_: iter(()), views=True,
    ),
}  # fmt: skip


def run(name: str, world: World, limits: Limits, part: float) -> Outcome:
    """Run a scenario, or a part of its time and pings."""
    one = SCENARIOS[name]
    seconds, genuine = one.seconds * part, max(1, round(one.genuine * part))
    simulation = Simulation(world, limits)
    pings = chain(traffic.genuine(genuine, seconds), one.attack(seconds, one.sample))
    outcome = simulation.run(pings, seconds)
    if one.views:
        _view(world, limits, outcome, seconds)
    return outcome


def _view(world: World, limits: Limits, outcome: Outcome, seconds: float) -> None:
    """Count the views of a post that the throttle lets in, without a CDN, each as those that are measured."""
    bucket, sent = Bucket(limits.views), int(seconds * VIEWS_A_SECOND)
    let_in = sum(bucket.takes(number / VIEWS_A_SECOND) for number in range(sent))
    before = world.units()[1]
    for _ in range(VIEWS_CALLED):
        world.call("serve", http_event("GET", "/pings/blog.example/post"), seconds)
    outcome.counts["views"], outcome.counts["calls serve"] = sent, let_in
    outcome.reads["views"] = (world.units()[1] - before) / VIEWS_CALLED * let_in
