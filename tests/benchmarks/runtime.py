"""A function's process under AWS's own runtime client, with a small Runtime API to feed it events.

The process asks for its next event when it has nothing else to do: that is when its CPU time is read, as the
kernel counts it, all threads together. What this side does costs it nothing.
"""

import ctypes
import json
import os
import queue
import re
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import IO, Any

PATIENCE = 30
"""Seconds that a function may take for anything."""

_libc = ctypes.CDLL(None)


@dataclass(frozen=True)
class Function:
    """What to run: a folder's module with a `handler`, folders to import from, and the settings."""

    folder: Path
    module: str
    layers: Sequence[Path]
    settings: Mapping[str, str]


class _RuntimeApi(ThreadingHTTPServer):
    """The Runtime API for one process: what it says goes into one queue, its events come from another."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.said: queue.Queue[tuple[str, bytes]] = queue.Queue()
        self.events: queue.Queue[bytes] = queue.Queue()


class _Handler(BaseHTTPRequestHandler):
    server: _RuntimeApi
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1  # head and body in one packet

    def do_GET(self) -> None:
        self.server.said.put(("next", b""))
        event = self.server.events.get()
        self.send_response(200)
        self.send_header("Lambda-Runtime-Aws-Request-Id", "8476a536-e9f4-11e8-9739-2dfe598c3fcd")
        self.send_header("Lambda-Runtime-Deadline-Ms", str(int(time.time() * 1000) + 10_000))
        self.send_header("Lambda-Runtime-Invoked-Function-Arn", "arn:aws:lambda:us-east-1:0:function:f")
        self._send(event)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(202)
        self._send(b"")
        self.server.said.put((self.path.rsplit("/", 1)[1], body))

    def _send(self, body: bytes) -> None:
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class Process:
    """A running function that waits for an event."""

    def __init__(self, pid: int, api: _RuntimeApi) -> None:
        """Wait until it has started."""
        self._pid = pid
        self._api = api
        self._hear("next")
        self.init_ms = self._cpu_ms()

    def invoke(self, event: Mapping[str, Any]) -> tuple[Any, float]:
        """Return the handler's answer, and the CPU milliseconds from one wait to the next."""
        before = self._cpu_ms()
        self._api.events.put(json.dumps(event).encode())
        answer = self._hear("response")
        self._hear("next")
        return json.loads(answer), self._cpu_ms() - before

    def peak_mb(self) -> float:
        """Return the most memory that it has held at once."""
        status = Path(f"/proc/{self._pid}/status").read_text()
        found = re.search(r"VmHWM:\s+(\d+) kB", status)
        assert found
        return int(found[1]) / 1024

    def _hear(self, expected: str) -> bytes:
        said, body = self._api.said.get(timeout=PATIENCE)
        if said != expected:
            raise RuntimeError(f"{said} instead of {expected}: {body.decode()}")
        return body

    def _cpu_ms(self) -> float:
        clock = ctypes.c_int()
        if _libc.clock_getcpuclockid(self._pid, ctypes.byref(clock)):
            raise ProcessLookupError("the function's process has ended")
        return time.clock_gettime_ns(clock.value) / 1e6


@contextmanager
def started(function: Function, python: Path, log: IO[bytes] | None = None) -> Iterator[Process]:
    """Start a function as Lambda does, its folder first on the path and nothing of ours behind it."""
    with _RuntimeApi() as api:
        threading.Thread(target=api.serve_forever, args=[0.05], daemon=True).start()
        settings = {
            "AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{api.server_port}",
            "AWS_LAMBDA_FUNCTION_NAME": function.module,
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "512",
            "AWS_LAMBDA_LOG_FORMAT": "JSON",
            "LAMBDA_TASK_ROOT": str(function.folder),
            "PYTHONPATH": os.pathsep.join(map(str, [function.folder, *function.layers])),
            "PYTHONDONTWRITEBYTECODE": "1",
            "AWS_REGION": "us-east-1",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_SESSION_TOKEN": "test",
            "PATH": os.defpath,
            "HOME": str(function.folder),
        }
        process = subprocess.Popen(
            [python, "-m", "awslambdaric", f"{function.module}.handler"],
            cwd=function.folder,
            env=settings | dict(function.settings),
            stdout=log or subprocess.DEVNULL,
        )
        try:
            yield Process(process.pid, api)
        finally:
            process.kill()
            process.wait()
            api.shutdown()
