"""Fuzzes one parser with atheris, and notes its costliest inputs and every error that it does not declare."""

import json
import sys
import time
import traceback
from pathlib import Path
from typing import Any

import atheris

with atheris.instrument_imports(include=["trackback", "feedparser", "multipart", "idna"]):
    from tests.fuzz.parsers import PARSERS

from tests.fuzz.documents import document

WORST = 40
SHORTEST = 8_000
"""Bytes of a document whose cost is noted: on short ones, the first import counts for more than the bytes."""
EVERY = 50


class Record:
    """What was tried on one parser; written to a file now and then, since atheris ends without a word."""

    def __init__(self, name: str, folder: Path) -> None:
        self.file = folder / f"{name}.json"
        said: dict[str, Any] = json.loads(self.file.read_text()) if self.file.exists() else {}
        self.inputs: int = said.get("inputs", 0)
        self.errors: dict[str, str] = said.get("errors", {})
        self.worst: list[tuple[float, str]] = [(cost, data) for cost, data in said.get("worst", ())]

    def note(self, seconds: float, length: int, data: bytes) -> None:
        """Count an input, and note what it took if it is long enough to tell."""
        self.inputs += 1
        cost = seconds / length * 1e6 if length >= SHORTEST else 0.0
        if cost and (len(self.worst) < WORST or cost > self.worst[-1][0]):
            self.worst = sorted([*self.worst, (cost, data.hex())], reverse=True)[:WORST]
        if self.inputs % EVERY == 0:
            self.write()

    def fail(self, error: Exception, data: bytes) -> None:
        """Note an error that is not declared, one for each place in the code."""
        place = traceback.extract_tb(error.__traceback__)[-1]
        self.errors.setdefault(f"{type(error).__name__} {place.filename}:{place.lineno}", data.hex())
        self.write()

    def write(self) -> None:
        """Write the file."""
        self.file.write_text(json.dumps({"inputs": self.inputs, "errors": self.errors, "worst": self.worst}))


def main() -> None:
    """Fuzz a parser for some seconds."""
    name, seconds, folder = sys.argv[1], int(sys.argv[2]), Path(sys.argv[3])
    corpus = folder / name
    corpus.mkdir(parents=True, exist_ok=True)
    parser, record = PARSERS[name], Record(name, folder)

    def try_one(data: bytes) -> None:
        body, kind = document(data, parser.kinds, 16_000)
        start = time.process_time()
        try:
            parser.parse(body, kind)
        except parser.errors:
            pass
        except Exception as error:  # noqa: BLE001 - what it looks for
            record.fail(error, data)
        record.note(time.process_time() - start, len(body), data)

    options = [
        f"-max_total_time={seconds}",
        "-max_len=400",
        "-len_control=20",
        "-timeout=60",
        "-rss_limit_mb=1500",
    ]
    atheris.Setup([sys.argv[0], *options, str(corpus)], try_one)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
