"""Reads template.yaml for the stand-in for AWS: tables, queues, functions and their event sources.

Local resources are created from it, so that they cannot drift from the deployed ones.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.support.intrinsics import Body

ROOT = Path(__file__).parents[2]
_ACCOUNT = "123456789012"
_NOT_IN_CREATE_TABLE = ("TimeToLiveSpecification", "PointInTimeRecoverySpecification")


@dataclass(frozen=True)
class Route:
    """A method and a path of the HTTP API; `{name}` matches a segment, `{name+}` the rest."""

    method: str
    path: str

    def matches(self, method: str, path: str) -> bool:
        """Check whether a request matches this route."""
        literal = re.split(r"\{(\w+\+?)\}", self.path)
        pattern = "".join(
            re.escape(part) if index % 2 == 0 else (".+" if part.endswith("+") else "[^/]+")
            for index, part in enumerate(literal)
        )
        return self.method in {"ANY", method} and re.fullmatch(pattern, path, re.DOTALL) is not None

    @property
    def vagueness(self) -> list[int]:
        """Rank among matching routes; the least vague wins: a name before `{name}` before `{name+}`."""
        return [segment.startswith("{") + segment.endswith("+}") for segment in self.path.split("/")]


@dataclass(frozen=True)
class Function:
    """A Lambda function: its folder's name, its environment, and its event sources.

    `streams` and `queues` are event source mappings; those of queues also have their `QueueUrl`.
    """

    name: str
    environment: Mapping[str, str]
    routes: tuple[Route, ...] = ()
    streams: tuple[Mapping[str, Any], ...] = ()
    queues: tuple[Mapping[str, Any], ...] = ()
    minutes: tuple[int, ...] = ()
    package: str = "functions"


@dataclass(frozen=True)
class Tick:
    """A schedule that puts a message into a FIFO queue."""

    minutes: int
    queue_url: str
    group: str


class Template(Body):
    """A template that the stand-in creates resources from."""

    def tables(self) -> Iterator[dict[str, Any]]:
        """Yield CreateTable's arguments for each table."""
        for name, properties in self.resources("AWS::DynamoDB::Table").items():
            wanted = {key: value for key, value in properties.items() if key not in _NOT_IN_CREATE_TABLE}
            stream = {**wanted.pop("StreamSpecification"), "StreamEnabled": True}
            settled = {"TableName": self.resolve({"Ref": name}), **self.resolve(wanted)}
            yield {**settled, "StreamSpecification": stream}

    def queues(self) -> Iterator[dict[str, Any]]:
        """Yield CreateQueue's arguments for each queue, dead-letter queues first."""
        found = self.resources("AWS::SQS::Queue")
        for name in sorted(found, key=lambda name: "RedrivePolicy" in found[name]):
            attributes = {
                key: json.dumps(value) if isinstance(value, dict | bool) else str(value)
                for key, value in self.resolve(found[name]).items()
            }
            yield {"QueueName": self.queue_url(name).rpartition("/")[2], "Attributes": attributes}

    def queue_url(self, logical: str) -> str:
        """Return the URL of a queue in the stand-in."""
        return str(self._queues()[logical])

    def _queues(self) -> dict[str, str]:
        """Return the values of references to queues and their ARNs."""
        names: dict[str, str] = {}
        for logical, properties in self.resources("AWS::SQS::Queue").items():
            name = logical + (".fifo" if properties.get("FifoQueue") else "")
            names[logical] = f"https://sqs.us-east-1.amazonaws.com/{_ACCOUNT}/{name}"
            names[f"{logical}.Arn"] = f"arn:aws:sqs:us-east-1:{_ACCOUNT}:{name}"
        return names

    def ticks(self) -> Iterator[Tick]:
        """Yield the schedules that put messages into queues."""
        for rule in self.resources("AWS::Events::Rule").values():
            for target in rule["Targets"]:
                url = self.queue_url(target["Arn"]["Fn::GetAtt"][0])
                group = target["SqsParameters"]["MessageGroupId"]
                yield Tick(self._minutes(rule["ScheduleExpression"]), url, group)

    def _mappings(self, function: str) -> Iterator[dict[str, Any]]:
        """Yield a function's event source mappings, with the URL of a mapped queue."""
        for mapping in self.resources("AWS::Lambda::EventSourceMapping").values():
            if mapping["FunctionName"] == {"Ref": f"{function}.Alias"}:
                settled = self.resolve(mapping)
                url = self._url_by_arn().get(settled["EventSourceArn"])
                yield settled | ({"QueueUrl": url} if url else {})

    def _url_by_arn(self) -> dict[str, str]:
        names = self._queues()
        return {names[f"{queue}.Arn"]: names[queue] for queue in self.resources("AWS::SQS::Queue")}

    def functions(self) -> Iterator[Function]:
        """Yield the functions. The logical id names the folder (`ServeFunction`: serve)."""
        shared = self.body["Globals"]["Function"]["Environment"]["Variables"]
        for logical, properties in self.resources("AWS::Serverless::Function").items():
            own = properties.get("Environment", {}).get("Variables", {})
            environment = {key: str(self.resolve(value)) for key, value in {**shared, **own}.items()}
            events = properties.get("Events", {}).values()
            mappings = list(self._mappings(logical))
            yield Function(
                name=logical.removesuffix("Function").lower(),
                environment=environment,
                routes=tuple(
                    Route(event["Properties"]["Method"].upper(), event["Properties"]["Path"])
                    for event in events
                    if event["Type"] == "HttpApi"
                ),
                streams=tuple(one for one in mappings if "QueueUrl" not in one),
                queues=tuple(one for one in mappings if "QueueUrl" in one),
                minutes=tuple(
                    self._minutes(event["Properties"]["Schedule"])
                    for event in events
                    if event["Type"] == "Schedule"
                ),
            )

    def cors(self) -> dict[str, Any]:
        """Return the HTTP API's CORS settings."""
        (api,) = self.resources("AWS::Serverless::HttpApi").values()
        found: dict[str, Any] = api["CorsConfiguration"]
        return found

    def _minutes(self, schedule: Any) -> int:
        rate = self.resolve(schedule)
        match = re.fullmatch(r"rate\((\d+) minutes?\)", rate)
        assert match, rate
        return int(match[1])

    def _named(self, name: str) -> Any:
        return self._queues().get(name) or super()._named(name)


_NAMES = {
    "Table": "trackback",
    "TableArn.Value": "arn:aws:dynamodb:us-east-1:123456789012:table/trackback",
    "AWS::StackName": "trackback",
    "AWS::StackId": "arn:aws:cloudformation:us-east-1:1:stack/trackback/1b4cd4f1-5f4a-11ef-8d1a-0affe8f4a8d5",
}
_NEEDED = {"Sites": "blog.example", "AuthorEmail": "author@blog.example", "Secret": "s" * 43}


def load(**parameters: str) -> Template:
    """Return the project's template as the stand-in deploys it: stack and table are named `trackback`."""
    return Template((ROOT / "template.yaml").read_text(), _NEEDED | parameters, _NAMES)
