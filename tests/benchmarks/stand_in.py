"""A stand-in for DynamoDB that thinks nothing: one ready answer for each operation.

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

from tests import template
from tests.benchmarks import samples

ANSWERS = {
    "PutItem": b"{}",
    "Query": json.dumps({"Count": len(samples.page()), "Items": samples.page()}).encode(),
}


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1  # head and body in one packet

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        answer = ANSWERS[self.headers["X-Amz-Target"].partition(".")[2]]
        self.send_response(200)
        self.send_header("Content-Type", "application/x-amz-json-1.0")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def dynamodb_stand_in() -> Iterator[str]:
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
