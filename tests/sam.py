"""The SAM command line, as the Makefile installs it, run as if nothing were set for AWS or our functions."""

import os
import subprocess
from pathlib import Path

from tests.template import ROOT

SAM = ROOT / ".venv" / "tools" / "sam" / "bin" / "sam"
_LEFT_OUT = ("AWS_", "FETCH_", "POWERTOOLS_", "SITES", "TABLE")


def environment(**settings: str) -> dict[str, str]:
    """Return this process's environment with a region, no credentials, and these settings."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(_LEFT_OUT)}
    return {**clean, "AWS_DEFAULT_REGION": "us-east-1", "SAM_CLI_TELEMETRY": "0", **settings}


def run(*arguments: str | Path, **settings: str) -> str:
    """Run `sam` in the project's folder, and return what it said once it has succeeded."""
    command = [SAM, *arguments]
    done = subprocess.run(
        command, cwd=ROOT, env=environment(**settings), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr
