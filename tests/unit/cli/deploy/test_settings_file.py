"""The settings file: what is written is read again, and what cannot be used is explained."""

import errno
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.support import template
from tests.support.template import ROOT
from trackback.cli.deploy.hosts import host_problem
from trackback.cli.deploy.parameters import OURS, BadTemplate, read_keys, read_parameters
from trackback.cli.deploy.questions import questions, tidy
from trackback.cli.deploy.sam import overrides
from trackback.cli.deploy.settings_file import (
    BUDGET_REGIONS,
    BadSettingsFile,
    Deployment,
    add_setting,
    check,
    read_file,
    write_file,
)

TEMPLATE = ROOT / "template.yaml"
KNOWN = read_parameters(TEMPLATE)
NEEDED = 'Region = "eu-central-1"\nAuthorEmail = "a@b.example"'
GOOD = {"Sites": "blog.example,notes.example", "AuthorEmail": "author@blog.example"}


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    deployment = Deployment("eu-central-1", "my-blog", {**GOOD, "Feed": 'https://blog.example/?a="b,$c"'})
    write_file(tmp_path / "trackback.toml", deployment)
    assert read_file(tmp_path / "trackback.toml", KNOWN) == deployment


def test_the_stacks_name_may_be_left_out_and_hosts_may_be_a_list(tmp_path: Path) -> None:
    file = tmp_path / "trackback.toml"
    file.write_text(
        'Region = "eu-central-1"\nSites = ["a.example", "b.example"]\nAuthorEmail = "a@b.example"\n'
    )
    read = read_file(file, KNOWN)
    assert (read.stack, read["Sites"], read["Feed"]) == ("trackback", "a.example,b.example", "")


def test_a_number_may_be_written_as_one(tmp_path: Path) -> None:
    file = tmp_path / "trackback.toml"
    file.write_text(f'{NEEDED}\nSites = "a.example"\nMaxWritesPerSecond = 40\n')
    assert read_file(file, KNOWN)["MaxWritesPerSecond"] == "40"


@pytest.mark.parametrize(
    "text", ["Sites = blog.example\n", "Sites\n", '"', "\x00", "Sites = 'a'\nSites = 'b'\n"]
)
def test_what_is_no_toml_is_refused_with_the_place(tmp_path: Path, text: str) -> None:
    (tmp_path / "trackback.toml").write_text(text)
    with pytest.raises(BadSettingsFile, match=r"trackback\.toml cannot be read: .*(line|end)"):
        read_file(tmp_path / "trackback.toml", KNOWN)


def test_every_problem_is_told_at_once(tmp_path: Path) -> None:
    file = tmp_path / "trackback.toml"
    file.write_text('Sites = "blog.example/"\nRegon = "eu-central-1"\n')
    with pytest.raises(BadSettingsFile) as refused:
        read_file(file, KNOWN)
    for words in (
        "Sites must be",
        "no setting Regon. Do you mean Region?",
        "Region is missing.",
        "AuthorEmail is missing.",
    ):
        assert words in str(refused.value)


def test_an_author_sets_what_the_template_takes_and_no_deployment_fills_in_by_itself() -> None:
    assert {*KNOWN} == {*template.load().body["Parameters"]} - OURS
    assert {*template.load().body["Parameters"]} >= OURS


def test_the_keys_of_the_table_are_read_from_the_template() -> None:
    keys = read_keys(TEMPLATE)
    assert keys[""] == {"HASH": "id"}
    assert keys["by_post"] == {"HASH": "shown_on", "RANGE": "received_at"}


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ("blog.example", ""),
        ("http://old.example", ""),
        ("a.example,b.example", ""),
        ("localhost:8081", ""),
        ("https://blog.example/", "Write blog.example alone."),
        ("https://blog.example/2026/hello/", "Write blog.example alone."),
        ("blog.example/posts", "Write blog.example alone."),
        ("you@blog.example", "Write blog.example alone."),
        ("blog", "A host has a dot in it"),
        ("my blog", "must be hosts"),
        ("https://", "must be hosts"),
        ("https://[bad/", "must be hosts"),
        ('"blog.example"', "Write blog.example alone."),
        ("blog.example:99999", "is no host"),
        (".", "is no host"),
        ("-.example", "is no host"),
        ("$HOME.example", "is no host"),
        ("a.example,blog", "'blog' is no host"),
        ("blog.example\x07", "must be in ASCII"),
        ("a" * 2001, "has 2001 characters. Use at most 2000."),
    ],
)
def test_a_blogs_host_is_taken_or_the_host_in_the_answer_is_named(answer: str, words: str) -> None:
    problem = host_problem(answer, KNOWN["Sites"])
    assert (words in problem) if words else (problem == "")


@pytest.mark.parametrize(
    ("setting", "typed", "meant"),
    [
        ("Sites", "a.example, b.example ,c.example", "a.example,b.example,c.example"),
        ("Sites", "HTTP://Blog.Example:8080", "http://blog.example:8080"),
        ("Sites", "m\u00fcnchen.example.", "xn--mnchen-3ya.example"),
        ("Sites", "https://Blog.Example/Posts", "https://Blog.Example/Posts"),
        ("Region", "EU-Central-1", "eu-central-1"),
        ("DomainName", "Trackback.Blog.Example.", "trackback.blog.example"),
        ("AuthorEmail", "A+b@blog.example", "A+b@blog.example"),
    ],
)
def test_blanks_large_letters_and_other_spellings_of_a_host_mean_nothing(
    setting: str, typed: str, meant: str
) -> None:
    assert tidy(setting, typed) == meant


def read(folder: Path, text: str, encoding: str = "utf-8") -> Deployment:
    """Read settings beside those that are needed."""
    (folder / "trackback.toml").write_text(f"{NEEDED}\n{text}\n", encoding)
    return read_file(folder / "trackback.toml", KNOWN)


def test_hosts_of_a_file_arrive_as_the_service_reads_them(tmp_path: Path) -> None:
    assert (
        read(tmp_path, 'Sites = "M\u00fcnchen.example, b.example"')["Sites"]
        == "xn--mnchen-3ya.example,b.example"
    )


def test_windows_notepad_may_write_the_file(tmp_path: Path) -> None:
    assert read(tmp_path, 'Sites = "b.example"\r', "utf-8-sig")["Sites"] == "b.example"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Sites = ['a.example', ['b.example']]", "is no host"),
        ("Sites = '\"a.example\"'", "is no host"),
        ("Sites = 'a.example'\nFeed = []", "Feed must be"),
        ("Sites = 'a.example'\nDomainName = 'www.a.example'", "Use another, like trackback.a.example."),
        (
            "Sites = 'a.example'\nFeed = 'https://a.example/\\'",
            "without a backslash. In a URL, percent-encode",
        ),
        ("Sites = 'a.example'\nFeed = 'https://a.example/\u00fc'", "percent-encode"),
        ('Sites = "a.example"\nDomainName = "tb.example\\n"\nCertificateArn = ""', "DomainName must be"),
        ("Sites = 'a.example'\nMaxWritesPerSecond = '\uff14\uff10'", "must be a number"),
        ("Sites = 'a.example'\nMonthlyBudget = '05'", "must be a number"),
    ],
)
def test_what_the_service_could_not_use_is_refused(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(BadSettingsFile) as refused:
        read(tmp_path, text)
    assert words in str(refused.value)


def test_a_budget_is_refused_where_cloudformation_makes_none() -> None:
    values = {**GOOD, "Region": "eu-north-1"}
    with pytest.raises(BadSettingsFile, match="makes no budgets in eu-north-1"):
        check({**values, "MonthlyBudget": "5"}, KNOWN, "test")
    assert check({**values, "MonthlyBudget": "0"}, KNOWN, "test")["MonthlyBudget"] == "0"
    conditions = template.load().body["Conditions"]
    named = {str(each) for name in ("IsInAmerica", "IsElsewhere") for each in _texts(conditions[name])}
    assert {it for it in named if it.count("-") == 2} == BUDGET_REGIONS


def _texts(value: Any) -> Iterator[str]:
    """Yield every text in a condition."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from _texts(each)
    else:
        for each in value:
            yield from _texts(each)


def test_a_setting_is_added_beside_what_the_author_wrote(tmp_path: Path) -> None:
    file = tmp_path / "trackback.toml"
    file.write_text(f'# mine\n{NEEDED}\nSites = "a.example" # no line end')
    add_setting(file, "ExistingTable", "kept")
    assert file.read_text().startswith("# mine\n")
    assert read_file(file, KNOWN)["ExistingTable"] == "kept"


def test_a_file_that_cannot_be_written_is_explained_and_left_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "trackback.toml"
    file.write_text("as it was")

    def fail(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(BadSettingsFile, match=r"trackback\.toml cannot be written: No space"):
        write_file(file, Deployment("eu-central-1", "trackback", GOOD))
    assert [it.name for it in tmp_path.iterdir()] == ["trackback.toml"]
    assert file.read_text() == "as it was"


@pytest.mark.parametrize("text", ["a: [", "Resources: {}", "[]", "Parameters: {Name: {Type: String}}"])
def test_another_projects_template_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "template.yaml").write_text(text)
    with pytest.raises(BadTemplate):
        read_parameters(tmp_path / "template.yaml")


def test_the_questions_are_those_that_the_documentation_shows() -> None:
    shown = (ROOT / "docs" / "deploy.md").read_text()
    for question in questions(KNOWN, "us-east-1", str, str):
        default = question.shown or question.default
        asked = f"{question.words}{f' [{default}]' if default else ''}:"
        assert f"{question.why}\n{asked}" in shown


@pytest.mark.parametrize("value", ["", "a,b", 'https://a.example/?q="1",2&b=$c', "it's", "'a'", '"', "a b=c"])
def test_a_value_reaches_sam_as_it_is_written(value: str) -> None:
    """SAM unescapes blanks and quotes, and nothing else (samcli.cli.types)."""
    (given,) = overrides({"Feed": value})
    quoted = given.removeprefix("ParameterKey=Feed,ParameterValue=")
    assert re.fullmatch(r'"(?:\\.|[^"\\]+)*"', quoted)
    unquoted = quoted[1:-1].replace("\\ ", " ").replace('\\"', '"').replace("\\'", "'")
    assert unquoted == value
