"""The author's rules, kept in the table."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from trackback.errors import StatusChanged
from trackback.ping import Status
from trackback.rules import read_rule
from trackback.settings import load_rules, save_rules
from trackback.table import Table

FRIEND = read_rule("allow", "host", "friend.example")
FOE = read_rule("block", "path", "platform.example/foe")
WORDS = read_rule("block", "text", "two words and a “quote”")


def test_there_are_no_rules_at_first(table: Table) -> None:
    assert load_rules(table) == []


def test_rules_are_read_as_they_were_written_and_in_order(table: Table) -> None:
    save_rules(table, [FRIEND, FOE, WORDS], [])
    assert load_rules(table) == [FRIEND, FOE, WORDS]
    save_rules(table, [WORDS], [FRIEND, FOE, WORDS])
    assert load_rules(table) == [WORDS]
    save_rules(table, [], [WORDS])
    assert load_rules(table) == []
    save_rules(table, [FOE], [])
    assert load_rules(table) == [FOE]


@pytest.mark.parametrize("before", [[], [FOE], [FOE, FRIEND]], ids=["none", "another", "another order"])
def test_rules_that_changed_meanwhile_are_not_overwritten(table: Table, before: list[object]) -> None:
    save_rules(table, [FRIEND, FOE], [])
    with pytest.raises(StatusChanged):
        save_rules(table, [WORDS], before)  # type: ignore[arg-type]
    assert load_rules(table) == [FRIEND, FOE]


def test_of_eight_who_change_the_rules_at_once_one_succeeds(table: Table) -> None:
    save_rules(table, [FRIEND], [])
    texts = [read_rule("block", "text", f"text {n}") for n in range(8)]

    def add(n: int) -> bool:
        try:
            save_rules(table, [FRIEND, texts[n]], [FRIEND])
        except StatusChanged:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(add, range(8))) == 1
    assert load_rules(table)[0] == FRIEND
    assert len(load_rules(table)) == 2


def test_rules_are_no_pings(table: Table) -> None:
    save_rules(table, [FRIEND], [])
    assert list(table.pings()) == list(table.pings(Status.RECEIVED)) == []


RULES = [
    ("block", "host", "[2001:db8::1]"),
    ("block", "path", "[2001:db8::1]/x"),
    ("allow", "host", "www.www.example"),
    ("block", "host", "www.com"),
    ("block", "path", "blog.example/" + "é" * 60),
    ("allow", "text", "block host x"),
]


@pytest.mark.parametrize("written", RULES, ids=[" ".join(row)[:30] for row in RULES])
def test_every_rule_that_can_be_added_can_be_read_and_removed(
    table: Table, written: tuple[str, str, str]
) -> None:
    rule = read_rule(*written)
    save_rules(table, [rule], [])
    assert load_rules(table) == [rule]
    save_rules(table, [], [rule])
    assert load_rules(table) == []


def test_a_rule_of_a_host_named_www_is_not_one_of_its_whole_top_level_domain() -> None:
    assert read_rule("block", "host", "www.com").value == "www.com"
