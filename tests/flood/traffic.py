"""Who pings: the blog's genuine senders, and the attackers."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

MINUTE, HOUR, DAY = 60.0, 3_600.0, 86_400.0


@dataclass(frozen=True, slots=True)
class Ping:
    """A ping to be sent; `sampled` ones go through the real handlers, the others stand for one like them."""

    at: float
    url: str
    group: str
    kind: str
    takes: float = 0.5
    title: str = "A reply"
    address: str = "192.0.2.1"
    sampled: bool = True

    @property
    def is_genuine(self) -> bool:
        """Tell whether it must come through."""
        return self.kind == "genuine"


def genuine(count: int, seconds: float, seed: int = 1) -> Iterator[Ping]:
    """Yield genuine pings: most by day; a tenth from slow sources, a fifth with a query as the page."""
    random = Random(seed)
    moments: list[float] = []
    while len(moments) < count:
        at = random.uniform(0, seconds)
        if random.random() < 0.55 - 0.45 * math.cos(2 * math.pi * at / DAY):
            moments.append(at)
    for number, at in enumerate(sorted(moments)):
        host = "friend.example" if number % 10 == 3 else f"blog{random.randrange(count)}.example"
        page = f"?p={number}" if number % 5 == 0 else f"2026/reply-{number}/"
        takes = random.uniform(5.5, 9.5) if number % 10 == 7 else random.uniform(0.2, 2)
        address = f"198.51.{number // 250}.{number % 250}"
        yield Ping(at, f"https://{host}/{page}", host, "genuine", takes, f"My reply, the {number}th", address)


def spam_run(rate: float, seconds: float, sample: int) -> Iterator[Ping]:
    """Yield pings from rotating hosts, each used for a hundred pings, whose pages do not link to the post."""
    for number, at in enumerate(_moments(rate, seconds)):
        host = f"spam{number // 100}.example"
        ip = f"203.{number % 199}.{number % 113}.{number % 251}"
        yield Ping(at, f"https://{host}/{number}", host, "spam", 0.5, f"Buy {number}", ip,
                   number % sample == 0)  # fmt: skip


def slow_sources(rate: float, seconds: float) -> Iterator[Ping]:
    """Yield forty dripping sources at once, then pings from 400 domains whose servers never finish."""
    for number in range(40):
        host = f"drip{number}.example"
        yield Ping(1.0, f"https://{host}/", host, "drip", 99, f"Drip {number}", f"203.1.1.{number}")
    for number, at in enumerate(_moments(rate, seconds)):
        host = f"slow{number % 400}.example"
        ip = f"203.{number % 199}.{number % 113}.{number % 251}"
        yield Ping(2 + at, f"https://{host}/{number}", host, "slow", 99, f"Slow {number}", ip)


def friends_host(seconds: float) -> Iterator[Ping]:
    """Yield ten pings a minute for pages of friend.example: every other a query, the rest random paths."""
    random = Random(3)
    for number in range(int(seconds / 6)):
        page = f"?n={number}" if number % 2 else f"{random.randrange(10**9)}"
        yield Ping(number * 6.0, f"https://friend.example/{page}", "friend.example", "friend", 0.5,
                   f"Friend {number}", f"203.0.{number % 113}.{number % 251}")  # fmt: skip


def _moments(rate: float, seconds: float) -> list[float]:
    """Return moments at random; a steady beat would leave the throttle's tokens to nobody else."""
    random = Random(2)
    return sorted(random.uniform(0, seconds) for _ in range(int(rate * seconds)))
