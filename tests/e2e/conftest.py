"""The local stack as `make run` starts it, and what the tests reach it with."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.servers import is_free
from tests.template import ROOT

Trackback = Callable[..., str]
Row = dict[str, Any]
PATIENCE = 40  # seconds for what takes one, or ten behind a slow source


@dataclass(frozen=True)
class Running:
    """A running stack's addresses, as its start-up text prints them."""

    api: str
    blog: str
    others: str
    aws: str
    welcome: str
    pid: int

    @property
    def ping_url(self) -> str:
        """The ping URL of the post that starts without pings."""
        return f"{self.api}/trackback/{self.blog.partition('://')[2]}/posts/hello-world/"


@pytest.fixture(scope="session")
def stack() -> Iterator[Running]:
    """Start it, and end it as a person does, with Ctrl-C."""
    port = next(port for port in range(18080, 19000, 4) if all(map(is_free, range(port, port + 4))))
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.local"],
        cwd=ROOT,
        env={**os.environ, "PORT": str(port), "CHECK_EVERY_MINUTES": "60"},  # no schedule in between
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout
    welcome = ""
    while "Ctrl-C" not in welcome and (line := process.stdout.readline()):
        welcome += line
    api, blog, others, aws = (
        re.search(pattern, welcome)[1]  # type: ignore[index]
        for pattern in (
            r"The API +(\S+)",
            r"The demo blog +(\S+)/",
            r"Other blogs +(\S+)/",
            r"AWS_ENDPOINT_URL=(\S+)",
        )
    )
    yield Running(api, blog, others, aws, welcome, process.pid)
    process.send_signal(signal.SIGINT)
    rest, _ = process.communicate(timeout=30)
    assert (process.returncode, rest.splitlines()[-1]) == (0, "Stopping.")
    assert "Traceback" not in rest


@pytest.fixture(scope="session")
def trackback(stack: Running) -> Trackback:
    """Run the installed command line with nothing but the printed `export` in its environment."""

    def run(*arguments: str) -> str:
        command = [str(Path(sys.executable).with_name("trackback")), *arguments]
        environment = {"AWS_ENDPOINT_URL": stack.aws, "PATH": os.environ["PATH"]}
        return subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout

    return run


def rows(trackback: Trackback) -> list[Row]:
    """Return every ping, as the command line tells programs."""
    return [json.loads(line) for line in trackback("list", "--json").splitlines()]


def judged(trackback: Trackback, url: str) -> Row:
    """Return the ping from a source, once the source has been looked at."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:  # each look takes a process of its own, so there is no need to pause
        for row in rows(trackback):
            if row["url"] == url and row["verdict"]:
                return row
    raise AssertionError(f"{url} was not verified within {PATIENCE} seconds")
