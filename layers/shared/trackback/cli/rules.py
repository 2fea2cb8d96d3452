"""The commands about the author's rules; each returns whether it succeeded."""

from argparse import Namespace

from trackback.cli.output import complain, facts_grid, say
from trackback.model.posts import post_key
from trackback.model.rule import Effect, Rule
from trackback.receiving.spam.evidence import Evidence
from trackback.receiving.spam.rules import applies, read_rule, too_wide
from trackback.storage.settings import load_rules, save_rules
from trackback.storage.table import Table
from trackback.urls import read_source


def why(table: Table, args: Namespace) -> bool:
    """Print a URL's keys, as post and as source, and the rules that match a ping from it."""
    source = read_source(args.url)
    nameless = Evidence(url=source.url, title="", excerpt="", blog_name="")
    matching = [_shown(rule) for rule in load_rules(table) if applies(rule, nameless)]
    say(facts_grid({"as a post": post_key(args.url), "as a source": source.key, "rules": matching}))
    return True


def _shown(rule: Rule) -> str:
    return f"{rule} (too wide: approves nothing)" if too_wide(rule) else str(rule)


def list_rules(table: Table, _: Namespace) -> bool:
    """Print the author's rules."""
    rules = load_rules(table)
    say("\n".join(map(str, rules)) if rules else "No rules.")
    for rule in rules:
        if problem := too_wide(rule):
            complain(f"{rule} approves nothing. {problem}")
    return True


def add_rule(table: Table, args: Namespace) -> bool:
    """Append a rule."""
    rule = read_rule(args.effect, args.matches, args.value)
    before = load_rules(table)
    save_rules(table, [*(known for known in before if known.id != rule.id), rule], before)
    say(str(rule))
    return True


def remove_rule(table: Table, args: Namespace) -> bool:
    """Remove a rule, whatever its effect."""
    gone = read_rule(Effect.BLOCK, args.matches, args.value).id
    before = load_rules(table)
    after = [rule for rule in before if rule.id != gone]
    if after == before:
        complain("there is no such rule; trackback rules list shows them")
        return False
    save_rules(table, after, before)
    return True
