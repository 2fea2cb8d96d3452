"""The bytecode in a build: there where it can be, used, and named as in Lambda."""

import os
import shutil
import subprocess
import sysconfig
from pathlib import Path

from tests.deploy.builds import FUNCTIONS, LAYERS, RUNTIME, Build

WITHOUT_BYTECODE = f"left the bytecode out, there is no {RUNTIME} here"
IN_LAMBDA = """
import importlib.util, os, sys
import app, chardet, idna, multipart, wcwidth
assert app.__file__ == os.environ["TASK"] + "/app.py"
files = [module.__file__ for module in sys.modules.values() if getattr(module, "__file__", None)]
ours = [file for file in files if file.startswith((os.environ["TASK"], *os.environ["OPT"].split(":")))]
assert any("aws_lambda_powertools" in file for file in ours)
sources = [file for file in ours if file.endswith(".py")]
print(*(file for file in sources if not os.path.exists(importlib.util.cache_from_source(file))))
"""


def test_without_the_runtimes_interpreter_a_build_says_that_it_leaves_the_bytecode_out(
    first: Build, modest: Build
) -> None:
    assert modest.output.count(WITHOUT_BYTECODE) == len(FUNCTIONS) + len(LAYERS)
    assert modest.hashes() == first.hashes(bytecode=False)


def test_with_the_runtimes_interpreter_every_module_that_a_function_loads_is_compiled(
    first: Build, at_home: Build, runtime: str | None
) -> None:
    if runtime is None:
        assert WITHOUT_BYTECODE in first.output
        assert not list(first.folder.rglob("*.pyc"))
        return
    assert WITHOUT_BYTECODE not in first.output
    for name in FUNCTIONS:
        layers = [first.layer("shared"), first.layer("pages"), at_home.layer("html")]
        assert _run(runtime, first.function(name), layers, IN_LAMBDA).split() == []


def test_bytecode_is_used_whatever_becomes_of_the_sources_time_and_names_lambdas_paths(
    first: Build, runtime: str | None, tmp_path: Path
) -> None:
    compiled = list(first.folder.rglob("*.pyc"))
    assert bool(compiled) is bool(runtime)
    assert {file.read_bytes()[4:8] for file in compiled} <= {b"\x01\0\0\0"}  # PEP 552: hash, unchecked
    assert [file for file in compiled if str(first.folder).encode() in file.read_bytes()] == []
    if runtime:
        shutil.copytree(first.layer("shared") / "trackback", tmp_path / "trackback")
        (tmp_path / "trackback" / "errors.py").write_text("raise SystemExit('compiled again')")
        subprocess.run([runtime, "-c", "import trackback.errors"], cwd=tmp_path, check=True)


def _run(runtime: str, function: Path, layers: list[Path], code: str) -> str:
    """Run code where Lambda would: the function's folder, its layers, and boto3, which the runtime brings."""
    path = [function, *layers, sysconfig.get_path("purelib")]
    environment = {
        **os.environ,
        "OPT": os.pathsep.join(map(str, layers)),
        "TASK": str(function),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONPATH": os.pathsep.join(map(str, path)),
    }
    done = subprocess.run([runtime, "-c", code], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout
