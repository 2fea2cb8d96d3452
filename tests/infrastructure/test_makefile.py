"""The Makefile runs with macOS's tools too: make 3.81, BSD sed and BSD awk."""

import re
import subprocess

import pytest

from tests.support.template import ROOT

MAKEFILE = (ROOT / "Makefile").read_text()
DESCRIBED = re.findall(r"^([a-z-]+):.*## (.*)", MAKEFILE, re.MULTILINE)


@pytest.fixture(scope="module")
def printed() -> list[str]:
    command = ["make", "--no-print-directory", "help"]  # `make test` runs this one as an inner make
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return done.stdout.splitlines()


def test_help_lists_every_described_target_with_its_words(printed: list[str]) -> None:
    assert len(DESCRIBED) > 10
    assert [re.split(" {2,}", line.strip(), maxsplit=1) for line in printed] == [
        [f"make {target}", words] for target, words in DESCRIBED
    ]


def test_help_has_its_words_in_a_column_and_no_tabs(printed: list[str]) -> None:
    columns = {re.match(r"  make [a-z-]+ +", line).end() for line in printed}  # type: ignore[union-attr]
    assert len(columns) == 1
    assert not any("\t" in line for line in printed)


def test_every_phony_target_is_described() -> None:
    phony = re.search(r"^\.PHONY: (.*)", MAKEFILE, re.MULTILINE)
    assert phony
    assert phony[1].split() == [target for target, _ in DESCRIBED]


def test_ci_runs_what_make_pr_runs_in_the_same_order() -> None:
    pr = re.search(r"^pr: (.*?) ##", MAKEFILE, re.MULTILINE)
    assert pr
    script = (ROOT / ".ci" / "run").read_text()
    assert re.findall(r"^make (.+)", script, re.MULTILINE) == pr[1].split()


@pytest.mark.parametrize(
    "newer", [r"^\.ONESHELL", r"!=", r"\$\(file ", r"::=", r"^undefine ", r"^define \w+ =", r"sed .*\\t"]
)
def test_nothing_is_used_that_make_3_81_or_bsd_sed_lack(newer: str) -> None:
    assert not re.search(newer, MAKEFILE, re.MULTILINE)
