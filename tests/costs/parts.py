"""The parts of a deployment that cost something: routes, functions, what wakes them, and the clock."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Route:
    """A route of the HTTP API, its throttle, and the function that it leads to."""

    key: str
    function: str
    rate: float

    @property
    def takes_bodies(self) -> bool:
        """Tell whether its method is one that has a body."""
        return not self.key.startswith(("GET ", "HEAD "))


@dataclass(frozen=True)
class Function:
    """A function's settings that decide what its work costs."""

    name: str
    memory_mb: int
    arm: bool
    platform_logs: bool

    @property
    def meter(self) -> str:
        """Return the meter of its GB-seconds."""
        return "lambda_arm" if self.arm else "lambda_x86"


@dataclass(frozen=True)
class Source:
    """What wakes a function with records: the table's stream, or a queue."""

    function: str
    queue: str
    fifo: bool
    maximum_concurrency: int | None
    patterns: tuple[str, ...]

    @property
    def meter(self) -> str:
        """Return the meter of its queue's requests."""
        return "sqs_fifo" if self.fifo else "sqs"


@dataclass(frozen=True)
class Schedule:
    """An event every so many minutes, for a function; by a queue if one stands between."""

    target: str
    queue: Source | None
    minutes: int
    meter: str
