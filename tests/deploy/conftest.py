"""Builds, a stack deployed to an emulator, an owner, and the runtime's interpreter, for the tests here."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.deploy import emulator
from tests.deploy.builds import MINOR, RUNTIME, Build, build
from tests.deploy.emulator import Stack
from tests.deploy.owner import Owner, check_out

BUILD_TOOLS = ("make", "sh", "cp", "find", "rm", "tr")


@pytest.fixture(scope="session")
def first(tmp_path_factory: pytest.TempPathFactory) -> Build:
    """A build with all that this machine has."""
    return build(tmp_path_factory.mktemp("first"), PIP=f"{sys.executable} -m pip")


@pytest.fixture(scope="session")
def second(tmp_path_factory: pytest.TempPathFactory) -> Build:
    """The same once more, elsewhere."""
    return build(tmp_path_factory.mktemp("second"), PIP=f"{sys.executable} -m pip")


@pytest.fixture(scope="session")
def modest(tmp_path_factory: pytest.TempPathFactory) -> Build:
    """A build where nothing is on the PATH but what it needs, with one Python that is not the runtime."""
    folder = tmp_path_factory.mktemp("modest")
    tools = folder / "bin"
    tools.mkdir()
    for tool in BUILD_TOOLS:
        (tools / tool).symlink_to(shutil.which(tool) or tool)
    (tools / "python3").write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    (tools / "python3").chmod(0o755)
    return build(folder, PATH=str(tools), PYENV_ROOT=str(folder))


@pytest.fixture(scope="session")
def runtime() -> str | None:
    """The runtime's own interpreter, if this machine has one."""
    versions = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv") / "versions"
    candidates = [RUNTIME, *map(str, versions.glob(f"{MINOR}.*/bin/{RUNTIME}"))]
    return next((found for found in candidates if _runs(found)), None)


@pytest.fixture(scope="session")
def at_home(tmp_path_factory: pytest.TempPathFactory) -> Build:
    """The native layer, for the runtime on the architecture of this machine."""
    wheels = f"--implementation cp --python-version {MINOR}"
    folder = tmp_path_factory.mktemp("at_home")
    return build(folder, "HtmlLayer", PIP=f"{sys.executable} -m pip", NATIVE=wheels)


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The template of a build, for the emulator."""
    return emulator.build(tmp_path_factory.mktemp("build"))


@pytest.fixture(scope="session")
def stack(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The built stack, deployed as an author deploys it."""
    with emulator.emulator(tmp_path_factory.mktemp("emulator")) as environment:
        yield emulator.deploy(built, environment, Sites="blog.example", AuthorEmail="author@blog.example")


@pytest.fixture
def owner(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Owner]:
    """An owner with a new checkout and an account with nothing in it."""
    with emulator.emulator(tmp_path_factory.mktemp("emulator")) as environment:
        yield check_out(tmp_path / "my blog", environment)  # a blank in the path must do no harm


def _runs(interpreter: str) -> bool:
    """Tell whether it is more than a shim of pyenv that leads nowhere."""
    try:
        return not subprocess.run([interpreter, "-c", ""], capture_output=True, check=False).returncode
    except FileNotFoundError:
        return False
