"""Parses the author's rules and applies them to evidence."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv6Address
from urllib.parse import urlsplit

from trackback.errors import PingRefused
from trackback.model.rule import BadRule, Effect, Matches, Rule
from trackback.receiving.spam.evidence import Evidence
from trackback.urls import read_source
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
    if rule.effect is Effect.ALLOW and rule.matches is Matches.HOST and _is_top_level(found):
        raise BadRule("This would allow every host of a top-level domain. Name one, like blog.example.")
    if len(found) > MAX_VALUE:
        raise BadRule(f"A rule may be {MAX_VALUE} characters long.")
    return Rule(rule.effect, rule.matches, found)


def deciding_rule(evidence: Evidence, rules: Iterable[Rule]) -> Rule | None:
    """Return the most specific rule that matches, or None."""
    order = [Matches.TEXT, Matches.HOST, Matches.PATH]
    seen = _look_at(evidence)
    return max(
        (rule for rule in rules if _applies(rule, seen)),
        key=lambda rule: (order.index(rule.matches), len(rule.value), rule.effect is Effect.BLOCK),
        default=None,
    )


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
    return _Place(_without_www(place.host), place.path)


def _without_www(host: str) -> str:
    rest = host.removeprefix("www.")
    return rest if "." in rest else host


def _place(url: str) -> _Place | None:
    """Return a URL's host and path, without port and query; None if it is not a valid source."""
    try:
        authority, _, path = read_source(url).key.partition("?")[0].partition("/")
        host = urlsplit(f"//{authority}").hostname or ""
        return _Place(IPv6Address(host).compressed if ":" in host else host, _segments(path))
    except (PingRefused, ValueError):
        return None


def _segments(path: str) -> tuple[str, ...]:
    """Return a path's segments with `.` and `..` resolved, as the fetcher resolves them."""
    found: list[str] = []
    for segment in path.split("/"):
        if segment == "..":
            del found[-1:]
        elif segment not in {"", "."}:
            found.append(segment)
    return tuple(found)
