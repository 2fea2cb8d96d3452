"""The whole service in one process and in simulated time, with the stand-in for AWS behind it."""

import io
import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import redirect_stdout, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from moto.backends import get_backend

from tests.faults.clock import Clock
from tests.faults.functions import Functions
from tests.faults.sources import Consumer, InvocationFailed, Stream, client, held
from tests.faults.wire import Call, Killed, Wire
from tests.stack.aws import ACCOUNT, ENVIRONMENT, changes, confirm, make_anew, make_queues
from tests.support import receivers, template
from tests.support.events import Context
from trackback.model.ping import Ping, Status
from trackback.storage.dynamodb import to_plain
from trackback.storage.items import to_ping
from trackback.storage.keys import DUE_JOB, DUE_SENT, DUE_UNTOLD, MAIL, SETTINGS
from trackback.storage.table import Table

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
STEPS = [MINUTE] * 8 + [timedelta(minutes=15)] * 4 + [3 * HOUR] * 10
"""How time goes on after a fault: by minutes first, and for more than a day."""

_TEMPLATE = template.load()
_FUNCTIONS = {function.name: function for function in _TEMPLATE.functions()}
_QUEUES = {name: _TEMPLATE.queue_url(name) for name in ("Checks", "Failures", "FailedMessages")}


@dataclass(frozen=True, slots=True)
class Sample:
    """A value of a metric that CloudWatch gets."""

    at: datetime
    metric: str
    of: str = ""


@dataclass
class World:
    """The service, those who ping and read, and its author.

    Attributes:
        answered: Ids of the pings whose senders were told that they are taken.
        approvable: Titles that the author has pressed Approve for, or is about to.
        samples: What the alarms look at.
        replaced: Titles of answered pings whose sender has sent other words since.
        sent_pings: How many pings the author has ordered.
        unsubscribed: Whether a link has turned the emails off.
        later: Invocations that nobody waits for, with how often Lambda repeats each.
    """

    clock: Clock
    wire: Wire
    functions: Functions
    web: receivers.Web
    table: Table
    answered: set[str] = field(default_factory=set)
    approvable: set[str] = field(default_factory=set)
    samples: list[Sample] = field(default_factory=list)
    replaced: set[str] = field(default_factory=set)
    sent_pings: int = 0
    unsubscribed: bool = False
    later: list[tuple[str, Mapping[str, Any], int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Begin without a ping, a message or a mail, when nothing remembers the world before."""
        self.clock.go_on(timedelta(days=10))
        self.clock.offset = timedelta()
        self.wire.fault, self.wire.made, self.wire.denied, self.wire.invoke = None, [], [], self._accept
        self._read: tuple[int, list[Any]] = (-1, [])
        self._running: list[tuple[str, Mapping[str, Any]]] = []
        make_anew(self.table)
        make_queues(_TEMPLATE)
        get_backend("ses")[ACCOUNT][ENVIRONMENT["AWS_DEFAULT_REGION"]].sent_messages.clear()
        confirm(os.environ["AUTHOR_EMAIL"])
        (mapping,) = _FUNCTIONS["triage"].streams
        self.stream = Stream(self.table.name, mapping, self.clock)
        self.sqs = client("sqs")
        self.checks = Consumer(self.sqs, _FUNCTIONS["verify"].queues[0])
        self.failed = Consumer(self.sqs, {"QueueUrl": _QUEUES["FailedMessages"]})
        self._ran: dict[str, datetime] = {}
        self.down: set[str] = set()
        self.web.pings.clear()

    def invoke(self, name: str, event: Mapping[str, Any]) -> Any:
        """Invoke a function, and return its answer.

        Raises:
            InvocationFailed: The handler raised, or its process ended.
        """
        said = io.StringIO()
        self._running.append((name, event))
        try:
            with self.wire.invocation(name), redirect_stdout(said):
                return self._handler(name)(json.loads(json.dumps(event)), Context())
        except Killed:
            self.functions.start_anew(name)
            raise self._failure(name) from None
        except Exception as error:
            raise self._failure(name) from error
        finally:
            self._running.pop()
            self._note_refused_mails(said.getvalue())

    def _handler(self, name: str) -> Callable[..., Any]:
        if name in self.down:
            raise InvocationFailed(name)
        return self.functions.handler(name)

    def _failure(self, name: str) -> InvocationFailed:
        self.samples.append(Sample(self.clock.now, "Errors", name))
        return InvocationFailed(name)

    def _note_refused_mails(self, said: str) -> None:
        for line in said.splitlines():
            if '"MailRefused"' in line:
                self.samples.append(Sample(self.clock.now, "MailRefused"))

    def overtaken(self, call: Call) -> Any:
        """Let another environment handle the same event, from beginning to end, before the call is made."""
        if call.attempt == 1:
            fault, self.wire.fault = self.wire.fault, None
            with suppress(InvocationFailed):
                self.invoke(*self._running[-1])
            self.wire.fault = fault
        return call.go()

    def _accept(self, function: str, payload: bytes) -> None:
        """Take an event for a function; nobody waits for its answer."""
        self.later.append((function, json.loads(payload), 2))

    def request(self, name: str, event: Mapping[str, Any]) -> dict[str, Any]:
        """Have the API ask a function; a failure is a 500 of the API's."""
        try:
            answer: dict[str, Any] = self.invoke(name, event)
        except InvocationFailed:
            self.samples.append(Sample(self.clock.now, "5xx"))
            return {"statusCode": 500, "body": ""}
        return answer

    def pump(self) -> None:
        """Deliver all that can be delivered now."""
        busy = True
        while busy:
            self.stream.poll()
            busy = self.stream.deliver(self._to("triage")) or self.checks.deliver(self._to("verify"))
            busy = self._invoke_later() or busy

    def _to(self, name: str) -> Callable[[Mapping[str, Any]], Any]:
        return lambda event: self.invoke(name, event)

    def _invoke_later(self) -> bool:
        """Make the invocations that nobody waits for; Lambda repeats those that fail."""
        due, self.later = self.later, []
        for name, event, retries in due:
            try:
                self.invoke(name, event)
            except InvocationFailed:
                if retries:
                    self.later.append((name, event, retries - 1))
        return bool(due)

    def go_on(self, length: timedelta = MINUTE) -> None:
        """Let time pass: the schedules run once, and what they cause is delivered."""
        self.clock.go_on(length)
        self.pump()
        for name, retries in (("notify", 0), ("send", 2)):
            if self._is_due(name, _FUNCTIONS[name].minutes[0]):
                self.later.append((name, {"id": str(self.clock.now), "detail": {}}, retries))
        for tick in _TEMPLATE.ticks():
            if self._is_due(tick.group, tick.minutes):
                body = json.dumps({"id": str(self.clock.now), "detail": {}})
                self.sqs.send_message(QueueUrl=tick.queue_url, MessageBody=body, MessageGroupId=tick.group)
        self.pump()

    def _is_due(self, name: str, minutes: int) -> bool:
        if self.clock.now - self._ran.setdefault(name, self.clock.now - MINUTE) < minutes * MINUTE:
            return False
        self._ran[name] = self.clock.now
        return True

    def settle(self) -> None:
        """Let the service run until nothing is left to do, for a day at most."""
        for step in STEPS:
            if self.is_settled():
                break
            self.go_on(step)

    def run_on(self) -> None:
        """Let the service run until nothing is left to do, and then a little longer."""
        self.settle()
        for step in (MINUTE, 16 * MINUTE):
            self.go_on(step)

    def items(self) -> Iterator[dict[str, Any]]:
        """Yield every record; the table is read again when it has changed."""
        noted, items = self._read
        if noted != changes.noted():
            noted, items = changes.noted(), self.table.client.scan(TableName=self.table.name)["Items"]
            self._read = noted, items
        return map(to_plain, items)

    def pings(self) -> list[Ping]:
        """Return every ping."""
        return [to_ping(item) for item in self.items() if "#" not in item["id"]]

    def is_settled(self) -> bool:
        """Tell whether nothing waits for a function."""
        return not (
            self.stream.waiting or self.later or held(self.sqs, _QUEUES["Checks"]) or any(self.unfinished())
        )

    def unfinished(self) -> Iterator[str]:
        """Yield what is in the table and waits for a function."""
        for item in self.items():
            if "#" not in item["id"]:
                ping = to_ping(item)
                if ping.status is Status.RECEIVED or ping.needs_check:
                    yield f"{ping.texts.title} was not looked at"
            elif item["id"] == MAIL and item.keys() & {"sending", "promising", "waiting"}:
                yield "a mail was not sent"
            elif item["id"] == SETTINGS and "muted" in item:
                yield "the last mail was not sent"
            elif item.get("due") in {DUE_JOB, DUE_SENT, DUE_UNTOLD}:
                yield f"{item['id']} is due"

    def author_retries(self) -> None:
        """Have the author do what the alarms of the failure queues ask for: `trackback failures retry`."""
        aside, self.stream.put_aside = self.stream.put_aside, []
        for records in aside:
            self.invoke("triage", {"Records": records})
        for message in self.failed.receive():
            self.sqs.send_message(
                QueueUrl=_QUEUES["Checks"],
                MessageBody=message["body"],
                MessageGroupId=message["attributes"]["MessageGroupId"],
                MessageDeduplicationId=f"retry-{message['messageId']}",
            )
            self.sqs.delete_message(QueueUrl=self.failed.url, ReceiptHandle=message["receiptHandle"])

    def put_aside(self) -> dict[str, int]:
        """Return how much is in each failure queue."""
        found = {name: held(self.sqs, _QUEUES[name]) for name in ("Failures", "FailedMessages")}
        return {
            "Failures": found["Failures"] + len(self.stream.put_aside),
            "FailedMessages": found["FailedMessages"],
        }
