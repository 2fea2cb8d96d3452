"""The SAM command line: builds the functions and layers, and deploys the stack with CloudFormation."""

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
"""Maximum number of characters of an error that are shown unabridged."""

_DONE = re.compile(r"(CREATE|UPDATE)_COMPLETE ")
_RELEASE = re.compile(r"(?m)^(  Release:\n(?:    .*\n)*?    Default: )''$")


class SamFailed(TrackbackError):
    """SAM failed to build or deploy; it has printed why."""


def build(folder: Path) -> None:
    """Build template.yaml of a folder into `BUILD` in that folder.

    Raises:
        SamFailed: The build failed; the message ends with SAM's error.
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
    """Return SAM's last error, without the steps before it, and with a long middle cut out."""
    words = output[output.rfind("\nError: ") + 1 :].strip()
    return words if len(words) <= _LONG else f"{words[: _LONG // 2]} ... {words[-_LONG // 2 :]}"


def deploy(folder: Path, deployment: Deployment, parameters: Mapping[str, str]) -> bool:
    """Deploy the build. Returns whether that succeeded.

    SAM gets every setting, asks nothing and writes no file. Deploying the same again changes nothing.
    A terminal shows the number of finished resources, a pipeline all of SAM's output; `LOG` gets all of it.
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
    """Return SAM's last line of a deployment. It is the error, if SAM itself failed."""
    lines = (folder / LOG).read_text("utf-8").strip().splitlines()
    return lines[-1] if lines else "nothing"


def follow(lines: Iterable[str], log: TextIO) -> None:
    """Write SAM's output to a log, and show it while stdout has a reader."""
    show, is_heard = _counter() if sys.stdout.isatty() else _echo, True
    for line in lines:
        log.write(line)
        try:
            if is_heard:
                show(line)
        except BrokenPipeError:  # for example `head`: SAM must not be interrupted for that
            is_heard = False
    if is_heard and sys.stdout.isatty():
        print()


def _echo(line: str) -> None:
    print(line, end="", flush=True)


def _counter() -> Callable[[str], None]:
    """Return a function that shows the number of finished resources, from SAM's lines."""
    done = count(1)

    def show(line: str) -> None:
        if _DONE.match(line):
            print(f"\r  {next(done)} resources done ", end="", flush=True)

    return show


def overrides(parameters: Mapping[str, str]) -> Sequence[str]:
    """Return parameter values in SAM's format: quoted, because SAM splits at blanks.

    SAM knows escapes only for blanks and quotes, so JSON's escapes would arrive literally. A backslash cannot
    be
    written at all: `Parameter.problem` refuses it.
    """
    quoted = {name: value.replace('"', '\\"') for name, value in parameters.items()}
    return [f'ParameterKey={name},ParameterValue="{value}"' for name, value in quoted.items()]


def name_release(folder: Path, parameters: Mapping[str, str]) -> str:
    """Return a release name for a build: equal for equal code and settings, different otherwise.

    Lambda publishes a version for each name. SAM alone would publish none if only a setting changes. The name
    is
    also written into the built template, for transforms that do not know the parameters' values.

    Raises:
        SamFailed: The built template has no such parameter.
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
    """Return this process's environment. A build needs a region, although it calls no AWS service."""
    return {"AWS_DEFAULT_REGION": "us-east-1", **os.environ, "SAM_CLI_TELEMETRY": "0"}
