"""The pipeline to copy: what it may do, and what its steps do when a smoke test fails."""

import ast
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support.template import ROOT, Template

EXAMPLE = ROOT / "examples" / "deploy"
WORKFLOW = yaml.safe_load((EXAMPLE / "github-actions.yml").read_text())
(JOB,) = WORKFLOW["jobs"].values()
STEPS: dict[str, Any] = {step["name"]: step for step in JOB["steps"] if "run" in step}
TRIGGER = WORKFLOW[True]  # YAML 1.1 reads the word "on" so


def bash(script: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a step as GitHub does."""
    return subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "HOME": str(folder), **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_it_deploys_tags_one_after_the_other_and_cuts_none_off() -> None:
    assert TRIGGER == {"push": {"tags": ["v*"]}}
    assert WORKFLOW["concurrency"] == {"group": "deploy", "cancel-in-progress": False}


def test_it_has_no_key_and_no_right_but_to_read_the_code_and_to_say_who_it_is() -> None:
    assert WORKFLOW["permissions"] == {}
    assert JOB["permissions"] == {"contents": "read", "id-token": "write"}
    assert "secrets." not in (EXAMPLE / "github-actions.yml").read_text()


def test_every_action_is_pinned_to_a_commit_whose_version_stands_beside_it() -> None:
    used = re.findall(r"uses: (.*)", (EXAMPLE / "github-actions.yml").read_text())
    assert len(used) == 3
    assert all(re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", action) for action in used)


def test_a_linter_for_workflows_finds_nothing() -> None:
    zizmor = Path(sys.executable).with_name("zizmor")
    command: list[str | Path] = [zizmor, "--offline", "--no-progress", EXAMPLE / "github-actions.yml"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("step", STEPS)
def test_a_steps_shell_can_be_read(step: str) -> None:
    done = subprocess.run(
        ["bash", "-n"], input=STEPS[step]["run"], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_going_back_follows_a_smoke_test_that_failed_and_nothing_else() -> None:
    assert STEPS["Smoke test"]["id"] == "smoke"
    assert "steps.smoke.outcome == 'failure'" in STEPS["Go back to the tag before"]["if"]
    assert "if" not in STEPS["Deploy"]


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository with two tags, checked out at the second; its `make` says what it deploys."""
    commit = "git -c user.name=x -c user.email=x@x.example commit -qam"
    script = f"""
        git init -q . && printf 'deploy:\\n\\t@cat code; echo "$(SETTINGS)"\\n' > Makefile
        echo first > code && git add . && {commit} one && git tag v1.0
        echo second > code && {commit} two && git tag v1.1 && git checkout -q v1.1
    """
    assert bash(script, tmp_path).returncode == 0
    return tmp_path


def test_going_back_deploys_the_tag_before_and_says_so(repository: Path) -> None:
    (repository / "code").write_text("changed by the build")
    script = STEPS["Go back to the tag before"]["run"]
    done = bash(script, repository, GITHUB_REF_NAME="v1.1", SETTINGS="trackback.toml")
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-2:] == ["first", "trackback.toml"]
    assert "v1.0 is deployed again. Delete the tag v1.1" in done.stdout


def test_the_first_tag_has_nothing_to_go_back_to(repository: Path) -> None:
    done = bash(STEPS["Go back to the tag before"]["run"], repository, GITHUB_REF_NAME="v1.0", SETTINGS="x")
    assert done.returncode == 1
    assert "no tag before v1.0" in done.stdout


@pytest.mark.parametrize("status", [0, 1])
def test_the_smoke_test_is_doctor_at_the_deployed_api(tmp_path: Path, status: int) -> None:
    programs = tmp_path / ".venv" / "bin"
    programs.mkdir(parents=True)
    for name, words in (("python", 'echo "table https://api.example"'), ("trackback", 'echo "$@"')):
        program = programs / name
        program.write_text(f"#!/bin/sh\n{words}\nexit {status if name == 'trackback' else 0}\n")
        program.chmod(0o755)
    done = bash(STEPS["Smoke test"]["run"], tmp_path, POST="https://blog.example/hello/")
    assert done.returncode == status
    asked = "doctor --table table --api https://api.example https://blog.example/hello/"
    assert done.stdout.strip() == asked


def test_the_smoke_tests_python_can_be_read() -> None:
    (code,) = re.findall(r"python -c '\n(.*?)'\)", STEPS["Smoke test"]["run"], re.DOTALL)
    assert ast.parse(code).body


def test_the_role_is_for_one_repository_and_environment() -> None:
    role = Template((EXAMPLE / "role.yaml").read_text(), {"Subject": "repo:me/blog:environment:production"})
    made = role.body["Resources"]["Role"]["Properties"]
    (trust,) = made["AssumeRolePolicyDocument"]["Statement"]
    assert role.resolve(trust["Condition"]) == {
        "StringEquals": {
            "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
            "token.actions.githubusercontent.com:sub": "repo:me/blog:environment:production",
        }
    }


@pytest.mark.parametrize(
    ("subject", "fits"),
    [
        ("repo:me/blog:environment:production", True),
        ("repo:me@12/blog@345:environment:production", True),
        ("repo:me/*", False),
        ("repo:me/blog:*", False),
        ("repo:me/blog:ref:refs/tags/v1", False),
        ("*", False),
    ],
)
def test_a_subject_that_would_let_others_in_is_refused(subject: str, fits: bool) -> None:
    pattern = yaml.safe_load(re.search(r"AllowedPattern: (.*)", (EXAMPLE / "role.yaml").read_text())[1])  # type: ignore[index]
    assert bool(re.search(pattern, subject)) is fits
