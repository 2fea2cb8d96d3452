"""The SAM command line of the Makefile, run without settings for AWS or the functions."""

import json
import os
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

from tests.support.template import ROOT

SAM = ROOT / ".venv" / "tools" / "sam" / "bin" / "sam"
_LEFT_OUT = ("AWS_", "FETCH_", "POWERTOOLS_", "SITES", "TABLE")
_TRANSLATE = """
import json, sys
from samtranslator.translator.transform import transform
from samtranslator.yaml_helper import yaml_parse

class ManagedPolicies:
    load = staticmethod(lambda: {})

template = yaml_parse(sys.stdin)
for made in (template["Globals"]["Function"], *(it["Properties"] for it in template["Resources"].values())):
    made.update({code: "s3://bucket/key" for code in {"CodeUri", "ContentUri"} & made.keys()})
print(json.dumps(transform(template, json.loads(sys.argv[1]), ManagedPolicies)))
"""


def environment(**settings: str) -> dict[str, str]:
    """Return this process's environment with a region, no credentials, and these settings."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(_LEFT_OUT)}
    return {**clean, "AWS_DEFAULT_REGION": "us-east-1", "SAM_CLI_TELEMETRY": "0", **settings}


def run(*arguments: str | Path, **settings: str) -> str:
    """Run `sam` in the project's folder, and return its output. Fails unless `sam` succeeds."""
    command = [SAM, *arguments]
    done = subprocess.run(
        command, cwd=ROOT, env=environment(**settings), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def made(kind: str) -> dict[str, Any]:
    """Return the properties of all translated resources of a type, by logical id."""
    every = translated().items()
    return {name: found.get("Properties", {}) for name, found in every if found["Type"] == kind}


def translated() -> dict[str, Any]:
    """Return the translated resources, with the roles and subscriptions that SAM adds."""
    return translated_with()


@cache
def translated_with(**parameters: str) -> dict[str, Any]:
    """Return the same with values for parameters, which determine the name of a published version."""
    command = [str(SAM.with_name("python")), "-c", _TRANSLATE, json.dumps(parameters)]
    template = (ROOT / "template.yaml").read_text()
    done = subprocess.run(
        command, env=environment(), input=template, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    resources: dict[str, Any] = json.loads(done.stdout)["Resources"]
    return resources
