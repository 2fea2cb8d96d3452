"""Pings on a terminal: nothing steers it, nothing is cut off."""

from dataclasses import replace

import pytest

from tests.conftest import MakePing
from trackback.cli.output import as_json, every_fact, explanation, facts_grid, ping_grid, printable, say

Output = pytest.CaptureFixture[str]
ESCAPE = "\x1b[31m\x9b2J\x07"


def test_nothing_that_steers_a_terminal_is_printed(make_ping: MakePing, capsys: Output) -> None:
    stranger = replace(
        make_ping(),
        title=f"{ESCAPE}title",
        excerpt=f"{ESCAPE}excerpt",
        blog_name=f"{ESCAPE}name",
        verdict={"link": "found", "checked_at": "", "sentence": ESCAPE, "url": ESCAPE, "reasons": [ESCAPE]},
        revision={"title": ESCAPE, "excerpt": ESCAPE, "blog_name": ESCAPE},
    )
    for grid in (ping_grid([stranger]), facts_grid(every_fact(stranger)), facts_grid(explanation(stranger))):
        say(grid)
    printed = capsys.readouterr().out
    assert "title" in printed
    assert not set(printed) & set(ESCAPE[0] + ESCAPE[-1] + "\x9b")


@pytest.mark.parametrize(
    "text", ["Grüße", "日々の余白", "الورّاق", "👩‍👩‍👧", "[bold]not[/bold]", "two\nlines"]
)
def test_a_text_is_printed_as_it_is(text: str) -> None:
    assert printable(text) == text


def test_long_words_are_folded_and_not_cut_off(
    make_ping: MakePing, capsys: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    ping = make_ping(title="ŵ" * 240, url="https://other.example/" + "path" * 100)
    for grid in (ping_grid([ping]), facts_grid(explanation(ping)), facts_grid(every_fact(ping))):
        say(grid)
        printed = capsys.readouterr().out
        assert all(len(line) <= 80 for line in printed.splitlines())
        assert printed.count("ŵ") == 240


def test_programs_do_not_learn_who_sent_a_ping(make_ping: MakePing) -> None:
    ping = replace(make_ping(), sender="0123456789abcdef", looks=3)
    assert {"sender", "looks"}.isdisjoint(as_json(ping))
