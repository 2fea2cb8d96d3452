"""What the author has said once and for all: rules, kept in one record of the table."""

from collections.abc import Sequence

from trackback.rules import Effect, Matches, Rule
from trackback.table import Table

_RECORD = "rules#"


def load_rules(table: Table) -> list[Rule]:
    """Return the author's rules."""
    return [_rule(*written.split(" ", 2)) for written in table.read(_RECORD).get("rules", [])]


def _rule(effect: str, matches: str, value: str) -> Rule:
    return Rule(Effect(effect), Matches(matches), value)  # normalised when it was added


def save_rules(table: Table, rules: Sequence[Rule], before: Sequence[Rule]) -> None:
    """Put rules in place of those that were there `before`.

    Raises:
        StatusChanged: others are there by now.
    """
    table.write(_RECORD, "rules", [str(rule) for rule in rules], was=[str(rule) for rule in before])
