"""What template.yaml deploys, as far as it costs anything, by kinds of resources in what SAM makes of it."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import starmap
from typing import Any

from tests.costs.parts import Function, Route, Schedule, Source
from tests.support import sam
from tests.support.template import Template
from tests.support.template import load as load_template

_ANY = "x-amazon-apigateway-any-method"
_MINUTES = {"minute": 1, "hour": 60, "day": 1_440}

Properties = Mapping[str, Any]


@dataclass(frozen=True)
class Deployment:
    """The template with values for its parameters."""

    template: Template

    @cached_property
    def resources(self) -> dict[str, dict[str, Any]]:
        """Return all resources whose condition holds, parameters settled."""
        made = sam.translated().items()
        kept = {name: one for name, one in made if "Condition" not in one or self._holds(one["Condition"])}
        return {
            name: {**one, "Properties": self.template.resolve(one.get("Properties", {}))}
            for name, one in kept.items()
        }

    def _holds(self, condition: str) -> bool:
        return self.template.holds({"Condition": condition})

    def of(self, kind: str) -> dict[str, Properties]:
        """Return the properties of all resources of a type."""
        return {name: one["Properties"] for name, one in self.resources.items() if one["Type"] == kind}

    @cached_property
    def functions(self) -> dict[str, Function]:
        """Return the functions by name."""
        return {one.name: one for one in starmap(_function, self.of("AWS::Lambda::Function").items())}

    @cached_property
    def routes(self) -> tuple[Route, ...]:
        """Return the routes of the HTTP API."""
        (stage,) = self.of("AWS::ApiGatewayV2::Stage").values()
        (api,) = self.of("AWS::ApiGatewayV2::Api").values()
        usual, special = stage["DefaultRouteSettings"], stage.get("RouteSettings", {})
        return tuple(
            Route(key, function, (usual | special.get(key, {}))["ThrottlingRateLimit"])
            for key, function in sorted(_paths(api["Body"]["paths"]))
        )

    @cached_property
    def sources(self) -> tuple[Source, ...]:
        """Return what Lambda reads for the functions: streams and queues."""
        return tuple(map(self._source, self.of("AWS::Lambda::EventSourceMapping").values()))

    def _source(self, said: Properties) -> Source:
        queue = self._queue_of(said["EventSourceArn"])
        return Source(
            function=_function_name(said["FunctionName"]),
            queue=queue,
            fifo=bool(queue and self.of("AWS::SQS::Queue")[queue].get("FifoQueue")),
            maximum_concurrency=said.get("ScalingConfig", {}).get("MaximumConcurrency"),
            patterns=tuple(one["Pattern"] for one in said.get("FilterCriteria", {}).get("Filters", [])),
        )

    def _queue_of(self, arn: str) -> str:
        """Return the logical id of the queue that an ARN names, empty if it is no queue's."""
        name = arn.rpartition(":")[2].partition(".")[0]
        return name if name in self.of("AWS::SQS::Queue") else ""

    @property
    def streams(self) -> list[Source]:
        """Return the readers of the table's stream."""
        return [one for one in self.sources if not one.queue]

    @property
    def queues(self) -> list[Source]:
        """Return the queues that wake a function; others are not polled, and cost nothing while empty."""
        return [one for one in self.sources if one.queue]

    @cached_property
    def schedules(self) -> tuple[Schedule, ...]:
        """Return what happens by the clock."""
        rules = (one for one in self.of("AWS::Events::Rule").values() if "ScheduleExpression" in one)
        scheduler = self.of("AWS::Scheduler::Schedule").values()
        return (
            *(self._schedule(rule, to, "schedule_rules") for rule in rules for to in rule["Targets"]),
            *(self._schedule(one, one["Target"], "scheduler") for one in scheduler),
        )

    def _schedule(self, said: Properties, target: Properties, meter: str) -> Schedule:
        name = self._queue_of(target["Arn"])
        queue = next((one for one in self.queues if one.queue == name), None)
        function = queue.function if queue else _function_name(target["Arn"])
        return Schedule(function, queue, _every(said["ScheduleExpression"]), meter)

    @property
    def alarm_metrics(self) -> int:
        """Return the metrics that alarms look at: each is billed, also of several in one alarm."""
        alarms = self.of("AWS::CloudWatch::Alarm").values()
        return sum(
            sum("MetricStat" in one for one in alarm["Metrics"]) if "Metrics" in alarm else 1
            for alarm in alarms
        )

    @property
    def composite_alarms(self) -> int:
        """Return the alarms made of alarms."""
        return len(self.of("AWS::CloudWatch::CompositeAlarm"))

    @property
    def ceilings(self) -> list[tuple[int, int]]:
        """Return the ceilings of writes and reads a second of the table and of each index."""
        (table,) = self.of("AWS::DynamoDB::Table").values()
        parts = [table, *table.get("GlobalSecondaryIndexes", [])]
        limits = [part["OnDemandThroughput"] for part in parts]
        return [(one["MaxWriteRequestUnits"], one["MaxReadRequestUnits"]) for one in limits]

    @property
    def log_days(self) -> int:
        """Return the days for which logs are kept, at the longest."""
        return max(int(one["RetentionInDays"]) for one in self.of("AWS::Logs::LogGroup").values())

    @property
    def has_cdn(self) -> bool:
        """Tell whether CloudFront stands in front."""
        return bool(self.of("AWS::CloudFront::Distribution"))


def _function(logical: str, said: Properties) -> Function:
    logs = said.get("LoggingConfig", {}).get("SystemLogLevel", "INFO")
    arm = said.get("Architectures") == ["arm64"]
    return Function(_function_name(logical), said["MemorySize"], arm, platform_logs=logs != "WARN")


def _function_name(logical: str) -> str:
    """Return `serve` for `ServeFunction`, and for its alias or version."""
    found = re.match(r"(\w+?)Function", logical)
    return (found[1] if found else logical).lower()


def _paths(paths: Properties) -> Iterator[tuple[str, str]]:
    for path, methods in paths.items():
        for method, said in methods.items():
            called = re.search(r"functions/\$?\{?(\w+)", said["x-amazon-apigateway-integration"]["uri"])
            assert called, path
            yield f"{'ANY' if method == _ANY else method.upper()} {path}", _function_name(called[1])


def _every(expression: str) -> int:
    """Return the minutes between two events.

    Raises:
        ValueError: it is no rate; the sums do not know calendars.
    """
    found = re.fullmatch(r"rate\((\d+) (minute|hour|day)s?\)", expression)
    if not found:
        raise ValueError(f"a schedule that is no rate: {expression}")
    return int(found[1]) * _MINUTES[found[2]]


def load(**parameters: str) -> Deployment:
    """Return the project's deployment, with values for parameters that are not at their default."""
    return Deployment(load_template(**parameters))
