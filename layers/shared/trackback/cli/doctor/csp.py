"""Checks a page's Content Security Policy for the embed (W3C, Content Security Policy Level 3).

For each policy, it reads the effective directives for scripts and requests, and matches their sources as
browsers do. It ignores Trusted Types: the embed writes no HTML and makes no script from text.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import SplitResult, unquote, urlsplit

SCRIPTS = ("script-src-elem", "script-src", "default-src")
REQUESTS = ("connect-src", "default-src")

_PORTS = {"http": 80, "https": 443}
_SOURCE = re.compile(
    r"(?:(?P<scheme>[a-z][a-z0-9+.-]*)://)?(?P<host>\*|(?:\*\.)?[a-z0-9.-]+|\[[0-9a-f:.]+\])"
    r"(?::(?P<port>[0-9]{1,5}|\*))?(?P<path>/[^?#]*)?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Policy:
    """One policy: its directives by name. Of repeated directives, the first counts."""

    directives: Mapping[str, tuple[str, ...]]

    def directive(self, names: Iterable[str]) -> tuple[str, tuple[str, ...]] | None:
        """Return the first of the named directives that the policy has, with its sources."""
        return next(((name, self.directives[name]) for name in names if name in self.directives), None)


def read_policies(headers: str, metas: Iterable[str]) -> list[Policy]:
    """Return a page's policies: those of its header, joined by commas if repeated, and of its meta tags."""
    found = [*map(_read, headers.split(",")), *(_in_page(_read(meta)) for meta in metas)]
    return [policy for policy in found if policy.directives]


def _read(text: str) -> Policy:
    directives: dict[str, tuple[str, ...]] = {}
    for directive in text.split(";"):
        name, *values = directive.split() or [""]
        if name:
            directives.setdefault(name.lower(), tuple(values))
    return Policy(directives)


def _in_page(policy: Policy) -> Policy:
    """Return a policy without the directives that a meta tag cannot set."""
    return Policy({name: values for name, values in policy.directives.items() if name != "sandbox"})


def forbids_script(
    policies: Iterable[Policy], url: str, page: str, *, nonce: str = "", integrity: str = ""
) -> str:
    """Return the directive that blocks a script tag of the page, or an empty string."""
    for policy in policies:
        sandbox = policy.directives.get("sandbox")
        if sandbox is not None and "allow-scripts" not in map(str.lower, sandbox):
            return " ".join(["sandbox", *sandbox])
        name, sources = policy.directive(SCRIPTS) or ("", ("*",))
        vouched = {f"'nonce-{nonce}'"} if nonce else set()
        hashes = {f"'{each}'" for each in integrity.split()}
        if vouched.intersection(sources) or (hashes and hashes <= set(sources)):
            continue
        if "'strict-dynamic'" in sources or not _allows(sources, url, page):
            return " ".join([name, *sources])
    return ""


def forbids_request(policies: Iterable[Policy], url: str, page: str) -> str:
    """Return the directive that blocks the page's scripts from requesting a URL, or an empty string."""
    for policy in policies:
        name, sources = policy.directive(REQUESTS) or ("", ("*",))
        if not _allows(sources, url, page):
            return " ".join([name, *sources])
    return ""


def _allows(sources: Collection[str], url: str, page: str) -> bool:
    wanted, home = urlsplit(url), urlsplit(page)
    return any(_matches(source, wanted, home) for source in sources)


def _matches(source: str, wanted: SplitResult, home: SplitResult) -> bool:
    if source == "*":
        return wanted.scheme in _PORTS
    if source.lower() == "'self'":
        same_port = _port(wanted) == _port(home) or (_is_default(wanted) and _is_default(home))
        return wanted.hostname == home.hostname and same_port and _upgraded(home.scheme, wanted.scheme)
    if source.endswith(":") and "/" not in source:
        return _upgraded(source[:-1].lower(), wanted.scheme)
    parts = _SOURCE.fullmatch(source)
    return parts is not None and (
        _upgraded((parts["scheme"] or home.scheme).lower(), wanted.scheme)
        and _is_host(parts["host"].lower(), wanted.hostname or "")
        and _is_port(parts["port"], wanted)
        and _is_path(parts["path"] or "", wanted.path or "/")
    )


def _upgraded(allowed: str, scheme: str) -> bool:
    return scheme == allowed or (allowed, scheme) == ("http", "https")


def _is_host(pattern: str, host: str) -> bool:
    if pattern == "*":
        return True
    return host.endswith(pattern[1:]) if pattern.startswith("*.") else host == pattern.strip("[]")


def _is_port(allowed: str | None, wanted: SplitResult) -> bool:
    if allowed is None:
        return _is_default(wanted)
    return allowed in {"*", str(_port(wanted))} or (allowed == "80" and _port(wanted) == _PORTS["https"])


def _is_path(allowed: str, path: str) -> bool:
    allowed, path = unquote(allowed), unquote(path)
    return path.startswith(allowed) if allowed in {"", "/"} or allowed.endswith("/") else path == allowed


def _port(url: SplitResult) -> int | None:
    return url.port or _PORTS.get(url.scheme)


def _is_default(url: SplitResult) -> bool:
    return _port(url) == _PORTS.get(url.scheme)
