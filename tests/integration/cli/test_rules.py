"""The command line shows, adds and removes rules."""

import pytest

from tests.integration.cli.conftest import Output, folded, said
from trackback.cli.main import main
from trackback.model.rule import Effect, Matches, Rule
from trackback.storage.settings import save_rules
from trackback.storage.table import Table


@pytest.mark.usefixtures("table")
def test_rules_are_added_listed_and_removed(capsys: Output) -> None:
    assert said(capsys, "rules", "list") == "No rules.\n"
    assert (
        said(capsys, "rules", "add", "allow", "host", "https://Friend.example/")
        == "allow host friend.example\n"
    )
    said(capsys, "rules", "add", "block", "text", "Cheap  watches")
    assert said(capsys, "rules", "list").splitlines() == [
        "allow host friend.example",
        "block text cheap watches",
    ]
    said(capsys, "rules", "add", "block", "host", "friend.example")
    assert said(capsys, "rules", "list").splitlines() == [
        "block text cheap watches",
        "block host friend.example",
    ]
    said(capsys, "rules", "remove", "host", "friend.example")
    assert said(capsys, "rules", "list") == "block text cheap watches\n"


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["add", "allow", "host", "com"], "every host of a top-level domain"),
        (["add", "allow", "host", "github.io"], "Allow one of them: allow host name.github.io"),
        (["add", "allow", "host", "medium.com"], "Allow one of them: allow path medium.com/@name"),
        (["add", "block", "path", "x.example"], "A path rule needs a path"),
        (["remove", "host", "nobody.example"], "there is no such rule"),
    ],
    ids=lambda value: value[3] if isinstance(value, list) and len(value) > 3 else None,
)
@pytest.mark.usefixtures("table")
def test_a_rule_that_cannot_be_is_told(arguments: list[str], reason: str, capsys: Output) -> None:
    assert main(["rules", *arguments]) == 1
    shown = capsys.readouterr()
    assert reason in shown.err
    assert (shown.out, shown.err.count("\n")) == ("", 1)


def test_a_stored_rule_that_is_too_wide_is_listed_and_named(table: Table, capsys: Output) -> None:
    save_rules(table, [Rule(Effect.ALLOW, Matches.HOST, "medium.com")], [])
    assert main(["rules", "list"]) == 0
    shown = capsys.readouterr()
    assert shown.out == "allow host medium.com\n"
    assert "allow host medium.com approves nothing. Many people share medium.com." in shown.err
    assert "too wide: approves nothing" in folded(said(capsys, "why", "https://medium.com/@ann/a"))
    said(capsys, "rules", "remove", "host", "medium.com")
    assert said(capsys, "rules", "list") == "No rules.\n"


@pytest.mark.usefixtures("table")
def test_why_tells_the_keys_of_a_url_and_the_rules_that_match(capsys: Output) -> None:
    said(capsys, "rules", "add", "allow", "path", "blog.example/joe")
    said(capsys, "rules", "add", "block", "host", "spam.example")
    printed = folded(said(capsys, "why", "http://www.blog.example/joe/index.html?utm_source=x&p=7"))
    assert "as a post blog.example/joe " in printed
    assert "as a source www.blog.example/joe/index.html?p=7 " in printed
    assert printed.endswith("rules allow path blog.example/joe")
    assert folded(said(capsys, "why", "https://other.example/")).endswith("rules none")
