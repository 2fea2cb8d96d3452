"""Reading a document ends when its time is up or its URLs are too long, and says so."""

from itertools import count
from threading import Thread
from time import thread_time

import pytest

from trackback.web.budget import STRIDE, Budget, TooCostly
from trackback.web.html.tokenizer import read_markup


class Tags:
    """Counts tags."""

    def __init__(self) -> None:
        self.number = 0

    def start(self, *_: object) -> None:
        """Count a start tag."""
        self.number += 1

    def end(self, _: str) -> None:
        """Ignore an end tag."""

    def text(self, _: str) -> None:
        """Ignore a text."""


def budget(seconds: float) -> Budget:
    """Return a budget whose clock goes on by a second with each look."""
    ticks = count()
    return Budget(seconds=seconds, clock=lambda: float(next(ticks)))


def test_reading_ends_when_the_time_is_up() -> None:
    tags = Tags()
    with pytest.raises(TooCostly, match=r"^the page takes too long to read$"):
        read_markup("<b>" * 10_000, tags, budget(5))
    assert 5 * STRIDE < tags.number < 7 * STRIDE


def test_reading_ends_by_itself_before_that() -> None:
    tags = Tags()
    read_markup("<b>" * 4 * STRIDE, tags, budget(5))
    assert tags.number == 4 * STRIDE


def test_work_of_other_threads_does_not_count() -> None:
    own = Budget(seconds=0.05 / 20)  # `fast_machine` counts a twentieth
    other = Thread(target=_work, args=(0.1,))
    other.start()
    other.join()
    own.count_events()
    with pytest.raises(TooCostly):  # noqa: PT012 - until the time is up
        while True:
            own.count_events()


def _work(seconds: float) -> None:
    while thread_time() < seconds:
        pass


@pytest.mark.parametrize("length", [0, 1_000, 100_000])
def test_urls_may_be_as_long_as_the_document_allows(length: int) -> None:
    budget = Budget()
    budget.allow_for(length)
    for _ in range((200_000 + 10 * length) // 100):
        budget.count_url(99)
    with pytest.raises(TooCostly):
        budget.count_url(99)
