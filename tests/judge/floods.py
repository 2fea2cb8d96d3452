"""Floods, genuine and not: what the judge makes of many pings that come at once."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from tests.judge.measure import LOOKS_BAD
from trackback.model.ping import Status
from trackback.model.verdict import LinkStatus, ReasonCode
from trackback.receiving.spam.evidence import Evidence
from trackback.receiving.spam.flood import Arrival, FloodWindow, text_hash
from trackback.receiving.spam.policy import Judgement, judge
from trackback.web.sites import site_of

_START = datetime(2026, 1, 1, tzinfo=UTC)
_HEAD = (
    "| what comes | kind | pings | named a flood | unseen | looks bad |\n"
    "| --- | --- | --: | --: | --: | --: |"
)


@dataclass(frozen=True)
class Scenario:
    """Many pings: each the number of a post, a source, and an excerpt."""

    name: str
    is_spam: bool
    link: LinkStatus
    pings: Sequence[tuple[int, str, str]]
    title: str = "What came of it"
    minutes: float = 0.2

    def judged(self) -> list[Judgement]:
        """Judge the pings one after another, all by one sender for each site."""
        window = FloodWindow()
        return [self._judge(window, number) for number in range(len(self.pings))]

    def _judge(self, window: FloodWindow, number: int) -> Judgement:
        post, url, excerpt = self.pings[number]
        arrival = Arrival(
            at=_START + timedelta(minutes=self.minutes * number),
            ping=f"{post} {url}",
            post=f"blog.example/{post}",
            text=text_hash(self.title, excerpt),
            host=site_of(url),
            client_hash=site_of(url),
            source=url,
        )
        counts = window.record(arrival)
        known = {name: getattr(counts, name) for name in counts.__dataclass_fields__}
        return judge(Evidence(url, self.title, excerpt, "Ann's Notes", link=self.link, **known), ())


_NUMBERS = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]
_TEXT = "It took a year, and here is what I would do again."


def _own(number: int) -> str:
    return f"{_NUMBERS[number // 10 % 10]} {_NUMBERS[number % 10]} thoughts on a letter"


FOUND, MISSING = LinkStatus.FOUND, LinkStatus.MISSING
GENUINE = (
    Scenario(
        "a planet: seven sites carry one text about one post",
        is_spam=False,
        link=FOUND,
        pings=[(1, f"https://planet{n}.example/a", _TEXT) for n in range(7)],
    ),
    Scenario(
        "a migration: one site pings for 80 of its posts again",
        is_spam=False,
        link=FOUND,
        pings=[(n, f"https://friend.example/{n}", _own(n)) for n in range(80)],
    ),
    Scenario(
        "a retrospective: one page links 25 posts",
        is_spam=False,
        link=FOUND,
        pings=[(n, "https://friend.example/year", _TEXT) for n in range(25)],
    ),
    Scenario(
        "a front page: 60 sites write about one post",
        is_spam=False,
        link=FOUND,
        pings=[(1, f"https://site{n}.example/a", _own(n)) for n in range(60)],
    ),
)
SPAM = (
    Scenario(
        "one text from 40 sites to one post",
        is_spam=True,
        link=MISSING,
        pings=[(1, f"https://shop{n}.example/a", _TEXT) for n in range(40)],
    ),
    Scenario(
        "one text from 40 sites to 40 posts, half an hour apart",
        is_spam=True,
        link=MISSING,
        pings=[(n, f"https://shop{n}.example/a", _TEXT) for n in range(40)],
        minutes=30,
    ),
    Scenario(
        "one site with 60 hosts to 60 posts",
        is_spam=True,
        link=MISSING,
        pings=[(n, f"https://shop{n}.farm.example/a", _own(n)) for n in range(60)],
    ),
    Scenario(
        "one text from 40 front pages to one post",
        is_spam=True,
        link=MISSING,
        pings=[(1, f"https://shop{n}.example/", _TEXT) for n in range(40)],
    ),
)


def scenarios() -> Iterator[str]:
    """Yield the lines of a table of all scenarios."""
    yield _HEAD
    for scenario in (*GENUINE, *SPAM):
        judged = scenario.judged()
        named = sum(any(reason.code is ReasonCode.FLOOD for reason in each.reasons) for each in judged)
        unseen = sum(each.status is Status.SPAM for each in judged)
        bad = sum(each.score >= LOOKS_BAD for each in judged)
        kind = "spam" if scenario.is_spam else "genuine"
        yield f"| {scenario.name} | {kind} | {len(judged)} | {named} | {unseen} | {bad} |"
