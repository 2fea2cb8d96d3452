"""An owner with a checkout and a terminal, who deploys to an emulator of AWS."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import pexpect

from tests.deploy.emulator import TOOLS
from tests.support import sam
from tests.support.template import ROOT

TRACKBACK = ROOT / ".venv" / "bin" / "trackback"
PATIENCE = 300
"""Seconds that a deployment may take; 40 are usual."""


@dataclass(frozen=True)
class Run:
    """A run that has ended: its exit status, and what it printed, without colours."""

    status: int
    output: str


@dataclass(frozen=True)
class Owner:
    """The folder of a checkout, and an environment that reaches the emulator."""

    folder: Path
    environment: Mapping[str, str]

    def answer(self, *dialogue: tuple[str, str]) -> Run:
        """Deploy from a pseudo-terminal: wait for each prompt, and type its answer and Enter."""
        child = pexpect.spawn(
            str(TRACKBACK),
            ["deploy"],
            cwd=str(self.folder),
            env={**self.environment, "TERM": "dumb"},
            encoding="utf-8",
            timeout=PATIENCE / 3,
            dimensions=(24, 200),
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
        )
        shown = ""
        for prompt, answer in dialogue:
            child.expect(prompt)
            shown += child.before + child.after
            child.sendline(answer)
        child.expect(pexpect.EOF)
        child.close()
        return Run(child.exitstatus, (shown + child.before).replace("\r\n", "\n"))

    def deploy(self, *arguments: str, **environment: str) -> Run:
        """Deploy without a terminal, as a pipeline does."""
        return self._run(str(TRACKBACK), "deploy", *arguments, environment=environment)

    def make(self, *arguments: str) -> Run:
        """Run `make` in the checkout, which has no tools yet, with SAM on the PATH and without a terminal."""
        path = f"{Path(self.environment['SAM']).parent}:{os.environ['PATH']}"
        return self._run("make", *arguments, environment={"PATH": path})

    def _run(self, *command: str, environment: Mapping[str, str]) -> Run:
        done = subprocess.run(
            command,
            cwd=self.folder,
            env={**self.environment, **environment},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE,
        )
        return Run(done.returncode, done.stdout + done.stderr)

    def write(self, **settings: str) -> None:
        """Write the settings file as an owner does."""
        lines = [f'{name} = "{value}"\n' for name, value in settings.items()]
        (self.folder / "trackback.toml").write_text("".join(lines))

    def settings(self) -> str:
        """Return the settings file."""
        return (self.folder / "trackback.toml").read_text()

    def changed(self) -> str:
        """Return what git sees as changed in the checkout."""
        return _git(self.folder, "status", "--porcelain")

    def client(self, service: Any) -> Any:
        """Return a client of the emulator."""
        return boto3.client(
            service,
            "us-east-1",
            endpoint_url=self.environment["AWS_ENDPOINT_URL"],
            aws_access_key_id=self.environment["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=self.environment["AWS_SECRET_ACCESS_KEY"],
        )

    def stack(self, name: str = "trackback") -> Any:
        """Return the stack as CloudFormation describes it."""
        (found,) = self.client("cloudformation").describe_stacks(StackName=name)["Stacks"]
        return found

    def outputs(self, name: str = "trackback") -> dict[str, str]:
        """Return the stack's outputs."""
        return {each["OutputKey"]: each["OutputValue"] for each in self.stack(name)["Outputs"]}

    def tables(self) -> Sequence[str]:
        """Return the names of all tables."""
        names: Sequence[str] = self.client("dynamodb").list_tables()["TableNames"]
        return names


def check_out(folder: Path, environment: Mapping[str, str]) -> Owner:
    """Return an owner with a fresh checkout of what is tracked here, changes of today included."""
    for name in _git(ROOT, "ls-files", "-z").split("\0"):
        if name and (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
    _git(folder, "init", "--quiet")
    _git(folder, "add", "--all")
    _git(
        folder, "-c", "user.name=a", "-c", "user.email=a@b.example", "commit", "--quiet", "--message=as it is"
    )
    # Native code is built for the interpreter on which the emulator runs functions.
    own = {
        "SAM": str(_sam(folder.with_name("bin"))),
        "PIP": str(TOOLS / "pip"),
        "NATIVE": "",
        "NO_COLOR": "1",
    }
    return Owner(folder, {**environment, **own})


def _sam(folder: Path) -> Path:
    """Return SAM, which takes from what it has built what the emulator lacks."""
    folder.mkdir(exist_ok=True)
    command = folder / "sam"
    strip = f'PYTHONPATH="{ROOT}" "{sys.executable}" -m tests.deploy.emulator .aws-sam/build/template.yaml'
    command.write_text(f'#!/bin/sh\n"{sam.SAM}" "$@" || exit $?\n[ "$1" != build ] || {strip}\n')
    command.chmod(0o755)
    return command


def _git(folder: Path, *arguments: str) -> str:
    command = ["git", "-C", str(folder), *arguments]
    clean = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    return subprocess.run(command, capture_output=True, text=True, check=True, env=clean).stdout
