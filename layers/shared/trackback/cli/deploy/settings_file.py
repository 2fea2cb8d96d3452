"""The settings of one deployment, in a file that git ignores: written once, read by every later run."""

import difflib
import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from trackback.cli.deploy.hosts import host_problem, tidy_hosts
from trackback.cli.deploy.parameters import Parameter
from trackback.cli.stack import DEFAULT_NAME
from trackback.errors import TrackbackError
from trackback.model.posts import host_key

STACK, REGION = "StackName", "Region"
REQUIRED = (REGION, "Sites", "AuthorEmail")

BUDGET_REGIONS = {
    *("us-east-1", "us-east-2", "us-west-1", "us-west-2", "ca-central-1", "sa-east-1"),
    *("eu-central-1", "eu-west-1", "eu-west-2", "eu-west-3", "ap-northeast-1", "ap-northeast-2"),
    *("ap-south-1", "ap-southeast-1", "ap-southeast-2"),
}
"""Regions where CloudFormation supports budgets, as in the template's condition HasBudget."""

_STACK_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,127}")
_REGION = re.compile(r"[a-z]{2,4}(-[a-z]+)+-\d")
_HEAD = """\
# The settings of this deployment. Change a line and run `make deploy` again.
# docs/deploy.md explains each of them. Git ignores this file: keep a copy.
"""


class BadSettingsFile(TrackbackError):
    """The settings file cannot be used; the message says what to change."""


@dataclass(frozen=True, slots=True)
class Deployment:
    """An author's choices: the region, the stack's name, and the template's parameters."""

    region: str
    stack: str = DEFAULT_NAME
    parameters: Mapping[str, str] = field(default_factory=dict)

    def __getitem__(self, name: str) -> str:
        """Return a parameter's value; empty if the author leaves it to the template."""
        return self.parameters.get(name, "")


def read_file(file: Path, known: Mapping[str, Parameter]) -> Deployment:
    """Return the deployment that a file describes.

    Raises:
        BadSettingsFile: The file is no TOML, lacks a setting, or has an unknown or invalid one.
    """
    try:
        written = tomllib.loads(file.read_text("utf-8-sig"))  # Windows' Notepad writes a byte order mark
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadSettingsFile(f"{file} cannot be read: {error}") from error
    return check({name: _text(name, value) for name, value in written.items()}, known, str(file))


def check(values: Mapping[str, str], known: Mapping[str, Parameter], source: str) -> Deployment:
    """Return the deployment that these values describe.

    Raises:
        BadSettingsFile: Values are invalid; the message lists every problem.
    """
    values = {name: tidy_hosts(value) if name == "Sites" else value for name, value in values.items()}
    problems = [_problem(name, value, known) for name, value in values.items()]
    problems += [_budget_problem(values), _domain_problem(values)]
    problems += [f"{name} is missing." for name in REQUIRED if not values.get(name)]
    if found := list(dict.fromkeys(filter(None, problems))):
        raise BadSettingsFile(f"{source}: " + " ".join(found))
    parameters = {name: value for name, value in values.items() if name in known}
    return Deployment(values[REGION], values.get(STACK) or DEFAULT_NAME, parameters)


def write_file(file: Path, deployment: Deployment) -> None:
    """Write a deployment's settings, so that the next run asks nothing."""
    values = {STACK: deployment.stack, REGION: deployment.region, **deployment.parameters}
    lines = [f"{name} = {json.dumps(value, ensure_ascii=False)}\n" for name, value in values.items()]
    _replace(file, _HEAD + "".join(lines))


def add_setting(file: Path, name: str, value: str) -> None:
    """Append a setting to a file, and keep the author's own text."""
    written = file.read_text("utf-8")
    end = "" if written.endswith("\n") else "\n"
    _replace(file, f"{written}{end}{name} = {json.dumps(value)}\n")


def _replace(file: Path, text: str) -> None:
    """Write a file atomically."""
    new = file.with_name(f"{file.name}.new")
    try:
        new.write_text(text, "utf-8")
        new.replace(file)
    except OSError as error:
        new.unlink(missing_ok=True)
        raise BadSettingsFile(
            f"{file} cannot be written: {error.strerror}. Nothing has been created."
        ) from error


def stack_name_problem(name: str) -> str:
    """Return what is wrong with a stack's name (CloudFormation's rule); empty if it is valid."""
    if _STACK_NAME.fullmatch(name):
        return ""
    if len(name) > 128:  # noqa: PLR2004 - CloudFormation's limit
        return f"{STACK} has {len(name)} characters. Use at most 128."
    return f"{STACK} {name!r} is not allowed. Begin with a letter, go on with letters, digits and hyphens."


def _problem(name: str, value: str, known: Mapping[str, Parameter]) -> str:
    if name == STACK:
        return stack_name_problem(value)
    if name == REGION:
        good = "a region's name, like eu-central-1"
        return "" if _REGION.fullmatch(value) or not value else f"{REGION} must be {good}."
    if name == "Sites":
        return host_problem(value, known[name]) if value else ""
    if name in known:
        return known[name].problem(value) if value or known[name].default != "" else ""
    near = difflib.get_close_matches(name, [STACK, REGION, *known], n=1)
    return f"There is no setting {name}." + (f" Do you mean {near[0]}?" if near else "")


def _budget_problem(values: Mapping[str, str]) -> str:
    region = values.get(REGION, "")
    if values.get("MonthlyBudget", "0") in {"", "0"} or not region or region in BUDGET_REGIONS:
        return ""
    return (
        f"CloudFormation makes no budgets in {region}. Remove MonthlyBudget, and make a budget in the AWS "
        "console (Billing, Budgets): it counts the whole account either way."
    )


def _domain_problem(values: Mapping[str, str]) -> str:
    domain = values.get("DomainName", "")
    if not domain or host_key(domain) not in map(_key_of, values.get("Sites", "").split(",")):
        return ""
    return f"DomainName {domain} is your blog's own host. Use another, like trackback.{host_key(domain)}."


def _key_of(site: str) -> str:
    return host_key(site.rpartition("://")[2])


def _text(name: str, value: object) -> str:
    """Return a value in the template's format. Hosts may be a list of strings."""
    is_hosts = name == "Sites" and isinstance(value, list) and all(isinstance(it, str) for it in value)
    return ",".join(value) if is_hosts and isinstance(value, list) else str(value)
