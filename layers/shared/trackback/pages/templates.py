"""The author's pages: autoescaping templates, static files, and security headers."""

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from trackback.model.ping import Ping
from trackback.model.posts import post_key
from trackback.model.transitions import may_be_undone
from trackback.model.verdict import LinkStatus, Sentence, Verdict, split_sentence
from trackback.paths import QUEUE
from trackback.urls import host_of

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
    "X-Robots-Tag": "noindex, nofollow",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",  # without a policy, forms would send no origin
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
FILES = {
    "style.css": "text/css; charset=utf-8",
    "moderate.js": "text/javascript; charset=utf-8",
    "icon.svg": "image/svg+xml",
}
FOR_GOOD, ASK_FIRST = "public, max-age=31536000, immutable", "no-cache"

_WHO = {"author": "you", "rule": "a rule of yours", "check": "the check", "sender": "its sender"}


class CheckResult(NamedTuple):
    """Result of a source check for display: a kind for the style, a sign, and the text."""

    kind: str
    sign: str
    words: str


class File(NamedTuple):
    """A static file, and the version in its address."""

    body: str
    content_type: str
    version: str


class Pages:
    """The templates and static files of a folder."""

    def __init__(self, folder: Path) -> None:
        """Read the static files. Templates are loaded on first use."""
        texts = {name: (folder / name).read_text(encoding="utf-8") for name in FILES}
        self.files = {name: File(text, FILES[name], _version(text)) for name, text in texts.items()}
        self._templates = load_templates(folder)
        self._templates.filters |= {
            "host": host_of,
            "check_result": check_result,
            "day": day,
            "marked": marked,
            "minute": minute,
            "number": lambda number: f"{number:,}",
            "post_key": post_key,
            "reasons": reasons,
            "who": lambda by: _WHO.get(by, by),
            "words": lambda name: str(name).replace("_", " "),
        }
        self._templates.tests["undoable"] = may_be_undone
        self._templates.globals["asset"] = self._address

    def render(self, name: str, values: Mapping[str, Any]) -> str:
        """Return a rendered page."""
        return self._templates.get_template(name).render(values)

    def _address(self, name: str) -> str:
        return f"{QUEUE}/{name}?v={self.files[name].version}"


def load_templates(folder: Path) -> Environment:
    """Return a folder's templates: every value is escaped, and a missing one is an error."""
    templates = Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.filters["web"] = web
    return templates


def _version(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def marked(verdict: Verdict) -> Sentence:
    """Return the sentence around the link, split so that the link's text can be marked."""
    return split_sentence(verdict.sentence, verdict.text)


def check_result(ping: Ping) -> CheckResult:
    """Return the result of a ping's source check for display."""
    verdict = ping.verdict
    if not verdict:
        return CheckResult("unknown", "…", "Not looked at yet")
    why = f": {verdict.why.rstrip('.')}" if verdict.why else ""
    if verdict.link is LinkStatus.FOUND:
        return CheckResult("found", "✓", "Links to your post")
    if verdict.link is LinkStatus.MISSING:
        return CheckResult("missing", "✗", f"No link to your post found{why}")
    if verdict.is_from_ping_alone:
        return CheckResult("unknown", "…", "Not looked at, for the ping alone says enough")
    return CheckResult("unreachable", "?", f"Could not be looked at{why}")


def reasons(ping: Ping) -> list[str]:
    """Return the reasons for or against a ping, without the one that `check_result` already shows."""
    return ping.verdict.reasons_besides_link if ping.verdict else []


def minute(stamped: str) -> str:
    """Return a stored time in UTC, formatted for the author."""
    when = datetime.fromisoformat(stamped)
    return f"{when.day} {when:%b %Y, %H:%M}"


def day(seconds: int) -> str:
    """Return the day (UTC) of a Unix time, formatted for the author."""
    when = datetime.fromtimestamp(seconds, UTC)
    return f"{when.day} {when:%b %Y}"


def web(url: str) -> str:
    """Return an address if its scheme is http or https, otherwise an empty string."""
    return url if urlsplit(url).scheme in {"http", "https"} else ""
