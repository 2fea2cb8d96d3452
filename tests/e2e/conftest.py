"""The local stack as `make run` starts it, and what the tests reach it with."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.servers import is_free
from tests.template import ROOT

Trackback = Callable[..., str]


@dataclass(frozen=True)
class Running:
    """A running stack's addresses, as its start-up text prints them."""

    api: str
    blog: str
    aws: str
    welcome: str

    @property
    def ping_url(self) -> str:
        """The ping URL of the post that starts without pings."""
        return f"{self.api}/trackback/{self.blog.partition('://')[2]}/posts/hello-world/"


@pytest.fixture(scope="session")
def stack() -> Iterator[Running]:
    """Start it, and end it as a person does, with Ctrl-C."""
    port = next(port for port in range(18080, 19000, 3) if all(map(is_free, range(port, port + 3))))
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.local"],
        cwd=ROOT,
        env={**os.environ, "PORT": str(port)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout
    welcome = ""
    while "Ctrl-C" not in welcome and (line := process.stdout.readline()):
        welcome += line
    api, blog, aws = (
        re.search(pattern, welcome)[1]  # type: ignore[index]
        for pattern in (r"The API +(\S+)", r"The demo blog +(\S+)/", r"AWS_ENDPOINT_URL=(\S+)")
    )
    yield Running(api, blog, aws, welcome)
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
