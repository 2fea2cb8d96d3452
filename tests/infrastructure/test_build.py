"""What `sam build` makes: the same files each time, no more than is needed, and bytecode where it can."""

import hashlib
import os
import re
import shutil
import subprocess
import sys
import sysconfig
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests import sam, template
from tests.template import ROOT

FUNCTIONS = [function.name for function in template.load().functions()]
RUNTIME = template.load().body["Globals"]["Function"]["Runtime"]

LAYER_BUDGET = 10_000_000
WITHOUT_BYTECODE = f"left the bytecode out, there is no {RUNTIME} here"
BUILD_TOOLS = ("make", "sh", "cp", "find", "rm", "tr")
IN_LAMBDA = """
import importlib.util, os, sys
import app, chardet, idna, multipart, wcwidth
assert app.__file__ == os.environ["TASK"] + "/app.py"
files = [module.__file__ for module in sys.modules.values() if getattr(module, "__file__", None)]
ours = [file for file in files if file.startswith((os.environ["TASK"], os.environ["OPT"]))]
assert any("aws_lambda_powertools" in file for file in ours)
print(*(file for file in ours if not os.path.exists(importlib.util.cache_from_source(file))))
"""


@dataclass(frozen=True)
class Build:
    """One run of `sam build`: where the artifacts are, and what it said."""

    folder: Path
    output: str

    @property
    def layer(self) -> Path:
        """The layer's packages."""
        return self.folder / "SharedLayer" / "python"

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


def build(folder: Path, **settings: str) -> Build:
    """Build into a folder of its own, knowing nothing of AWS but a region."""
    output = sam.run("build", "--no-cached", "--build-dir", folder / "build", **settings)
    return Build(folder / "build", output)


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Build:
    """A build with all that this machine has."""
    return build(tmp_path_factory.mktemp("first"), PIP=f"{sys.executable} -m pip")


@pytest.fixture(scope="module")
def second(tmp_path_factory: pytest.TempPathFactory) -> Build:
    """The same once more, elsewhere."""
    return build(tmp_path_factory.mktemp("second"), PIP=f"{sys.executable} -m pip")


@pytest.fixture(scope="module")
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


@pytest.fixture(scope="module")
def runtime() -> str | None:
    """The runtime's own interpreter, if this machine has one."""
    versions = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv") / "versions"
    minor = RUNTIME.removeprefix("python")
    candidates = [RUNTIME, *map(str, versions.glob(f"{minor}.*/bin/{RUNTIME}"))]
    return next((found for found in candidates if _runs(found)), None)


def test_two_builds_give_the_same_files(first: Build, second: Build) -> None:
    assert first.hashes() == second.hashes()


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_holds_its_own_files_only(first: Build, name: str) -> None:
    source = {file.name for file in (ROOT / "functions" / name).iterdir() if file.is_file()}
    built = {file.relative_to(first.function(name)) for file in first.function(name).rglob("*.*")}
    assert {str(file) for file in built if file.suffix != ".pyc"} == source
    assert {file.name.partition(".")[0] for file in built if file.suffix == ".pyc"} <= {"app"}


def test_the_layer_holds_our_package_as_it_is_in_the_repository(first: Build) -> None:
    source, built = ROOT / "layers" / "shared" / "trackback", first.layer / "trackback"
    assert {file.name for file in built.glob("*.*")} == {file.name for file in source.glob("*.*")}
    assert all(file.read_bytes() == (source / file.name).read_bytes() for file in built.glob("*.*"))


def test_the_layer_has_what_its_requirements_pin_and_nothing_else(first: Build) -> None:
    lines = (ROOT / "layers" / "shared" / "requirements.txt").read_text().lower().splitlines()
    pinned = {tuple(line.replace("-", "_").split("==")) for line in lines if line and line[0] != "#"}
    built = {tuple(folder.stem.lower().split("-")) for folder in first.layer.glob("*.dist-info")}
    assert built == pinned


@pytest.mark.parametrize(
    "unwanted",
    [
        r".*\.(so|pyd|dylib)",
        r"(.*/)?(boto3|botocore|s3transfer|bin|tests?)/.*",
        r".*\.(egg-info|dist-info)/(RECORD|INSTALLER|REQUESTED|direct_url\.json)",
        r".*\.egg-info.*",
        rf".*__pycache__/(?!.*\.{RUNTIME.replace('python', 'cpython-').replace('3.', '3')}\.pyc$).*",
    ],
    ids=[
        "native code",
        "what the runtime has, scripts, tests",
        "pip's notes",
        "setuptools' notes",
        "foreign",
    ],
)
def test_nothing_is_in_an_artifact_that_does_not_belong_there(first: Build, unwanted: str) -> None:
    assert [file for file in first.hashes() if re.fullmatch(unwanted, file)] == []


def test_the_layer_keeps_within_its_budget(first: Build) -> None:
    sizes = {file: file.stat().st_size for file in first.layer.rglob("*") if file.is_file()}
    source = sum(size for file, size in sizes.items() if file.suffix != ".pyc")
    print(f"layer: {sum(sizes.values()):,} bytes, {source:,} without bytecode")
    assert sum(sizes.values()) <= LAYER_BUDGET


def test_the_makefiles_compile_for_the_runtime_of_the_template() -> None:
    for makefile in (ROOT / "functions" / "Makefile", ROOT / "layers" / "Makefile"):
        assert f"\nRUNTIME := {RUNTIME}\n" in makefile.read_text()


def test_without_the_runtimes_interpreter_a_build_says_that_it_leaves_the_bytecode_out(
    first: Build, modest: Build
) -> None:
    assert modest.output.count(WITHOUT_BYTECODE) == len(FUNCTIONS) + 1
    assert modest.hashes() == first.hashes(bytecode=False)


def test_with_the_runtimes_interpreter_every_module_that_a_function_loads_is_compiled(
    first: Build, runtime: str | None
) -> None:
    if runtime is None:
        assert WITHOUT_BYTECODE in first.output
        assert not list(first.folder.rglob("*.pyc"))
        return
    assert WITHOUT_BYTECODE not in first.output
    for name in FUNCTIONS:
        assert _run(runtime, first, name, IN_LAMBDA).split() == []


def test_bytecode_is_used_whatever_becomes_of_the_sources_time_and_names_lambdas_paths(
    first: Build, runtime: str | None, tmp_path: Path
) -> None:
    compiled = list(first.folder.rglob("*.pyc"))
    assert bool(compiled) is bool(runtime)
    assert {file.read_bytes()[4:8] for file in compiled} <= {b"\x01\0\0\0"}  # PEP 552: hash, unchecked
    assert [file for file in compiled if str(first.folder).encode() in file.read_bytes()] == []
    if runtime:
        shutil.copytree(first.layer / "trackback", tmp_path / "trackback")
        (tmp_path / "trackback" / "errors.py").write_text("raise SystemExit('compiled again')")
        subprocess.run([runtime, "-c", "import trackback.errors"], cwd=tmp_path, check=True)


def _runs(interpreter: str) -> bool:
    """Tell whether it is more than a shim of pyenv that leads nowhere."""
    try:
        return not subprocess.run([interpreter, "-c", ""], capture_output=True, check=False).returncode
    except FileNotFoundError:
        return False


def _run(runtime: str, build: Build, name: str, code: str) -> str:
    """Run code where Lambda would: the function's folder, the layer, and boto3, which the runtime brings."""
    path = [build.function(name), build.layer, sysconfig.get_path("purelib")]
    environment = {
        **os.environ,
        "OPT": str(build.layer),
        "TASK": str(build.function(name)),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONPATH": os.pathsep.join(map(str, path)),
    }
    done = subprocess.run([runtime, "-c", code], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout
