"""One line of a bill, and a bill: units of a meter, how they come about, and what they cost."""

from collections.abc import Container, Iterable
from dataclasses import dataclass

from tests.costs.prices import Prices


@dataclass(frozen=True)
class Line:
    """Units of one meter, and the words that let a reader check them by hand."""

    what: str
    how: str
    meter: str
    units: float


@dataclass(frozen=True)
class Budget:
    """What a bill may cost, from the design."""

    what: str
    cost: float
    bound: float

    @property
    def met(self) -> bool:
        """Tell whether it is kept, to the cent."""
        return round(self.cost, 2) <= self.bound


@dataclass(frozen=True)
class Bill:
    """Lines under a title, at list prices."""

    title: str
    lines: tuple[Line, ...]
    prices: Prices

    def cost(self, line: Line) -> float:
        """Return a line's dollars."""
        return self.prices.cost(line.meter, line.units)

    @property
    def total(self) -> float:
        """Return all lines' dollars, without any free tier."""
        return sum(map(self.cost, self.lines))

    def total_with_free(self, pools: Container[str] | None = None) -> float:
        """Return the dollars beyond what is always free; `pools` names the only pools to draw from."""
        left = {pool: float(free) for pool, free in self.prices.always_free.items()}
        total = 0.0
        for line in self.lines:
            pool = self.prices.meters[line.meter].pool
            free = min(left.get(pool, 0.0), line.units) if pools is None or pool in pools else 0.0
            left[pool] = left.get(pool, 0.0) - free
            total += self.prices.cost(line.meter, line.units - free)
        return total


def merged(lines: Iterable[Line]) -> tuple[Line, ...]:
    """Leave out the lines that have no units."""
    return tuple(line for line in lines if line.units)
