"""The work that one document of a stranger's may cost.

Every parser is linear, but a hostile document can make each of its steps slow. So reading stops after some
CPU time of its own thread. An ordinary page takes a hundredth of that.
"""

from collections.abc import Callable
from time import thread_time

from trackback.errors import TrackbackError

SECONDS = 1.5
"""CPU time per document: five times what the largest honest page takes."""
URL_CHARACTERS_AT_LEAST = 200_000
URL_CHARACTERS_EACH = 10
"""Characters of resolved URLs per document, at least and per character: a long base makes links long."""
STRIDE = 64
"""Events that are counted together; each takes microseconds."""


class TooCostly(TrackbackError):
    """A document takes too long to read."""

    def __init__(self) -> None:
        super().__init__("the page takes too long to read")


class Budget:
    """What is left to one document, which is read in the thread that creates the budget.

    Attributes:
        events: Number of tags, texts and entries so far.
        url_characters: Total length of the URLs that were resolved and compared so far.
    """

    def __init__(self, *, seconds: float = SECONDS, clock: Callable[[], float] | None = None) -> None:
        """Start the clock, which is the CPU time of this thread unless another is given."""
        self._clock = clock or thread_time
        self._end = self._clock() + seconds
        self._most = URL_CHARACTERS_AT_LEAST
        self.events = self.url_characters = 0

    def allow_for(self, length: int) -> None:
        """Allow URLs in proportion to the document's length in characters."""
        self._most = URL_CHARACTERS_AT_LEAST + URL_CHARACTERS_EACH * length

    def count_events(self, number: int = 1) -> None:
        """Count tags, texts or the like, and look at the clock.

        Raises:
            TooCostly: the time is up.
        """
        self.events += number
        if self._clock() > self._end:
            raise TooCostly

    def count_url(self, length: int) -> None:
        """Count a URL of a given length.

        Raises:
            TooCostly: the URLs are too long in total.
        """
        self.url_characters += length + 1
        if self.url_characters > self._most:
            raise TooCostly
