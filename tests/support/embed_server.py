"""`serve` behind the gateway in this process, for tests that need no other function."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from functions.serve import app
from tests.stack.gateway import Gateway
from tests.stack.servers import serving
from tests.support import template
from tests.support.events import Context


class Serve:
    """The function as the gateway calls it. Powertools takes one request at a time."""

    function = next(one for one in template.load().functions() if one.name == "serve")
    _lock = threading.Lock()

    def invoke(self, event: dict[str, Any]) -> dict[str, Any]:
        with self._lock:
            return app.handler(event, Context())  # type: ignore[arg-type]


@contextmanager
def served() -> Iterator[str]:
    """Serve on a free port, and yield the API's address."""
    with serving(Gateway(template.load(), [Serve()])) as server:  # type: ignore[list-item]
        yield f"http://127.0.0.1:{server.port}"
