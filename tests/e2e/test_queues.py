"""Messages reach the functions that the template subscribes to their queues, as Lambda brings them."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import boto3
import pytest

from tests.e2e.conftest import eventually
from tests.e2e.test_streams import echo, line_of, opened
from tests.stack.queues import Consumer
from tests.stack.schedules import Schedule, messages
from tests.support.template import Tick

Lines = Iterator[str]


class Queue:
    """A FIFO queue with its dead-letter queue."""

    def __init__(self, name: str, *, attempts: int = 5, hidden_for: int = 60) -> None:
        """Make both; a message that was given out is hidden for so many seconds."""
        self.sqs = boto3.client("sqs")
        self.dead = self._make(f"dead-{name}.fifo")
        told = self.sqs.get_queue_attributes(QueueUrl=self.dead, AttributeNames=["QueueArn"])
        redrive = {"deadLetterTargetArn": told["Attributes"]["QueueArn"], "maxReceiveCount": attempts}
        self.url = self._make(
            f"{name}.fifo", RedrivePolicy=json.dumps(redrive), VisibilityTimeout=str(hidden_for)
        )

    def _make(self, name: str, **attributes: str) -> str:
        fifo: Any = {"FifoQueue": "true", "ContentBasedDeduplication": "true"}
        return str(self.sqs.create_queue(QueueName=name, Attributes=fifo | attributes)["QueueUrl"])

    def send(self, body: str, group: str = "group") -> None:
        """Send a message."""
        self.sqs.send_message(QueueUrl=self.url, MessageBody=body, MessageGroupId=group)


@contextmanager
def consumed(queue: Queue, pipe: Path, at_once: int = 1, **environment: str) -> Iterator[Lines]:
    """Bring a queue's messages to a function; yield the lines that it writes, each as soon as it is there.

    Only one at once may do so where messages are not hidden: another would take what the first works on.
    """
    os.mkfifo(pipe)
    function = echo(pipe, **environment)
    with opened(pipe) as lines:
        scaling = {"MaximumConcurrency": at_once}
        consumer = Consumer(function, {"QueueUrl": queue.url, "ScalingConfig": scaling})
        try:
            yield iter(lambda: line_of(lines), None)
        finally:
            consumer.close()
            function.close()


def test_a_message_wakes_the_function_once_also_one_that_was_there_before(tmp_path: Path) -> None:
    queue = Queue("before")
    queue.send("first")
    with consumed(queue, tmp_path / "pipe") as lines:
        assert next(lines).endswith(" first")
        queue.send("second")
        assert next(lines).endswith(" second")


def test_messages_of_a_group_come_in_their_order(tmp_path: Path) -> None:
    queue = Queue("order")
    bodies = [f"message {n}" for n in range(25)]
    for body in bodies:
        queue.send(body)
    with consumed(queue, tmp_path / "pipe", at_once=2) as lines:
        assert [next(lines).partition(" ")[2] for _ in bodies] == bodies


def test_what_a_batch_reports_as_failed_comes_again_and_the_rest_does_not(tmp_path: Path) -> None:
    queue = Queue("again", hidden_for=0)
    queue.send("good", "one")
    queue.send("bad", "two")
    with consumed(queue, tmp_path / "pipe", FAIL="bad") as lines:
        assert [next(lines).partition(" ")[2] for _ in range(3)] == ["good", "bad", "bad"]
        queue.send("last")
        assert next(lines).endswith(" last")


def test_a_batch_whose_function_raises_comes_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    queue = Queue("raises", hidden_for=0)
    queue.send("first")
    with consumed(queue, tmp_path / "pipe", RAISE="yes") as lines:
        assert next(lines) == "2 first"
    assert capsys.readouterr().out.startswith("  echo failed: RuntimeError: the first batch fails\n")


def test_what_fails_at_all_attempts_ends_in_the_dead_letter_queue(tmp_path: Path) -> None:
    queue = Queue("poison", attempts=2, hidden_for=0)
    queue.send("bad")
    with consumed(queue, tmp_path / "pipe", FAIL="bad", ALWAYS="yes") as lines:
        assert [next(lines).partition(" ")[2] for _ in range(2)] == ["bad", "bad"]
        (dead,) = eventually(lambda: queue.sqs.receive_message(QueueUrl=queue.dead).get("Messages"))
        assert dead["Body"] == "bad"


def test_each_tick_of_a_schedule_is_a_message_of_its_own() -> None:
    queue = Queue("ticks")
    schedule = Schedule(messages(Tick(60, queue.url, "schedule")), minutes=60)
    schedule.run().run()
    schedule.close()
    found = queue.sqs.receive_message(QueueUrl=queue.url, MaxNumberOfMessages=10)["Messages"]
    assert [json.loads(message["Body"])["detail-type"] for message in found] == ["Scheduled Event"] * 2
