"""The settings file: what is written is read again, and what cannot be used is explained."""

from pathlib import Path

import pytest

from tests import template
from tests.template import ROOT
from trackback.cli.deploy.parameters import OURS, read_keys, read_parameters
from trackback.cli.deploy.questions import host_problem, tidy
from trackback.cli.deploy.settings_file import BadSettingsFile, Deployment, read_file, write_file

TEMPLATE = ROOT / "template.yaml"
KNOWN = read_parameters(TEMPLATE)
NEEDED = 'Region = "eu-central-1"\nAuthorEmail = "a@b.example"'
GOOD = {"Sites": "blog.example,notes.example", "AuthorEmail": "author@blog.example"}


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    deployment = Deployment("eu-central-1", "my-blog", {**GOOD, "Feed": 'https://blog.example/?a="b\\c"'})
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
    ],
)
def test_a_blogs_host_is_taken_or_the_host_in_the_answer_is_named(answer: str, words: str) -> None:
    problem = host_problem(answer, KNOWN["Sites"])
    assert (words in problem) if words else (problem == "")


def test_blanks_between_hosts_mean_nothing() -> None:
    assert tidy("Sites", "a.example, b.example ,c.example") == "a.example,b.example,c.example"
