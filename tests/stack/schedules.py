"""EventBridge schedules: each calls a function or puts a message into a queue."""

import json
import threading
import uuid
from collections.abc import Callable
from typing import Any, Self

import boto3

from tests.stack.environment import Environments, FunctionFailedError, report
from tests.support.template import Tick

Event = dict[str, Any]


class Schedule:
    """Sends an event to its target at an interval in minutes. `run` sends one at once."""

    def __init__(self, target: Callable[[Event], None], minutes: float) -> None:
        """Start the interval."""
        self._target = target
        self._seconds = minutes * 60
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="schedule")
        self._thread.start()

    def run(self) -> Self:
        """Send an event with a new id."""
        event = {"id": str(uuid.uuid4()), "detail-type": "Scheduled Event", "source": "aws.events"}
        self._target({**event, "detail": {}})
        return self

    def close(self) -> None:
        """Stop the schedule."""
        self._stopped.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stopped.wait(self._seconds):
            self.run()


def calls(function: Environments) -> Callable[[Event], None]:
    """Return a target that calls a function. Its failure is only in its log, as in AWS."""

    def call(event: Event) -> None:
        try:
            function.invoke(event)
        except FunctionFailedError as error:
            report(function.function, error)

    return call


def messages(tick: Tick) -> Callable[[Event], None]:
    """Return a target that puts the event into a queue. The queue deduplicates events by their bodies."""
    sqs = boto3.client("sqs")

    def send(event: Event) -> None:
        sqs.send_message(QueueUrl=tick.queue_url, MessageBody=json.dumps(event), MessageGroupId=tick.group)

    return send
