"""Measured and assumed figures, from measured.toml and assumed.toml; a function's work as Lambda bills it."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Work:
    """What one invocation for a kind of event takes."""

    cpu_ms: float
    init_cpu_ms: float
    calls: float
    reads: float
    writes: float
    log_bytes: float
    metrics: float
    answer_bytes: float
    gzip_bytes: float
    peak_mb: float
    how: str


@dataclass(frozen=True)
class Measured:
    """All figures, by function and kind."""

    said: Mapping[str, Any]
    assumed: Mapping[str, Any]

    def kinds(self, function: str) -> list[str]:
        """Return the kinds of work of a function that were measured."""
        return list(self.said.get(function, {}))

    def work(self, function: str, kind: str) -> Work:
        """Return the figures of one kind of work.

        Raises:
            LookupError: nothing of the kind was measured.
        """
        try:
            return Work(**self.said[function][kind])
        except KeyError as missing:
            raise LookupError(f"no figure for {function}.{kind}: python -m tests.costs.measure") from missing

    def decision(self, status: str) -> float:
        """Return the write units of the author's decision."""
        return float(self.said["decision"][status]["writes"])

    @property
    def month(self) -> int:
        """Return the seconds of a month."""
        return int(self.assumed["days_in_a_month"]) * 86_400


@cache
def load() -> Measured:
    """Read both files."""
    measured, assumed = (
        tomllib.loads((_FOLDER / name).read_text()) for name in ("measured.toml", "assumed.toml")
    )
    return Measured(measured, assumed)
