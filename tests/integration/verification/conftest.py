"""Sources and rules for verification."""

from trackback.receiving.spam.rules import read_rule
from trackback.storage.settings import save_rules
from trackback.storage.table import Table

SOURCE = "/re"


def rule(table: Table, *words: str) -> None:
    save_rules(table, [read_rule(*words)], [])
