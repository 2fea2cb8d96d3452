"""A stand-in for AWS that thinks nothing: a ready answer for each operation on each kind of record.

It is a process of its own, so that its work counts for nobody's; `python -m tests.benchmarks.stand_in`
prints its port.
"""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from statistics import median
from typing import Any

from tests.benchmarks import samples
from tests.support import template
from trackback.signing import Keyring
from trackback.storage.moderation_queue import PAGE as QUEUE_PAGE

KEYRING = Keyring("k" * 43)
WAITING = samples.ping(0).id
_HELD = [samples.held(samples.ping(number)) for number in range(QUEUE_PAGE + 1)]
_MAIL = {"mail": {"S": "2026-11-25T06:11:00.000Z"}, "sending": {"SS": [WAITING]}, "unnamed": {"N": "0"}}
_API = next(one.environment["API_URL"] for one in template.load().functions() if one.name == "notify")
_KEYS = {"keys": [{"key": KEYRING.newest, "made_at": "2026-11-25T06:11:00.000Z"}]}
ANSWERS: dict[str, Any] = {
    "PutItem": {},
    "Query": {"Count": len(samples.page()), "Items": samples.page()},
    "Query by_status": {
        "Count": len(_HELD),
        "Items": [{name: item[name] for name in ("id", "status", "received_at")} for item in _HELD],
    },
    "Query by_due": {"Count": 0, "Items": []},
    "GetItem": {},
    "GetItem settings#": {"Item": {"api": {"S": _API}}},  # noted long ago
    "GetItem mail#": {"Item": {"waiting": {"SS": [WAITING]}}},
    "UpdateItem": {"Attributes": {}},
    "UpdateItem mail#": {"Attributes": {**_MAIL, "attempts": {"N": "1"}}},
    "BatchGetItem": {"Responses": {"trackback": _HELD}, "UnprocessedKeys": {}},
    "BatchGetItem one": {"Responses": {"trackback": _HELD[:1]}, "UnprocessedKeys": {}},
    "GetParameter akismet-key": {"Parameter": {"Value": ""}},
    "GetParameter": {"Parameter": {"Value": json.dumps(_KEYS)}},
    "SendEmail": {"MessageId": "1"},
    "SendMessageBatch": {"Successful": [], "Failed": []},
}
_BODIES = {name: json.dumps(answer).encode() for name, answer in ANSWERS.items()}


def _wanted(operation: str, body: bytes) -> str:
    """Return the name of the answer to a request."""
    asked = json.loads(body or b"{}")
    record = asked.get("Key", {}).get("id", {}).get("S", "")
    kind = asked.get("IndexName") or record or asked.get("Name", "").rpartition("/")[2]
    keys = asked.get("RequestItems", {}).get("trackback", {}).get("Keys", ())
    special = "one" if len(keys) == 1 else kind
    named = f"{operation} {special}"
    return named if named in _BODIES else operation


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1  # head and body in one packet

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        operation = (self.headers["X-Amz-Target"] or ".SendEmail").partition(".")[2]
        answer = _BODIES[_wanted(operation, body if operation != "SendEmail" else b"")]
        self.send_response(200)
        self.send_header("Content-Type", "application/x-amz-json-1.0")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def aws_stand_in() -> Iterator[str]:
    """Run it in a process of its own; the value is its endpoint's URL."""
    command = [sys.executable, "-m", __spec__.name]
    process = subprocess.Popen(command, cwd=template.ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout
    try:
        yield f"http://127.0.0.1:{process.stdout.readline().strip()}"
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def latency(url: str, operation: str, times: int = 300) -> float:
    """Return the median of the milliseconds in which it answers."""
    connection = HTTPConnection(url.removeprefix("http://"))
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        connection.request("POST", "/", b"{}", {"X-Amz-Target": f"DynamoDB_20120810.{operation}"})
        connection.getresponse().read()
        taken.append((time.perf_counter() - start) * 1000)
    connection.close()
    return median(taken)


def main() -> None:
    """Answer until killed."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Handler) as server:
        print(server.server_port, flush=True)
        server.serve_forever()


if __name__ == "__main__":
    main()
