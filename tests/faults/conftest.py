"""One service for all tests of a process: each test's world begins days after the one before."""

import socket
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.faults.clock import Clock
from tests.faults.functions import NAMES, Functions
from tests.faults.wire import Wire
from tests.faults.world import World
from tests.support import receivers
from trackback.storage.table import Table

MakeWorld = Callable[[], World]


@pytest.fixture(scope="session")
def patch() -> Iterator[pytest.MonkeyPatch]:
    with pytest.MonkeyPatch.context() as context:
        yield context


@pytest.fixture(scope="session")
def make_world(patch: pytest.MonkeyPatch) -> Iterator[MakeWorld]:
    """Make worlds, one after the other."""
    find = socket.getaddrinfo

    def find_here(host: Any, *args: Any, **options: Any) -> Any:
        return find("127.0.0.1" if str(host).endswith(".example") else host, *args, **options)

    patch.setattr(socket, "getaddrinfo", find_here)
    clock, wire, table = Clock(), Wire(), Table("trackback")
    with receivers.web("blog.example") as web:
        patch.setenv("SITES", web.url)
        patch.setenv("FETCH_LOOPBACK", "true")
        clock.install(patch)
        wire.install(patch)
        functions = Functions(clock)
        for name in NAMES:
            functions.start_anew(name)  # with the settings above
        yield lambda: World(clock, wire, functions, web, table)
