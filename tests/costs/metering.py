"""A proxy before DynamoDB Local that counts the capacity units of all that passes."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

_COUNTED = {
    "PutItem": "writes",
    "UpdateItem": "writes",
    "DeleteItem": "writes",
    "TransactWriteItems": "writes",
    "GetItem": "reads",
    "BatchGetItem": "reads",
    "Query": "reads",
}


class MeteringProxy(ThreadingHTTPServer):
    """Passes requests on; `units` holds what they have consumed since it was last taken."""

    daemon_threads = True

    def __init__(self, target: str) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.target = target
        self._lock = threading.Lock()
        self._units = {"writes": 0.0, "reads": 0.0, "calls": 0.0}

    def count(self, operation: str, answer: dict[str, Any]) -> None:
        """Add what one call has consumed."""
        found = answer.get("ConsumedCapacity", {})
        used = sum(one["CapacityUnits"] for one in (found if isinstance(found, list) else [found]) if one)
        with self._lock:
            self._units["calls"] += 1
            self._units[_COUNTED[operation]] += used

    def take(self) -> dict[str, float]:
        """Return the units since the last call of this, and begin again at nought."""
        with self._lock:
            taken, self._units = self._units, dict.fromkeys(self._units, 0.0)
        return taken


class _Handler(BaseHTTPRequestHandler):
    server: MeteringProxy
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1  # head and body in one packet

    def do_POST(self) -> None:
        operation = self.headers["X-Amz-Target"].partition(".")[2]
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if operation in _COUNTED:
            asked["ReturnConsumedCapacity"] = "TOTAL"
        upstream = HTTPConnection(self.server.target.removeprefix("http://"))
        names = ("X-Amz-Target", "Content-Type", "Authorization", "X-Amz-Date")
        headers = {name: self.headers[name] for name in names if self.headers[name]}
        upstream.request("POST", "/", json.dumps(asked), headers)
        answer = upstream.getresponse()
        body = answer.read()
        upstream.close()
        if operation in _COUNTED and answer.status == 200:
            self.server.count(operation, json.loads(body))
        self.send_response(answer.status)
        self.send_header("Content-Type", "application/x-amz-json-1.0")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def metering(target: str) -> Iterator[tuple[str, MeteringProxy]]:
    """Run a proxy before an endpoint; the value is its URL and itself."""
    with MeteringProxy(target) as proxy:
        threading.Thread(target=proxy.serve_forever, args=[0.05], daemon=True).start()
        yield f"http://127.0.0.1:{proxy.server_port}", proxy
        proxy.shutdown()
