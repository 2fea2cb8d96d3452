"""The documentation: links lead somewhere, the settings are the template's, versions and pins agree."""

import re
import subprocess
import tomllib
from pathlib import Path
from typing import Any

from tests.support import template
from tests.support.template import ROOT

LISTED = subprocess.run(["git", "ls-files", "*.md"], cwd=ROOT, check=True, capture_output=True, text=True)
PAGES = [name for name in LISTED.stdout.split() if not name.startswith("tests/costs/")]  # templates of docs/
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
FENCE = re.compile(r"^ *```.*?^ *```", re.MULTILINE | re.DOTALL)


def anchors(page: Path) -> set[str]:
    """Return the anchors that GitHub makes of a page's headings."""
    headings = re.findall(r"^#+ (.*)", FENCE.sub("", page.read_text()), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_every_link_to_a_file_leads_to_it_and_to_its_heading() -> None:
    assert {name: broken for name in PAGES if (broken := broken_links(ROOT / name))} == {}


def broken_links(page: Path) -> list[str]:
    """Return the links of a page to files and headings that are not there."""
    broken = []
    for link in re.findall(r"\]\(([^)\s]+)\)", FENCE.sub("", page.read_text())):
        if re.match(r"\w+:", link):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path) if path else page
        if not target.exists() or (anchor and anchor not in anchors(target)):
            broken.append(link)
    return broken


def settings() -> dict[str, str]:
    """Return the settings of docs/deploy.md and what it says of their defaults."""
    section = (ROOT / "docs" / "deploy.md").read_text().split("\n## Settings\n")[1].split("\n## ")[0]
    rows = [line.strip("|").split(" | ") for line in section.splitlines() if line.startswith("| `")]
    return {name: row[-1].strip() for row in rows for name in re.findall(r"`(\w+)`", row[0])}


def test_the_settings_are_those_of_the_template_with_its_defaults() -> None:
    parameters: dict[str, Any] = template.load().body["Parameters"]
    own = parameters.keys() - {"ExistingStream", "Release", "Secret"}  # which `make deploy` fills in
    said = settings()
    assert said.keys() == own | {"StackName", "Region"}
    numbers = {name: parameters[name]["Default"] for name in own if parameters[name]["Type"] == "Number"}
    assert {name: int(said[name].split(":")[0]) for name in numbers} == numbers
    assert said["LogLevel"] == f"`{parameters['LogLevel']['Default']}`"


def test_the_changelog_and_the_code_name_the_version_of_the_project() -> None:
    version = PROJECT["project"]["version"]
    releases = re.findall(
        r"^## (\d\S*) - \d{4}-\d\d-\d\d$", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE
    )
    assert releases[0] == version
    sources = (ROOT / "layers" / "shared" / "trackback").rglob("*.py")
    pattern = r"Trackback/(\d+\.\d+\.\d+)"
    named = {found for file in sources for found in re.findall(pattern, file.read_text())}
    assert named <= {version}


def test_the_lock_has_every_pin_with_hashes_and_no_index() -> None:
    lock = (ROOT / "requirements-dev.lock").read_text()
    files = [ROOT / "requirements.txt", *(ROOT / "layers").glob("*/requirements.txt")]
    pins = [*PROJECT["dependency-groups"]["dev"], *(pin for file in files for pin in _lines(file))]
    locked = {_plain(pin) for pin in re.findall(r"^(\S+==\S+)", lock, re.MULTILINE)}
    assert {_plain(pin) for pin in pins} - locked == set()
    assert lock.count("--hash=sha256:") >= len(locked)
    assert "://" not in lock
    assert "index-url" not in lock


def _lines(file: Path) -> list[str]:
    return [line for line in file.read_text().splitlines() if line and not line.startswith("#")]


def _plain(pin: str) -> str:
    return re.sub(r"\[.*?\]", "", pin).lower()
