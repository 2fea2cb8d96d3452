"""Runs of `sam build`, each into a folder of its own."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from tests.support import sam, template

FUNCTIONS = [function.name for function in template.load().functions()]
LAYERS = ["shared", "html", "pages"]
RUNTIME: str = template.load().body["Globals"]["Function"]["Runtime"]
MINOR = RUNTIME.removeprefix("python")
TAG = f"cpython-{MINOR.replace('.', '')}"


@dataclass(frozen=True)
class Build:
    """One run of `sam build`: where the artifacts are, and what it said."""

    folder: Path
    output: str

    def layer(self, name: str) -> Path:
        """A layer's packages."""
        return self.folder / f"{name.capitalize()}Layer" / "python"

    def function(self, name: str) -> Path:
        """A function's code."""
        return self.folder / f"{name.capitalize()}Function"

    def hashes(self, *, bytecode: bool = True) -> dict[str, str]:
        """Return the hash of every file, by its path."""
        return {
            str(file.relative_to(self.folder)): hashlib.sha256(file.read_bytes()).hexdigest()
            for file in self.folder.rglob("*")
            if file.is_file() and (bytecode or file.suffix != ".pyc")
        }


def build(folder: Path, *only: str, **settings: str) -> Build:
    """Build all, or one resource, into a folder of its own, knowing nothing of AWS but a region."""
    output = sam.run("build", *only, "--no-cached", "--build-dir", folder / "build", **settings)
    return Build(folder / "build", output)
