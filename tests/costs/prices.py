"""The price list and the free tiers, from prices.toml."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FILE = Path(__file__).with_name("prices.toml")


@dataclass(frozen=True)
class Meter:
    """What AWS counts: a unit, the price of `per` of them, and the pool of free ones."""

    unit: str
    price: float
    per: int
    source: str
    pool: str

    @property
    def words(self) -> str:
        """Return the price as a reader writes it: `0.20 / M`."""
        scale = {1: "", 1_000: " / 1,000", 1_000_000: " / M"}[self.per]
        return f"{self.price:.4f}".rstrip("0").ljust(4, "0") + scale if self.price else "0.00"


@dataclass(frozen=True)
class Prices:
    """The list, the date on which it was looked up, and what is free."""

    looked_up: str
    region: str
    meters: Mapping[str, Meter]
    always_free: Mapping[str, int]
    twelve_months: Mapping[str, int]
    free_plan: Mapping[str, int]

    def cost(self, meter: str, units: float) -> float:
        """Return the dollars for units of a meter."""
        found = self.meters[meter]
        return units * found.price / found.per


@cache
def load() -> Prices:
    """Read the file."""
    said = tomllib.loads(FILE.read_text())
    meters = {name: Meter(**{"pool": name, **one}) for name, one in said.pop("meters").items()}
    return Prices(meters=meters, **said)
