"""What came lately: counted, bounded, and each ping once."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from trackback.receiving.spam.flood import (
    MOST_MARKS,
    MOST_SHARED,
    Arrival,
    FloodCounts,
    FloodWindow,
    merged,
    text_hash,
)

START = datetime(2026, 11, 24, 12, tzinfo=UTC)


def arrival(number: int, minutes: float = 0, **parts: str) -> Arrival:
    at = START + timedelta(minutes=minutes)
    return Arrival(at, f"ping{number}", **({"post": f"blog.example/{number}"} | parts))


def test_the_first_ping_has_no_likes() -> None:
    assert FloodWindow().record(arrival(1, text="t", host="h", client_hash="s")) == FloodCounts()


def test_the_same_text_host_and_sender_are_counted_apart() -> None:
    recent = FloodWindow()
    recent.record(arrival(1, text="t", host="h", client_hash="s"))
    recent.record(arrival(2, text="t", host="other", client_hash="other"))
    recent.record(arrival(3, text="other", host="h", client_hash="other"))
    assert recent.record(arrival(4, text="t", host="h", client_hash="s")) == FloodCounts(2, 2, 1)


def test_only_other_posts_count_for_text_and_host() -> None:
    recent = FloodWindow()
    for number in range(3):
        recent.record(arrival(number, post="blog.example/a", text="t", host="h"))
    recent.record(arrival(3, post="blog.example/b", text="t", host="h"))
    recent.record(arrival(4, post="blog.example/b", text="t", host="h"))
    assert recent.record(arrival(5, post="blog.example/a", text="t", host="h")) == FloodCounts(1, 1, 0)


def test_one_page_that_links_many_posts_repeats_its_text_rightly() -> None:
    recent = FloodWindow()
    for number in range(25):
        counts = recent.record(arrival(number, text="t", host="h", source="https://friend.example/year"))
    assert (counts.same_text, counts.same_host) == (0, 24)


def test_one_text_from_many_sites_to_one_post_is_counted_by_sites() -> None:
    recent = FloodWindow()
    for number in range(9):
        counts = recent.record(arrival(number, post="blog.example/a", text="t", host=f"h{number // 2}"))
    assert (counts.text_sites, counts.same_text) == (4, 0)


def test_what_other_environments_saw_is_counted_once() -> None:
    windows = [FloodWindow(), FloodWindow()]
    for number in range(10):
        windows[number % 2].record(arrival(number, text="t", host="h", client_hash="s"))
    shared = merged(windows[0].shared(), windows[1].shared())
    for window in windows:
        window.take_in(shared)
    assert windows[0].record(arrival(10, text="t", host="h", client_hash="s")) == FloodCounts(10, 10, 10)
    assert windows[1].record(arrival(1, text="t", host="h", client_hash="s")) == FloodCounts(9, 9, 9)


def test_what_other_environments_saw_long_ago_no_longer_counts() -> None:
    first, second = FloodWindow(), FloodWindow()
    for number in range(5):
        first.record(arrival(number, text="t", host="h", client_hash="s"))
    second.take_in(first.shared())
    assert second.record(arrival(9, 61, text="t", host="h", client_hash="s")) == FloodCounts(5, 0, 0)


def test_what_came_a_few_times_is_not_told_and_what_is_told_is_bounded() -> None:
    window = FloodWindow()
    for number in range(3):
        window.record(arrival(number, text="t", host="h", client_hash="s"))
    assert window.shared() == {}
    for number in range(1_000):
        window.record(arrival(number, text="t", host=f"h{number // 4}", client_hash=f"s{number // 4}"))
    shared = window.shared()
    assert len(shared) == MOST_SHARED
    assert max(len(seen.marks) for seen in shared.values()) == MOST_MARKS
    assert len(merged(shared, shared)) == MOST_SHARED


def test_what_is_empty_is_like_nothing() -> None:
    recent = FloodWindow()
    recent.record(arrival(1))
    assert recent.record(arrival(2)) == FloodCounts()


def test_a_ping_that_comes_again_counts_once() -> None:
    recent = FloodWindow()
    batch = [arrival(number, text="t", host="h", client_hash="s") for number in range(3)]
    first = [recent.record(one) for one in batch]
    again = [recent.record(replace(one, at=START + timedelta(minutes=1))) for one in batch]
    assert first[-1] == again[-1] == FloodCounts(2, 2, 2)
    assert len(recent) == 3


@pytest.mark.parametrize(
    ("minutes", "expected"),
    [
        pytest.param(10, FloodCounts(1, 1, 1), id="ten minutes"),
        pytest.param(10.1, FloodCounts(1, 1, 0), id="more than ten"),
        pytest.param(60, FloodCounts(1, 1, 0), id="an hour"),
        pytest.param(60.1, FloodCounts(1, 0, 0), id="more than an hour"),
        pytest.param(24 * 60, FloodCounts(1, 0, 0), id="a day"),
        pytest.param(24 * 60 + 0.1, FloodCounts(), id="more than a day"),
        pytest.param(-1, FloodCounts(1, 1, 1), id="a clock that went back"),
    ],
)
def test_what_is_old_no_longer_counts(minutes: float, expected: FloodCounts) -> None:
    recent = FloodWindow()
    recent.record(arrival(1, text="t", host="h", client_hash="s"))
    assert recent.record(arrival(2, minutes, text="t", host="h", client_hash="s")) == expected


def test_a_ping_that_comes_again_much_later_is_remembered_anew() -> None:
    recent = FloodWindow()
    recent.record(arrival(1, text="t"))
    recent.record(arrival(1, 1441, text="t"))
    assert recent.record(arrival(2, 1442, text="t")).same_text == 1


def test_the_oldest_are_forgotten_first_when_full() -> None:
    recent = FloodWindow(size=10)
    for number in range(100):
        recent.record(arrival(number, number / 100, text="t"))
    assert len(recent) == 10
    assert recent.record(arrival(100, 1, text="t")).same_text == 9  # and the ping itself makes ten


def test_old_pings_leave_the_memory() -> None:
    recent = FloodWindow()
    for number in range(50):
        recent.record(arrival(number))
    recent.record(arrival(99, 24 * 60 + 1))
    assert len(recent) == 1


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        pytest.param(("A title", "Text."), ("a TITLE", "text."), True, id="case"),
        pytest.param(
            ("[Trackback]", "[…] There you will find 85615 more Infos: blog.example/a […]"),
            ("[Trackback]", "[…] There you will find 12 more Infos: blog.example/b/c […]"),
            True,
            id="numbers and addresses",
        ),
        pytest.param(("手紙", "昨日の話"), ("手紙", "今日の話"), False, id="other characters"),
        pytest.param(("A title", "Text."), ("A title", "Another"), False, id="another text"),
    ],
)
def test_texts_are_the_same_but_for_what_spam_fills_in(
    one: tuple[str, str], other: tuple[str, str], same: bool
) -> None:
    assert (text_hash(*one) == text_hash(*other)) is same


def test_a_text_without_words_has_no_hash() -> None:
    assert text_hash("o.example/a", "2026!") == ""


def test_threads_may_look_at_once() -> None:
    recent = FloodWindow(size=200)
    now = datetime(2026, 11, 24, tzinfo=UTC)

    def see(number: int) -> None:
        for step in range(50):
            recent.record(Arrival(now, f"{number}-{step}", "post", "text", "host", "sender"))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(see, range(8)))
    assert len(recent) == 200
