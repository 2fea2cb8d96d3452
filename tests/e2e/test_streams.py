"""A table's changes and the clock reach the functions that the template subscribes."""

import json
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from io import FileIO
from pathlib import Path
from select import select
from typing import Any

import boto3
import pytest

from tests.conftest import MakePing
from tests.stack.environment import Environments, FunctionFailedError
from tests.stack.schedules import Schedule, calls
from tests.stack.streams import Delivery, fits
from tests.support.template import Function
from trackback.storage.pings import PingStore

PATIENCE = 60  # seconds for what takes one


def echo(pipe: Path, **environment: str) -> Environments:
    """Return a function that writes into a pipe what it was woken for."""
    return Environments(Function("echo", {"PIPE": str(pipe), **environment}, package="tests.e2e.subscribers"))


@contextmanager
def subscribed(pipe: Path, *patterns: str, **environment: str) -> Iterator[Iterator[str]]:
    """Subscribe a function to the table; yield the lines that it writes, each as soon as it is there."""
    os.mkfifo(pipe)
    function = echo(pipe, **environment)
    filters = {"Filters": [{"Pattern": pattern} for pattern in patterns]}
    delivery = Delivery("trackback", function, {"BatchSize": 10, "FilterCriteria": filters})
    try:
        with opened(pipe) as lines:
            yield iter(lambda: line_of(lines), None)
    finally:
        delivery.close()
        function.close()


def opened(pipe: Path) -> FileIO:
    """Open a pipe without a buffer, in which a second line would be where `select` does not see it.

    Held open for reading and writing, it does not end between two batches.
    """
    return FileIO(os.open(pipe, os.O_RDWR))


def line_of(lines: FileIO) -> str:
    assert select([lines], [], [], PATIENCE)[0], "the function was not woken"
    return lines.readline().decode().strip()


def test_a_new_ping_wakes_the_subscriber(store: PingStore, make_ping: MakePing, tmp_path: Path) -> None:
    with subscribed(tmp_path / "pipe") as lines:
        store.add(make_ping(title="First"))
        assert next(lines) == "1 INSERT First"
        store.add(make_ping(title="Second"))
        assert next(lines) == "2 INSERT Second"


def test_a_batch_that_failed_is_brought_again_and_the_failure_is_printed(
    store: PingStore, make_ping: MakePing, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with subscribed(tmp_path / "pipe", RAISE="yes") as lines:
        store.add(make_ping(title="First"))
        assert next(lines) == "2 INSERT First"
    first, *rest = capsys.readouterr().out.splitlines()
    assert first == "  echo failed: RuntimeError: the first batch fails"
    assert rest[0] == "    Traceback (most recent call last):"
    assert '    raise RuntimeError("the first batch fails")' in "\n".join(rest)


@pytest.mark.parametrize("failing", ["First", "Second"])
def test_what_a_batch_reports_as_failed_is_brought_again(
    store: PingStore,
    make_ping: MakePing,
    tmp_path: Path,
    failing: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    with subscribed(tmp_path / "pipe", FAIL=failing) as lines:
        store.add(make_ping(title=failing))
        assert next(lines) == f"1 INSERT {failing}"
        assert next(lines) == f"2 INSERT {failing}"
    assert capsys.readouterr().out == "  echo failed for 1 of 1 records\n"


def test_of_what_fails_at_all_attempts_the_on_failure_queue_is_told(
    store: PingStore, make_ping: MakePing, tmp_path: Path
) -> None:
    sqs = boto3.client("sqs")
    queue = sqs.create_queue(QueueName="on-failure")["QueueUrl"]
    function = echo(tmp_path / "pipe", FAIL="First", ALWAYS="yes")
    os.mkfifo(tmp_path / "pipe")
    destination = {"OnFailure": {"Destination": "arn:aws:sqs:us-east-1:123456789012:on-failure"}}
    delivery = Delivery("trackback", function, {"MaximumRetryAttempts": 1, "DestinationConfig": destination})
    with opened(tmp_path / "pipe") as lines:
        store.add(make_ping(title="First"))
        assert [line_of(lines), line_of(lines)] == ["1 INSERT First", "2 INSERT First"]
        store.add(make_ping(title="Second"))
        assert line_of(lines) == "3 INSERT Second"
    (told,) = sqs.receive_message(QueueUrl=queue)["Messages"]
    assert json.loads(told["Body"])["DDBStreamBatchInfo"]["batchSize"] == 1
    delivery.close()
    function.close()


def test_only_what_fits_a_filter_is_brought(store: PingStore, make_ping: MakePing, tmp_path: Path) -> None:
    wanted = '{"eventName": ["INSERT"], "dynamodb": {"NewImage": {"title": {"S": ["Wanted"]}}}}'
    with subscribed(tmp_path / "pipe", wanted) as lines:
        for title in ("Unwanted", "Wanted"):
            store.add(make_ping(title=title))
        assert next(lines) == "1 INSERT Wanted"


RECORD = {"eventName": "INSERT", "dynamodb": {"NewImage": {"url": {"S": "u"}, "new": {"BOOL": True}}}}
PATTERNS: list[tuple[str, dict[str, Any], bool]] = [
    ("a value", {"eventName": ["INSERT"]}, True),
    ("one of several values", {"eventName": ["MODIFY", "INSERT"]}, True),
    ("another value", {"eventName": ["MODIFY"]}, False),
    ("a flag", {"dynamodb": {"NewImage": {"new": {"BOOL": [True]}}}}, True),
    ("what is there", {"dynamodb": {"NewImage": {"url": {"S": [{"exists": True}]}}}}, True),
    ("what is not there", {"dynamodb": {"NewImage": {"title": {"S": [{"exists": True}]}}}}, False),
    ("what must not be there", {"dynamodb": {"NewImage": {"url": {"S": [{"exists": False}]}}}}, False),
    ("an image that is not there", {"dynamodb": {"OldImage": {"url": {"S": ["u"]}}}}, False),
    ("all of several", {"eventName": ["INSERT"], "dynamodb": {"NewImage": {"url": {"S": ["v"]}}}}, False),
]


@pytest.mark.parametrize(
    ("pattern", "wanted"), [row[1:] for row in PATTERNS], ids=[row[0] for row in PATTERNS]
)
def test_a_record_fits_a_pattern_or_not(pattern: dict[str, Any], wanted: bool) -> None:
    assert fits(RECORD, pattern) is wanted


def test_an_environment_that_was_killed_is_replaced(
    store: PingStore, make_ping: MakePing, tmp_path: Path
) -> None:
    with subscribed(tmp_path / "pipe", DIE=str(tmp_path / "died")) as lines:
        store.add(make_ping(title="First"))
        assert next(lines) == "1 INSERT First"
        assert (tmp_path / "died").exists()


def test_a_schedule_wakes_its_function_and_outlives_its_failure(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    function = echo(tmp_path / "pipe")
    schedule = Schedule(calls(function), minutes=60)
    schedule.run()  # the function wants records, and fails without
    assert "echo failed: KeyError: 'Records'\n" in capsys.readouterr().out
    with pytest.raises(FunctionFailedError):
        function.invoke({})
    schedule.close()
    function.close()


def test_a_schedule_begins_no_run_while_the_one_before_goes_on() -> None:
    busy, over, pause = threading.Lock(), threading.Semaphore(0), threading.Event()
    alone: list[bool] = []

    def run(_: dict[str, Any]) -> None:
        alone.append(busy.acquire(blocking=False))
        pause.wait(0.05)  # many times as long as until the next tick
        busy.release()
        over.release()

    schedule = Schedule(run, minutes=0.00001)
    for _ in range(3):
        assert over.acquire(timeout=PATIENCE)
    schedule.close()
    assert all(alone)


def test_a_schedule_comes_again_and_again(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    function = echo(tmp_path / "pipe", TICKS="yes")
    with opened(tmp_path / "pipe") as lines:
        schedule = Schedule(calls(function), minutes=0.001)
        assert [line_of(lines), line_of(lines)] == ["1 Scheduled Event", "2 Scheduled Event"]
        schedule.close()
    function.close()
