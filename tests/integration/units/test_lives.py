"""The write units of a ping's life, counted from the sizes of its records: a hostile page adds little."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from tests.integration.conftest import NOW, POST, Web
from tests.integration.verification.conftest import rule
from tests.support.units import Writes
from tests.support.websites import Answer, page
from trackback.model.ping import Ping, Status
from trackback.urls import MAX_URL

WIDE = "\N{CJK UNIFIED IDEOGRAPH-2070E}"
"""A character of four bytes."""
ORDINARY = {
    "title": "An answer to why we still link, and to whom",
    "excerpt": "We have been thinking about what a link says, and to whom it says so; here is an answer. "
    * 3,
    "blog_name": "A weblog about the web",
}


@dataclass
class Life:
    """A ping, and the units that it has cost."""

    web: Web
    writes: Writes
    ping: Ping
    units: int

    def verify(self) -> "Life":
        """Check its source."""
        return self._add(lambda: self.web.verify(self.ping))

    def decide(self, status: Status) -> "Life":
        """Have the author decide."""
        return self._add(lambda: self.web.store.decide(self.ping.id, status, NOW))

    def _add(self, action: Callable[[], object]) -> "Life":
        return Life(self.web, self.writes, self.ping, self.units + self.writes.of(action))


def received(web: Web, answer: Answer, path: str = "/re", **fields: str) -> Life:
    """Receive a ping whose source answers so, for a post that is known already."""
    web.answers |= {"/first": web.link(), path: answer}
    web.verify(web.add("/first", "first.example"))
    writes, ping = Writes(web.table), web.ping(path, **fields)
    return Life(web, writes, ping, writes.of(lambda: web.store.add(ping)))


def largest(web: Web, character: str) -> Life:
    """Receive the largest form, whose source says as much as a page may, in characters of four bytes."""
    path = "/re?".ljust(MAX_URL - len(web.url("")), "x")
    texts = {"title": character * 300, "excerpt": character * 600, "blog_name": character * 300}
    return received(web, hostile(web), path, **texts)


def hostile(web: Web) -> bytes:
    """Return a page with a long text in every place that a verdict quotes."""
    words = " ".join(f"word{number:025}" for number in range(30))
    link = f"<a rel='{words}' href='{web.url(POST, 'blog.example')}'>{WIDE * 500}</a>"
    head = f"<html lang=abcdefgh-abcdefgh-abcdefgh-abcdefgh><title>{WIDE * 500}</title>"
    return page(f"{head}<p>{WIDE * 400} {link} {WIDE * 400}</p>" + "<a href='http://x.example/'>x</a>" * 300)


TURN = 1
"""What a look costs at the site's record."""
GATE = 2
"""What an approval by a rule costs more: its page is claimed, and the rule's approvals are counted."""
PAGE = 1
"""What a page costs whose address has parameters: which page it is, is noted for other addresses of it."""


def test_an_ordinary_ping_that_is_put_away_takes_six_units_and_its_turn(web: Web) -> None:
    life = received(web, web.link(), **ORDINARY).verify().decide(Status.REJECTED)
    assert life.units <= 6 + TURN


def test_an_ordinary_ping_that_is_approved_takes_twelve_units_and_its_turn(web: Web) -> None:
    assert received(web, web.link(), **ORDINARY).verify().decide(Status.APPROVED).units <= 12 + TURN


def test_an_ordinary_ping_that_a_rule_approves_takes_twelve_units_its_gate_and_its_turn(web: Web) -> None:
    rule(web.table, "allow", "host", "other.example")
    life = received(web, web.link(), **ORDINARY).verify()
    assert web.store.get(life.ping.id).status is Status.APPROVED
    assert life.units <= 12 + GATE + TURN


def test_an_ordinary_ping_that_is_certainly_spam_takes_three_units(web: Web) -> None:
    rule(web.table, "block", "host", "other.example")
    life = received(web, web.link(), **ORDINARY).verify()
    assert web.store.get(life.ping.id).status is Status.SPAM
    assert life.units <= 3


@pytest.mark.parametrize(("character", "most"), [("x", 9), (WIDE, 15)])
def test_the_largest_form_that_is_certainly_spam(web: Web, character: str, most: int) -> None:
    rule(web.table, "block", "host", "other.example")
    assert largest(web, character).verify().units <= most


@pytest.mark.parametrize(("character", "most"), [("x", 18), (WIDE, 27)])
def test_the_largest_form_that_is_put_away(web: Web, character: str, most: int) -> None:
    assert largest(web, character).verify().decide(Status.REJECTED).units <= most + PAGE


@pytest.mark.parametrize(("character", "most"), [("x", 32), (WIDE, 46)])
def test_the_largest_form_that_is_approved(web: Web, character: str, most: int) -> None:
    assert largest(web, character).verify().decide(Status.APPROVED).units <= most + PAGE


def test_a_history_that_a_sender_lengthens_stays_short_and_keeps_what_the_author_decided(web: Web) -> None:
    ping = web.add()
    web.store.decide(ping.id, Status.APPROVED, NOW)
    web.store.decide(ping.id, Status.PENDING, NOW)
    for number in range(40):
        web.store.decide(ping.id, (Status.SPAM, Status.PENDING)[number % 2], NOW, by="check", why="x" * 60)
    history = web.store.get(ping.id).history
    assert [entry.by for entry in history] == ["author"] * 2 + ["check"] * 6
    assert history[-1].what is Status.PENDING
