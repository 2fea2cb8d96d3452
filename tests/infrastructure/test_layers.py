"""Each function starts with what its layers hold, and nothing else."""

import json
import os
import subprocess
import sys

import pytest

from tests.support import sam
from tests.support.template import ROOT

PACKAGES = {
    "HtmlLayer": {"lxml", "feedparser"},
    "PagesLayer": {"itsdangerous", "jinja2", "markupsafe"},
    "the owner's machine": {"rich", "yaml", "dns"},
}
START = """
import json, sys

class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in missing:
            raise ModuleNotFoundError(f"in no layer of this function: {name}")

missing = set(json.loads(sys.argv[2]))
sys.meta_path.insert(0, Missing())
sys.path.insert(0, f"functions/{sys.argv[1]}")
import app
"""
FUNCTIONS = {
    name: made["Properties"]
    for name, made in sam.translated().items()
    if made["Type"] == "AWS::Lambda::Function"
}


@pytest.mark.parametrize("name", sorted(FUNCTIONS))
def test_a_function_starts_with_its_own_layers(name: str) -> None:
    layers = {layer["Ref"].partition("Layer")[0] + "Layer" for layer in FUNCTIONS[name]["Layers"]}
    missing = sorted(set().union(*(held for layer, held in PACKAGES.items() if layer not in layers)))
    folder = name.removesuffix("Function").lower()
    done = subprocess.run(
        [sys.executable, "-c", START, folder, json.dumps(missing)],
        cwd=ROOT,
        env=dict(os.environ),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
