"""The SAM command line: builds the functions and layers, and hands the stack to CloudFormation."""

import hashlib
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import count
from pathlib import Path
from typing import TextIO

from trackback.cli.deploy.settings_file import Deployment
from trackback.errors import TrackbackError

BUILD = Path(".aws-sam/build")
LOG = Path(".aws-sam/deploy.log")
_LONG = 1_000
"""Characters of an error that are shown whole."""

_DONE = re.compile(r"(CREATE|UPDATE)_COMPLETE ")
_RELEASE = re.compile(r"(?m)^(  Release:\n(?:    .*\n)*?    Default: )''$")


class SamFailed(TrackbackError):
    """SAM did not build or deploy; it has printed why."""


def build(folder: Path) -> None:
    """Build what template.yaml in a folder names into `BUILD` there.

    Raises:
        SamFailed: with the end of what SAM printed.
    """
    try:
        done = subprocess.run(
            [_sam(), "build", "--build-dir", str(BUILD)],
            check=False,
            cwd=folder,
            env=_environment(),
            capture_output=True,
            text=True,
            errors="replace",
        )
    except OSError as error:
        raise SamFailed(
            f"SAM cannot be run ({_sam()}: {error.strerror}). Use `make deploy`, which installs it."
        ) from error
    if done.returncode:
        raise SamFailed(f"the build failed: {error_in(done.stderr or done.stdout)}")


def error_in(output: str) -> str:
    """Return the error that SAM prints last, without the steps before it, and without a long middle."""
    words = output[output.rfind("\nError: ") + 1 :].strip()
    return words if len(words) <= _LONG else f"{words[: _LONG // 2]} ... {words[-_LONG // 2 :]}"


def deploy(folder: Path, deployment: Deployment, parameters: Mapping[str, str]) -> bool:
    """Deploy what was built; return whether that succeeded.

    SAM is given every setting, asks nothing and writes no file. The same once more changes nothing.
    A terminal sees how many resources are done, a pipeline all that SAM prints; both have it in `LOG`.
    """
    command = [
        *(_sam(), "deploy", "--template-file", str(BUILD / "template.yaml")),
        *("--stack-name", deployment.stack, "--region", deployment.region, "--resolve-s3"),
        *("--capabilities", "CAPABILITY_IAM", "--no-confirm-changeset", "--no-fail-on-empty-changeset"),
        *("--parameter-overrides", *overrides(parameters)),
    ]
    with (
        (folder / LOG).open("w", encoding="utf-8") as log,
        subprocess.Popen(
            command,
            cwd=folder,
            env=_environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        ) as process,
    ):
        follow(process.stdout or (), log)
    return process.returncode == 0


def last_words(folder: Path) -> str:
    """Return the last line that SAM printed in a deployment: its error, where it found one itself."""
    lines = (folder / LOG).read_text("utf-8").strip().splitlines()
    return lines[-1] if lines else "nothing"


def follow(lines: Iterable[str], log: TextIO) -> None:
    """Write what SAM prints into a log, and show it while there is a reader."""
    show, is_heard = _counter() if sys.stdout.isatty() else _echo, True
    for line in lines:
        log.write(line)
        try:
            if is_heard:
                show(line)
        except BrokenPipeError:  # such as `head`: SAM must not be cut off in the middle for that
            is_heard = False
    if is_heard and sys.stdout.isatty():
        print()


def _echo(line: str) -> None:
    print(line, end="", flush=True)


def _counter() -> Callable[[str], None]:
    """Return what shows how many resources are done, line after line."""
    done = count(1)

    def show(line: str) -> None:
        if _DONE.match(line):
            print(f"\r  {next(done)} resources done ", end="", flush=True)

    return show


def overrides(parameters: Mapping[str, str]) -> Sequence[str]:
    """Return values as SAM takes them: in quotes, since it splits at blanks.

    It knows no escape but those of blanks and quotes, so JSON's would arrive as they are written. A backslash
    cannot be written at all: `Parameter.problem` refuses it.
    """
    quoted = {name: value.replace('"', '\\"') for name, value in parameters.items()}
    return [f'ParameterKey={name},ParameterValue="{value}"' for name, value in quoted.items()]


def name_release(folder: Path, parameters: Mapping[str, str]) -> str:
    """Return a name for what is deployed: the same for the same code and settings, another for any other.

    Lambda publishes a version for each name. SAM alone would publish none when only a setting changes. The
    name is written into the built template as well, for what transforms it without the parameters' values.

    Raises:
        SamFailed: the built template has no such parameter.
    """
    template = folder / BUILD / "template.yaml"
    name = _hash(folder, parameters)
    named, count = _RELEASE.subn(rf"\g<1>{name}", template.read_text("utf-8"))
    if count != 1:
        raise SamFailed("the built template has no parameter Release with an empty default")
    template.write_text(named, "utf-8")
    return name


def _hash(folder: Path, parameters: Mapping[str, str]) -> str:
    digest = hashlib.sha256(json.dumps(parameters, sort_keys=True).encode())
    for file in sorted((folder / BUILD).rglob("*")):
        if file.is_file():
            digest.update(str(file.relative_to(folder)).encode() + b"\0")
            digest.update(hashlib.sha256(file.read_bytes()).digest())
    return f"r{digest.hexdigest()[:20]}"


def _sam() -> str:
    return os.environ.get("SAM", "sam")


def _environment() -> dict[str, str]:
    """Return this process's environment; a build needs a region, though it asks nothing of AWS."""
    return {"AWS_DEFAULT_REGION": "us-east-1", **os.environ, "SAM_CLI_TELEMETRY": "0"}
