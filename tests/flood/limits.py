"""The limits of template.yaml that the simulated parts of AWS keep to."""

import json
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

from tests.support import template


class Throttle(NamedTuple):
    """A route's throttle: requests a second, and how many at once."""

    rate: float
    burst: float


@dataclass(frozen=True)
class Limits:
    """What bounds a flood."""

    pings: Throttle
    views: Throttle
    batch: int
    environments: int
    hidden_for: float
    due_every: float
    writes_a_second: int
    patterns: tuple[Any, ...]
    memory_gb: float


@cache
def load() -> Limits:
    """Read the template."""
    deployed = template.load()
    (api,) = deployed.resources("AWS::Serverless::HttpApi").values()
    (table,) = deployed.tables()
    (verify,) = (one for one in deployed.functions() if one.name == "verify")
    (triage,) = (one for one in deployed.functions() if one.name == "triage")
    (tick,) = deployed.ticks()
    checks = verify.queues[0]
    patterns = triage.streams[0]["FilterCriteria"]["Filters"]
    queue = deployed.resources("AWS::SQS::Queue")["Checks"]
    return Limits(
        pings=_throttle(api, "ANY /trackback/{post+}"),
        views=_throttle(api, "GET /pings/{post+}"),
        batch=int(checks["BatchSize"]),
        environments=int(checks["ScalingConfig"]["MaximumConcurrency"]),
        hidden_for=float(queue["VisibilityTimeout"]),
        due_every=tick.minutes * 60.0,
        writes_a_second=int(table["OnDemandThroughput"]["MaxWriteRequestUnits"]),
        patterns=tuple(json.loads(one["Pattern"]) for one in patterns),
        memory_gb=deployed.body["Globals"]["Function"]["MemorySize"] / 1024,
    )


def _throttle(api: Any, route: str) -> Throttle:
    said = api["RouteSettings"][route]
    return Throttle(float(said["ThrottlingRateLimit"]), float(said["ThrottlingBurstLimit"]))


class Bucket:
    """A token bucket, as the gateway's throttle."""

    def __init__(self, throttle: Throttle) -> None:
        self._throttle, self._left, self._at = throttle, throttle.burst, 0.0

    def takes(self, at: float) -> bool:
        """Tell whether a request at a time is let in."""
        self._left = min(self._throttle.burst, self._left + (at - self._at) * self._throttle.rate)
        self._at = at
        if self._left < 1:
            return False
        self._left -= 1
        return True
