"""Who may be asked for a page now, and who waits."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from trackback.model.turns import LONGEST_WAIT, MOST_TIMES, SLOW, SLOWEST, Visit, mark_slow, take_turn

START = 1_795_000_000_000
MINUTE = 60_000


@dataclass
class Server:
    """A server, with what it has been asked."""

    times: Mapping[str, int] = field(default_factory=dict)

    def wait(self, visit: Visit, at: int = START) -> int | None:
        """Return how many milliseconds a visit has to wait; None if it gets no turn."""
        turn = take_turn(self.times, visit, at)
        self.times = turn.times
        return None if turn.at is None else turn.at - at

    def waits(self, visits: Iterator[Visit], number: int, *, every: int = 0) -> list[int | None]:
        """Return the waiting times of so many visits, each some milliseconds after the one before."""
        return [self.wait(next(visits), START + n * every) for n in range(number)]


def spellings(sender: str = "bot") -> Iterator[Visit]:
    """Yield visits to ever other spellings of one page."""
    while True:
        yield Visit("friend", "front", sender)


def pages(sender: str = "") -> Iterator[Visit]:
    """Yield visits to ever other pages, by one sender, or each by another."""
    n = 0
    while True:
        n += 1
        yield Visit("friend", f"page{n}", sender or f"sender{n}")


OWN = Visit("friend", "my-post", "friend")


def test_a_first_visit_waits_for_nobody() -> None:
    assert Server().wait(OWN) == 0


def test_a_page_and_its_sender_may_come_three_times_and_then_less_often() -> None:
    waits = Server().waits(spellings(), 8)
    assert waits == [0, 0, 0, 0, 0, 30_000, 60_000, 90_000]  # the fourth and fifth as ones that were seen


def test_a_newcomer_does_not_wait_behind_a_thousand_spellings_of_one_page() -> None:
    server = Server()
    server.waits(spellings(), 1_000)
    assert server.wait(OWN) == 0


def test_nor_behind_ten_a_minute_for_hours() -> None:
    server = Server()
    server.waits(spellings(), 600, every=6_000)
    assert server.wait(OWN, START + 600 * 6_000) == 0


def test_another_page_of_the_same_sender_does_not_wait_either() -> None:
    server = Server()
    server.waits(spellings("friend"), 1_000)
    assert server.wait(OWN) == 0


def test_another_sender_does_not_wait_behind_one_that_makes_up_pages() -> None:
    server = Server()
    server.waits(pages("bot"), 1_000)
    assert server.wait(OWN) == 0


def test_a_thousand_spellings_of_one_page_all_have_their_turn_within_half_a_day() -> None:
    waits = Server().waits(spellings(), 1_000)
    assert None not in waits
    assert max(filter(None, waits)) < LONGEST_WAIT


def test_who_would_wait_for_longer_gets_no_turn() -> None:
    waits = Server().waits(spellings(), 3_000)
    assert waits[-1] is None
    assert waits.index(None) > 1_400
    assert set(waits[waits.index(None) :]) == {None}


def test_a_site_is_asked_at_most_so_often_whoever_sends_whatever_pages() -> None:
    for visits in (spellings(), pages(), pages("bot")):
        server, minutes = Server(), [0] * 10
        for n in range(6_000):
            at = START + n * 100
            if server.wait(next(visits), at) == 0:
                minutes[(at - START) // MINUTE] += 1
        assert max(minutes) <= 44  # with the bursts of the first minute
        assert max(minutes[1:]) <= 22


def test_one_site_does_not_wait_for_another_on_its_server() -> None:
    server = Server()
    server.waits(spellings(), 1_000)
    assert server.wait(Visit("other", "page", "somebody")) == 0


def test_many_names_that_lead_to_one_server_are_one_server() -> None:
    server = Server()
    at_once = sum(server.wait(Visit(f"site{n}", f"page{n}", f"sender{n}")) == 0 for n in range(1_000))
    assert at_once <= 40


def test_what_waits_at_one_site_pushes_back_no_other_one_that_waits() -> None:
    server = Server()
    server.waits(spellings(), 500)
    other = [server.wait(Visit("other", "front", "bot2")) for _ in range(7)]
    assert max(filter(None, other)) < 2_000_000


def test_a_slow_site_is_given_turns_of_its_own_and_patience_is_no_matter_of_them() -> None:
    server = Server()
    server.times = mark_slow(server.times, "friend", START)
    assert server.waits(pages(), 3) == [SLOW, 2 * SLOW, 3 * SLOW]
    assert server.wait(Visit("friend", "page", "somebody", patient=True)) == 0
    assert server.wait(Visit("other", "page", "somebody")) == 0
    assert server.wait(Visit("friend", "another", "someone"), START + 3 * SLOW) == 0


def test_a_newcomer_at_a_slow_site_does_not_wait_behind_spellings_of_one_page() -> None:
    server = Server()
    server.times = mark_slow(server.times, "friend", START)
    server.waits(spellings(), 1_000)
    assert server.wait(OWN) == 4 * SLOW


def test_a_site_that_keeps_us_waiting_again_waits_twice_as_long_each_time() -> None:
    server, at, waits = Server(), START, []
    for _ in range(8):
        server.times = mark_slow(server.times, "drip", at)
        waits.append(server.wait(Visit("drip", "page", ""), at) or 0)
        at += waits[-1]
    assert waits == [min(SLOW * 2**n, SLOWEST) for n in range(8)]


def test_a_slow_site_that_comes_back_long_after_is_slow_for_the_first_time() -> None:
    server = Server()
    for at in (START, START + SLOW, later := START + 100 * SLOW):
        server.times = mark_slow(server.times, "drip", at)
    assert server.wait(Visit("drip", "page", ""), later) == SLOW


def test_a_record_stays_small_whatever_comes() -> None:
    server = Server()
    server.waits(pages(), 10_000, every=10)
    assert len(server.times) <= MOST_TIMES


def test_what_lies_in_the_past_is_forgotten() -> None:
    server = Server()
    server.waits(pages(), 20)
    server.wait(OWN, START + 60 * MINUTE)
    assert len(server.times) == 4  # its page and sender, its lane, the server
