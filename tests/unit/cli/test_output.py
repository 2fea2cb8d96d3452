"""Pings on a terminal: nothing steers it, nothing is cut off."""

from dataclasses import replace

import pytest

from tests.conftest import MakePing
from trackback.cli.output import as_json, every_fact, explanation, facts_grid, ping_grid, printable, say
from trackback.model.texts import Texts
from trackback.model.verdict import LinkStatus, Reason, ReasonCode, Verdict

Output = pytest.CaptureFixture[str]
ESCAPE = "\x1b[31m\x9b2J\x07"


def test_nothing_that_steers_a_terminal_is_printed(make_ping: MakePing, capsys: Output) -> None:
    stranger = replace(
        make_ping(),
        texts=Texts(f"{ESCAPE}title", f"{ESCAPE}excerpt", f"{ESCAPE}name"),
        verdict=Verdict(
            LinkStatus.FOUND,
            "2026-11-24T06:11:05.000Z",
            sentence=ESCAPE,
            url=ESCAPE,
            reasons=[Reason(ReasonCode.WORDS, ESCAPE)],
        ),
        revision=Texts(ESCAPE, ESCAPE, ESCAPE),
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
    ping = replace(make_ping(), client_hash="0123456789abcdef", check_count=3)
    assert "0123456789abcdef" not in str(as_json(ping))
