"""Where the handlers run: Amazon's table engine, moto for mails and keys, a simulated clock and servers."""

import io
import json
import os
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, redirect_stdout
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any
from urllib.parse import urlsplit
from zlib import crc32

from tests.benchmarks.meter import Meter
from tests.dynamodb_local import dynamodb_local
from tests.stack.aws import confirm, make_anew, stand_in
from tests.support import template
from trackback.storage.table import Table
from trackback.web.http import client
from trackback.web.http.client import Fetched, Fetcher
from trackback.web.http.failures import TooSlow

BLOG = "blog.example"
START = datetime(2026, 12, 1, tzinfo=UTC)


class Clock:
    """The simulated time, in seconds since the start; fetches note how long they take."""

    seconds = 0.0

    def now(self) -> datetime:
        """Return the simulated time."""
        return START + timedelta(seconds=self.seconds)


clock = Clock()


class SimulatedDatetime(datetime):
    """A `datetime` whose `now` is the clock's."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> Any:
        return clock.now().astimezone(tz)


class Context:
    """What Lambda tells a handler."""

    function_name = aws_request_id = "flood"
    memory_limit_in_mb = 512
    invoked_function_arn = "arn:aws:lambda:us-east-1:123456789012:function:flood"

    def get_remaining_time_in_millis(self) -> int:
        """Return plenty."""
        return 60_000


class Servers(Fetcher):
    """Everybody's servers: each answers after its seconds, which are noted and do not pass."""

    def __init__(self) -> None:
        super().__init__()
        self.takes: dict[str, float] = {}
        self._of_thread = threading.local()

    def get(self, url: str, **options: Any) -> Fetched:
        """Answer, or be too slow, as the client would say it."""
        host = urlsplit(url).hostname or ""
        if admit := options.get("admit"):
            admit(url, self.address(host))
        most = min(options.get("seconds", client.SECONDS), client.SECONDS)
        takes = self.takes.get(url, self.takes.get(host, 0.5))
        self.note(min(takes, most))
        if takes > most:
            raise TooSlow(f"its server did not answer within {most:g} seconds")
        link = "" if host == BLOG or host.startswith("spam") else f"<a href=https://{BLOG}/post>a post</a>"
        body = f"<html lang=en><title>A page</title><p>I read {link} today at {url}.".encode()
        return Fetched(url, 200, "text/html; charset=utf-8", body, whole=True, headers={})

    @staticmethod
    def address(host: str) -> str:
        """Return the address of a host's server: each host has its own."""
        number = crc32(host.encode()) % 2**24
        return f"93.{number >> 16}.{number >> 8 & 255}.{number & 255}"

    def note(self, seconds: float) -> None:
        """Add seconds to what this thread has waited for."""
        self._of_thread.seconds = getattr(self._of_thread, "seconds", 0.0) + seconds

    def waited(self) -> float:
        """Return what this thread has waited for since it was last asked."""
        seconds, self._of_thread.seconds = getattr(self._of_thread, "seconds", 0.0), 0.0
        return float(seconds)


@dataclass
class Call:
    """What a handler's call did: answer, outcomes by name, messages, and the seconds of each ping's check."""

    answer: Any
    outcomes: list[tuple[str, Mapping[str, Any]]]
    sent: list[Any]
    waits: dict[str, float]


@dataclass
class World:
    """The functions in one process, and what they have used."""

    apps: dict[str, Any]
    table: Table
    meter: Meter
    servers: Servers
    sent: list[Any] = field(default_factory=list)
    waits: dict[str, float] = field(default_factory=dict)

    def call(self, function: str, event: Mapping[str, Any], at: float) -> Call:
        """Call a handler at a simulated time."""
        clock.seconds = at
        self.sent.clear()
        self.waits.clear()
        with redirect_stdout(io.StringIO()) as out:
            answer = self.apps[function].handler(event, Context())
        lines = [json.loads(line) for line in out.getvalue().splitlines() if line.startswith('{"')]
        told = [
            (each["Name"], line) for line in lines if "_aws" in line
            for part in line["_aws"]["CloudWatchMetrics"] for each in part["Metrics"]
        ]  # fmt: skip
        return Call(answer, told, list(self.sent), dict(self.waits))

    def units(self) -> tuple[float, float]:
        """Return the write and read units so far."""
        return self.meter.writes, self.meter.reads

    def uncounted(self, key: str) -> dict[str, Any]:
        """Return a record without counting the units."""
        before = self.units()
        found = self.table.get(key)
        self.meter.writes, self.meter.reads = before
        return found

    def send(self, messages: Any) -> set[str]:
        """Take the messages of a function in place of SQS, which refuses none."""
        self.sent.extend(messages)
        return set()


@contextmanager
def world() -> Iterator[World]:
    """Start it."""
    with ExitStack() as stack:
        local = stack.enter_context(dynamodb_local())
        stack.enter_context(stand_in())
        os.environ.update(
            _environment(), AWS_ENDPOINT_URL_DYNAMODB=local, AWS_ENDPOINT_URL_DYNAMODB_STREAMS=local
        )
        table = Table("trackback")
        make_anew(table)
        meter = Meter("trackback")
        confirm("author@blog.example")
        made = World(_apps(), Table("trackback"), meter, Servers())
        _connect(made)
        yield made


def _environment() -> dict[str, str]:
    shared = {name: value for one in template.load().functions() for name, value in one.environment.items()}
    return shared | {
        "SITES": f"https://{BLOG}",
        "SENDER_KEY": "known to nobody else",
        "CHECKS_QUEUE": template.load().queue_url("Checks"),
        "POWERTOOLS_LOG_LEVEL": "CRITICAL",
        "POWERTOOLS_SERVICE_NAME": "flood",
    }


def _apps() -> dict[str, Any]:
    from importlib import import_module  # noqa: PLC0415 - they connect at import

    names = ("receive", "triage", "verify", "notify", "serve")
    return {name: import_module(f"functions.{name}.app") for name in names}


def _connect(made: World) -> None:
    """Give the functions the clock, the servers and the queue."""
    for name, module in list(sys.modules.items()):
        if name.startswith(("trackback", "functions.")) and getattr(module, "datetime", None) is datetime:
            vars(module)["datetime"] = SimulatedDatetime
    verify = made.apps["verify"]
    verify.verifier._fetcher = made.servers
    verify.fetcher = made.servers
    checked = verify.verifier.verify

    def check(ping: str, *args: Any, **more: Any) -> Any:
        made.servers.waited()
        try:
            return checked(ping, *args, **more)
        finally:
            made.waits[ping] = made.servers.waited()

    verify.verifier.verify = check
    keyring = made.apps["notify"].keys.load(clock.now())
    made.apps["notify"].keys.load = lambda _: keyring  # once: moto's SSM hangs now and then
    queue: Any = type("Queue", (), {"send": lambda _, messages: made.send(messages)})()
    made.apps["triage"].checks = queue
    verify.queue = lambda: queue
