"""A table's changes reach the functions that the template subscribes."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from select import select
from typing import TextIO

import pytest

from tests.conftest import MakePing
from tests.environment import Environments
from tests.streams import Delivery
from tests.template import Function
from trackback.table import Table

PATIENCE = 30  # seconds for what takes one


@contextmanager
def subscribed(pipe: Path, **environment: str) -> Iterator[Iterator[str]]:
    """Subscribe a function to the table; yield the lines that it writes, each as soon as it is there."""
    os.mkfifo(pipe)
    function = Environments(
        Function("echo", {"PIPE": str(pipe), **environment}, package="tests.e2e.subscribers")
    )
    delivery = Delivery("trackback", function, {"BatchSize": 10})
    # Held open for reading and writing, the pipe does not end between two batches.
    with os.fdopen(os.open(pipe, os.O_RDWR), buffering=1) as lines:
        yield iter(lambda: _line(lines), None)
    delivery.close()
    function.close()


def _line(lines: TextIO) -> str:
    assert select([lines], [], [], PATIENCE)[0], "the function was not woken"
    return lines.readline().strip()


def test_a_new_ping_wakes_the_subscriber(table: Table, make_ping: MakePing, tmp_path: Path) -> None:
    with subscribed(tmp_path / "pipe") as lines:
        table.add(make_ping(title="First"))
        assert next(lines) == "1 INSERT First"
        table.add(make_ping(title="Second"))
        assert next(lines) == "2 INSERT Second"


def test_a_batch_that_failed_is_brought_again(table: Table, make_ping: MakePing, tmp_path: Path) -> None:
    with subscribed(tmp_path / "pipe", RAISE="yes") as lines:
        table.add(make_ping(title="First"))
        assert next(lines) == "2 INSERT First"


@pytest.mark.parametrize("failing", ["First", "Second"])
def test_what_a_batch_reports_as_failed_is_brought_again(
    table: Table, make_ping: MakePing, tmp_path: Path, failing: str
) -> None:
    with subscribed(tmp_path / "pipe", FAIL=failing) as lines:
        table.add(make_ping(title=failing))
        assert next(lines) == f"1 INSERT {failing}"
        assert next(lines) == f"2 INSERT {failing}"
