"""Tells linear from quadratic time, by the processor time of an input and of one twice as large."""

from collections.abc import Callable, Iterable
from time import process_time

LIMIT = 3
"""Twice the input takes twice the time if that is linear, and four times if it is quadratic."""
_TRIES = 4
_SHORTEST = 0.002  # seconds; below it, the clock and the garbage collector count for more than the input


def growth(work: Callable[[int], object], size: int) -> float:
    """Return how many times as long work on `size` takes as work on half of it.

    It is the least of some tries: other work on this machine can only make one larger.
    """
    least = float("inf")
    for _ in range(_TRIES):
        shorter, longer = _seconds(work, size // 2), _seconds(work, size)
        least = min(least, longer / max(shorter, _SHORTEST))
        if least <= LIMIT:
            break
    return least


def not_linear(pieces: Iterable[str], read: Callable[[str], object], size: int) -> dict[str, float]:
    """Return the growth of each piece that, repeated up to `size`, takes `read` more than linear time."""

    def repeated(piece: str) -> Callable[[int], object]:
        return lambda length: read(piece * (length // len(piece)))

    found = {piece: growth(repeated(piece), size) for piece in pieces}
    return {piece: factor for piece, factor in found.items() if factor > LIMIT}


def _seconds(work: Callable[[int], object], size: int) -> float:
    began = process_time()
    work(size)
    return process_time() - began
