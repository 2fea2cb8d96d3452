"""The local stack as `make run` starts it, and what the tests reach it with."""

import json
import os
import random
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from threading import Event
from typing import IO, TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import boto3
import pytest
from playwright.sync_api import BrowserContext

from tests.stack.aws import ENVIRONMENT
from tests.stack.servers import is_free
from tests.support.browser import Browsers
from tests.support.template import ROOT
from tests.support.websites import page, website
from trackback.cli.output import as_json
from trackback.model.ping import Ping, Status, ping_id
from trackback.model.posts import Sites
from trackback.storage.dynamodb import to_item, to_plain
from trackback.storage.items import to_ping
from trackback.urls import read_source

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

Trackback = Callable[..., str]
Row = dict[str, Any]
NewContext = Callable[..., BrowserContext]
Reply = Callable[..., list[Ping]]
Found = TypeVar("Found")
PATIENCE = 120  # seconds for what takes one, or ten behind a slow source, on a busy machine
BROWSERS: dict[str, tuple[str, dict[str, Any]]] = {
    "Chromium": ("Chromium", {}),
    "Firefox": ("Firefox", {}),
    "Chromium without JavaScript": ("Chromium", {"java_script_enabled": False}),
}


@dataclass(frozen=True)
class Running:
    """A running stack's addresses, as its start-up text prints them."""

    api: str
    blog: str
    others: str
    second: str
    aws: str
    welcome: str
    pid: int

    @property
    def ping_url(self) -> str:
        """The ping URL of the post that starts without pings."""
        return f"{self.api}/trackback/{self.blog.partition('://')[2]}/posts/hello-world/"

    @cached_property
    def database(self) -> "DynamoDBClient":
        """A client of its own DynamoDB; the tests' process has another."""
        client: DynamoDBClient = self.client("dynamodb")
        return client

    def client(self, service: str) -> Any:
        """Return a client of its stand-in for AWS."""
        return boto3.Session(
            ENVIRONMENT["AWS_ACCESS_KEY_ID"],
            ENVIRONMENT["AWS_SECRET_ACCESS_KEY"],
            region_name=ENVIRONMENT["AWS_DEFAULT_REGION"],
        ).client(service, endpoint_url=self.aws)  # type: ignore[call-overload]

    def ping(self, known: str) -> Ping:
        """Return a ping as it stands now."""
        return to_ping(self.item(known))

    def item(self, record: str) -> dict[str, Any]:
        """Return a record of its table as it stands now, empty if there is none."""
        key = {"id": {"S": record}}
        found = self.database.get_item(TableName="trackback", Key=key, ConsistentRead=True)
        return to_plain(found.get("Item", {}))

    def from_source(self, url: str) -> list[Ping]:
        """Return the pings from a source."""
        found = self.database.scan(
            TableName="trackback",
            FilterExpression="#url = :url",
            ExpressionAttributeNames={"#url": "url"},
            ExpressionAttributeValues={":url": {"S": url}},
        )
        return [to_ping(to_plain(item)) for item in found["Items"]]

    def put(self, *items: Mapping[str, Any]) -> None:
        """Put records in place of what is there."""
        self._write([{"PutRequest": {"Item": to_item(item)}} for item in items])

    def forget(self, *records: str) -> None:
        """Delete records: `access#` ends the pause between sign-in mails, `mail#` the one between others."""
        self._write([{"DeleteRequest": {"Key": {"id": {"S": record}}}} for record in records])

    def _write(self, requests: list[Any]) -> None:
        for first in range(0, len(requests), 25):  # as many as go at once
            self.database.batch_write_item(RequestItems={"trackback": requests[first : first + 25]})


@pytest.fixture(scope="session")
def stack() -> Iterator[Running]:
    """Start it, once for all tests of a process."""
    with running() as stack:
        yield stack


@contextmanager
def running(sites: str = "") -> Iterator[Running]:
    """Start it, for further blogs if any are named, and end it as a person does, with Ctrl-C."""
    process = _start(_free_ports(), sites)
    output = process.stdout
    assert output
    welcome = _welcome(output)
    rest: list[str] = []
    reader = threading.Thread(target=rest.extend, args=[output])  # a full pipe would stop the stack
    reader.start()
    try:
        yield _read_welcome(welcome, process.pid)
    finally:
        process.send_signal(signal.SIGINT)
        status = process.wait(timeout=60)
        reader.join()
        output.close()
    assert status == 0
    assert "Stopping.\n" in rest  # and what was still being answered then
    assert "Traceback" not in "".join(rest)


def _start(port: int, sites: str) -> subprocess.Popen[str]:
    """Start the stack; only notify has a schedule, and what a killed function leaves comes again soon."""
    settings = {"PORT": str(port), "SITES": sites, "CHECK_EVERY_MINUTES": "60", "HIDDEN_SECONDS": "30"}
    return subprocess.Popen(
        [sys.executable, "-m", "tests.stack.local"],
        cwd=ROOT,
        env={**os.environ, **settings},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def _welcome(output: IO[str]) -> str:
    """Return the stack's start-up text, once it is there."""
    welcome = ""
    while "Ctrl-C" not in welcome and (line := output.readline()):
        welcome += line
    return welcome


def _read_welcome(welcome: str, pid: int) -> Running:
    patterns = (
        r"The API +(\S+)",
        r"The demo blog +(\S+)/",
        r"Other blogs +(\S+)/",
        r"A second blog +(\S+)/",
        r"AWS_ENDPOINT_URL=(\S+)",
    )
    api, blog, others, second, aws = (found[1] for it in patterns if (found := re.search(it, welcome)))
    return Running(api, blog, others, second, aws, welcome, pid)


def _free_ports() -> int:
    """Return the first of five free ports in a row, by chance: other workers look for some as well."""
    while not all(map(is_free, range(port := random.randrange(18_000, 32_000, 5), port + 5))):
        pass
    return port


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


def judged(stack: Running, url: str) -> Row:
    """Return the ping from a source, once the source has been looked at."""
    return eventually(lambda: next((as_json(it) for it in stack.from_source(url) if it.verdict), None))


@pytest.fixture(scope="module", params=BROWSERS)
def new_context(browsers: Browsers, request: pytest.FixtureRequest) -> NewContext:
    """Open windows of one browser after another that share nothing with each other, as many as wanted."""
    name, settings = BROWSERS[request.param]
    return lambda **more: browsers[name].new_context(**{**settings, **more})


@pytest.fixture(scope="module")
def reply(stack: Running) -> Iterator[Reply]:
    """Have pages of other blogs link to the post that starts without pings, and ping it."""
    with ExitStack() as sites:

        def write(*titles: str) -> list[Ping]:
            urls = [_publish(stack, sites, title) for title in titles]
            return [waiting(stack, url) for url in urls]

        yield write


def _publish(stack: Running, sites: ExitStack, title: str) -> str:
    link = f"<a href='{stack.blog}/posts/hello-world/'>a post</a>"
    site = sites.enter_context(website(page(f"<title>{title}</title><p>I liked {link} today.")))
    url = f"http://localhost:{site.port}/re"
    fields = {"url": url, "title": title, "excerpt": f"About {title}", "blog_name": "Other Rooms"}
    with urlopen(Request(stack.ping_url, urlencode(fields).encode())):
        return url


def waiting(stack: Running, url: str) -> Ping:
    """Return the ping from a source, once it waits for the author."""
    post = Sites(stack.blog).find(stack.ping_url.partition("/trackback/")[2])
    known = ping_id(post, read_source(url))
    return eventually(lambda: ping if (ping := stack.ping(known)).status is Status.PENDING else None)


def eventually(look: Callable[[], Found | None], seconds: float = PATIENCE) -> Found:
    """Return what a look finds, looking until it does."""
    end, pause = time.monotonic() + seconds, Event()
    while time.monotonic() < end:
        if found := look():
            return found
        pause.wait(0.05)
    raise AssertionError(f"it did not come about within {seconds} seconds")
