"""What would bring a ping's cost down: the bills again, with one more change after the other."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from tests.costs import pings, prices
from tests.costs.deployment import Deployment
from tests.costs.measured import Measured
from tests.costs.usage import Usage

_POLICY = 3
"""Settings, rules and words: one consistent read each, of one unit and one call."""
_MB = 256


@dataclass(frozen=True)
class Step:
    """A change with all those before it, and what a million pings cost then."""

    what: str
    spam: float
    looked_at: float


def steps(usage: Usage) -> Iterator[Step]:
    """Yield the bills of pings as they are, and after each change."""
    changes: list[tuple[str, Callable[[Usage], Usage], bool]] = [
        ("as the template is, each ping alone", lambda one: one, False),
        ("ten pings in each batch, as a flood brings them", lambda one: one, True),
        ("settings, rules and words kept for a minute", _remembering, True),
        (f"`verify` and `triage` in {_MB} MB", _smaller, True),
    ]
    for what, change, ten in changes:
        usage = change(usage)
        spam, looked_at = (
            pings.bill(fate, usage, prices.load(), ten=ten).total for fate in (pings.SPAM, pings.PUT_AWAY)
        )
        yield Step(what, spam, looked_at)


def _smaller(usage: Usage) -> Usage:
    return with_functions(with_functions(usage, "verify", memory_mb=_MB), "triage", memory_mb=_MB)


def with_functions(usage: Usage, only: str = "", **settings: Any) -> Usage:
    """Return the same with other settings of one function, or of all."""
    changed = {
        name: replace(one, **settings) if only in {"", name} else one
        for name, one in usage.deployed.functions.items()
    }
    other = Deployment(usage.deployed.template)
    other.__dict__["functions"] = changed  # as the cached property would keep it
    return replace(usage, deployed=other)


def _remembering(usage: Usage) -> Usage:
    said: Mapping[str, Any] = usage.measured.said
    less = {kind: _without_policy(work) for kind, work in said["verify"].items()}
    return replace(usage, measured=Measured({**said, "verify": less}, usage.measured.assumed))


def _without_policy(work: Mapping[str, Any]) -> dict[str, Any]:
    return {**work, "calls": work["calls"] - _POLICY, "reads": work["reads"] - _POLICY}
