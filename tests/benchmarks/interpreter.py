"""The interpreter that functions are measured on: the runtime's own minor version where it is at hand."""

import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.support import template

VENV = template.ROOT / ".venv" / "tools" / "bench"
RUNTIME_CLIENT = "awslambdaric==4.2.2"


@dataclass(frozen=True)
class Interpreter:
    """A Python with the runtime client and Lambda's boto3, apart from all that the project installs."""

    path: Path
    version: str

    def compile(self, *folders: Path) -> None:
        """Give files their bytecode, as deep down as there are any, unless the build has brought it."""
        tag = f"cpython-{self.version.replace('.', '')}"
        for folder in folders:
            if not any(folder.rglob(f"*.{tag}.pyc")):
                options = ["-m", "compileall", "-q", "--invalidation-mode", "unchecked-hash"]
                subprocess.run([self.path, *options, folder], check=True)


def prepare() -> Interpreter:
    """Return the interpreter, installing into it what it lacks."""
    base, version = _find()
    path = VENV / "bin" / "python"
    packages = [RUNTIME_CLIENT, _boto3()]
    if not _runs(path, version) or _installed(path) != packages:
        print(f"installing {RUNTIME_CLIENT} and boto3 for Python {version} …", file=sys.stderr)
        subprocess.run([base, "-m", "venv", "--clear", VENV], check=True)
        subprocess.run([path, "-m", "pip", "install", "--quiet", *packages], check=True)
    return Interpreter(path, version)


def runtime_version() -> str:
    """Return the minor version of the template's runtime, such as 3.13."""
    runtime: str = template.load().body["Globals"]["Function"]["Runtime"]
    return runtime.removeprefix("python")


def _find() -> tuple[Path, str]:
    version = runtime_version()
    found = shutil.which(f"python{version}")
    pyenv = sorted(Path.home().glob(f".pyenv/versions/{version}.*/bin/python"))
    for path in [*([Path(found)] if found else []), *pyenv]:
        if _runs(path, version):  # a pyenv shim may stand on the PATH and yet not run
            return path, version
    return Path(sys.executable), f"{sys.version_info.major}.{sys.version_info.minor}"


def _runs(path: Path, version: str) -> bool:
    code = "import sys; print('%d.%d' % sys.version_info[:2])"
    try:
        found = subprocess.run([path, "-c", code], capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return False
    return found.stdout.strip() == version


def _boto3() -> str:
    """Return the one requirement that stands for what Lambda's runtime brings."""
    requirements = (template.ROOT / "requirements.txt").read_text().splitlines()
    return next(line for line in requirements if line.startswith("boto3=="))


def _installed(path: Path) -> list[str]:
    command = [str(path), "-m", "pip", "freeze", "--quiet"]
    found = subprocess.run(command, capture_output=True, text=True, check=False).stdout.splitlines()
    return sorted(line for line in found if line.startswith(("boto3==", "awslambdaric==")))
