"""The embed's files that `serve` delivers, with their names and cache lifetimes."""

import base64
import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

SCRIPT = "embed.js"
PARTS = ("count.js", "ping.js", "words.js")

LONG = "public, max-age=86400, stale-while-revalidate=604800"
FOR_GOOD = "public, max-age=31536000, immutable"
SHORT = "public, max-age=60"

_VERSIONED = re.compile(r"embed\.[0-9a-f]{16}\.js")


@dataclass(frozen=True, slots=True)
class File:
    """A module's text, and its `Cache-Control`."""

    text: str
    cache: str


class Embed:
    """The embed, and the parts that it loads on demand.

    Attributes:
        version: 16 hexadecimal digits that change with the embed.
        versioned: The embed's versioned file name, `embed.<version>.js`.
        integrity: The embed's hash for a script tag's `integrity` (Subresource Integrity).
    """

    def __init__(self, folder: Path) -> None:
        """Read the files from a folder."""
        names = {SCRIPT: SCRIPT} | {f"embed/{part}": part for part in PARTS}
        self._texts = {path: (folder / name).read_text("utf-8") for path, name in names.items()}
        content = self._texts[SCRIPT].encode()
        self.version = hashlib.sha256(content).hexdigest()[:16]
        self.versioned = f"embed.{self.version}.js"
        self.integrity = f"sha384-{base64.b64encode(hashlib.sha384(content).digest()).decode()}"

    def find(self, path: str) -> File | None:
        """Return the file at a path of the API, or None.

        An old version's path returns the current embed, so a pinned tag survives an upgrade. If the tag also
        pins
        the hash, the browser refuses the new embed and the fallback stays.
        """
        name = path.removeprefix("/")
        if _VERSIONED.fullmatch(name):
            return File(self._texts[SCRIPT], FOR_GOOD if name == self.versioned else SHORT)
        text = self._texts.get(name)
        return File(text, LONG) if text is not None else None
