"""Parses the author's rules and applies them to evidence.

An allow rule trusts a place that one person has (`web.accounts`): a host that many share is none. Rules that
an older version stored may be wider; they approve nothing.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv6Address
from urllib.parse import urlsplit

from trackback.errors import PingRefused
from trackback.model.rule import BadRule, Effect, Matches, Rule
from trackback.receiving.spam.evidence import Evidence
from trackback.urls import host_of, read_source
from trackback.web.accounts import account_at, account_of, example_on, segments, without_www
from trackback.web.text.plain_text import fold

MAX_VALUE = 500

MIN_TEXT, MAX_TEXT = 2, 100

_HIDDEN = re.compile(r"%2f|%5c|\.\.", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Place:
    host: str
    path: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Seen:
    """Evidence prepared for matching, once for all rules."""

    places: list[_Place | None]
    texts: list[str]


def read_rule(effect: str, matches: str, value: str) -> Rule:
    """Parse a rule that the author wrote; hosts and paths may be pasted as URLs.

    Raises:
        BadRule: the rule is invalid; the message tells what to write instead.
    """
    try:
        rule = Rule(Effect(effect), Matches(matches), value)
    except ValueError:
        raise BadRule("A rule is block or allow, then host, path or text, then what to look for.") from None
    read = {Matches.HOST: _read_host, Matches.PATH: _read_path, Matches.TEXT: _read_text}
    found = read[rule.matches](value)
    if len(found) > MAX_VALUE:
        raise BadRule(f"A rule may be {MAX_VALUE} characters long.")
    rule = Rule(rule.effect, rule.matches, found)
    if problem := too_wide(rule):
        raise BadRule(problem)
    return rule


def rule_about(effect: Effect, url: str) -> Rule:
    """Return a rule about the site of a page: its host, or on a shared host the part of its author.

    Raises:
        BadRule: the page is nobody's in particular.
    """
    host = host_of(url)
    account = account_of(url)
    if account is None:
        raise BadRule(f"Many people share {host}, and this address does not say whose the page is.")
    if account.path:
        return read_rule(effect, Matches.PATH, str(account))
    return read_rule(effect, Matches.HOST, f"[{host}]" if ":" in host else host)


def narrower(url: str) -> str:
    """Return how a rule that allows a page's author is written; empty if the page is nobody's."""
    try:
        return str(rule_about(Effect.ALLOW, url))
    except BadRule:
        return ""


def too_wide(rule: Rule) -> str:
    """Return why an allow rule would trust many people, and what to write instead; empty if it does not."""
    if rule.effect is not Effect.ALLOW or rule.matches is Matches.TEXT:
        return ""
    host, *path = rule.value.split("/")
    if not path and _is_top_level(host):
        return "This would allow every host of a top-level domain. Name one, like blog.example."
    if account_at(host, tuple(path)):
        return ""
    if not (example := example_on(host)):
        return f"Many people share {rule.value}, and its addresses do not say whose a page is."
    kind = Matches.PATH if "/" in example else Matches.HOST
    return f"Many people share {rule.value}. Allow one of them: allow {kind} {example}"


def deciding_rule(evidence: Evidence, rules: Iterable[Rule]) -> Rule | None:
    """Return the most specific rule that matches and is not too wide for the page, or None."""
    seen = _look_at(evidence)
    return _most_specific(rule for rule in rules if _applies(rule, seen) and _trusts(rule, seen))


def idle_rule(evidence: Evidence, rules: Iterable[Rule]) -> Rule | None:
    """Return the most specific allow rule that matches, but trusts more people than the page's author."""
    seen = _look_at(evidence)
    return _most_specific(rule for rule in rules if _applies(rule, seen) and not _trusts(rule, seen))


def _most_specific(rules: Iterable[Rule]) -> Rule | None:
    order = [Matches.TEXT, Matches.HOST, Matches.PATH]
    return max(
        rules,
        key=lambda rule: (order.index(rule.matches), len(rule.value), rule.effect is Effect.BLOCK),
        default=None,
    )


def _trusts(rule: Rule, seen: _Seen) -> bool:
    """Tell whether a rule is about no more than what the author of the page has."""
    if rule.effect is Effect.BLOCK or rule.matches is Matches.TEXT:
        return True
    host, *path = rule.value.split("/")
    accounts = [account_at(place.host, place.path) for place in seen.places if place]
    return all(account is not None and account.holds(host, tuple(path)) for account in accounts)


def applies(rule: Rule, evidence: Evidence) -> bool:
    """Tell whether a rule matches.

    A block rule matches if the source's URL or its final URL after redirects does; an allow rule needs both.
    Otherwise an open redirect on a friend's site would admit any page.
    """
    return _applies(rule, _look_at(evidence))


def _look_at(evidence: Evidence) -> _Seen:
    places = [_place(url) for url in (evidence.url, evidence.landed) if url]
    return _Seen(places, [fold(text) for text in (evidence.title, evidence.excerpt, evidence.blog_name)])


def _applies(rule: Rule, seen: _Seen) -> bool:
    if rule.matches is Matches.TEXT:
        return any(rule.value in text for text in seen.texts)
    matched = [place is not None and _is_in(place, rule) for place in seen.places]
    return any(matched) if rule.effect is Effect.BLOCK else all(matched)


def _is_in(place: _Place, rule: Rule) -> bool:
    if rule.matches is Matches.HOST:
        is_ip = ":" in place.host or place.host.rpartition(".")[2].isdecimal()
        return place.host == rule.value or (not is_ip and place.host.endswith(f".{rule.value}"))
    host, *path = rule.value.split("/")
    if rule.effect is Effect.ALLOW and any(_HIDDEN.search(segment) for segment in place.path):
        return False  # servers resolve such a path differently
    return place.host.removeprefix("www.") == host and place.path[: len(path)] == tuple(path)


def _read_host(value: str) -> str:
    place = _written_place(value)
    if place.path:
        raise BadRule("A host rule has no path. Write a path rule for a part of a site.")
    return place.host


def _is_top_level(host: str) -> bool:
    return "." not in host and ":" not in host and host != "localhost"


def _read_path(value: str) -> str:
    place = _written_place(value)
    if not place.path:
        raise BadRule("A path rule needs a path, like blog.example/news. Write a host rule for a whole site.")
    return "/".join([place.host, *place.path])


def _read_text(value: str) -> str:
    text = " ".join(fold(value[: MAX_VALUE + 1]).split())
    if not MIN_TEXT <= len(text) <= MAX_TEXT:
        raise BadRule(f"A text rule needs {MIN_TEXT} to {MAX_TEXT} characters to look for.")
    return text


def _written_place(value: str) -> _Place:
    address = value.strip().partition("://")[2] or value.strip()
    place = _place("https://" + address.removeprefix("*").removeprefix("."))
    if place is None or "?" in value:
        raise BadRule("Write a host like blog.example, or a path like blog.example/news, without a “?”.")
    if len(value) > MAX_VALUE:
        raise BadRule(f"A rule may be {MAX_VALUE} characters long.")
    return _Place(without_www(place.host), place.path)


def _place(url: str) -> _Place | None:
    """Return a URL's host and path, without port and query; None if it is not a valid source."""
    try:
        authority, _, path = read_source(url).key.partition("?")[0].partition("/")
        host = urlsplit(f"//{authority}").hostname or ""
        return _Place(IPv6Address(host).compressed if ":" in host else host, segments(path))
    except (PingRefused, ValueError):
        return None
