"""Resolves a page's links as browsers do."""

import re
from contextlib import suppress
from urllib.parse import unquote, urljoin

from trackback.errors import PingRefused
from trackback.urls import MAX_URL, read_source

UNFOLLOWED = frozenset({"nofollow", "ugc", "sponsored"})
"""`rel` values of links that a page does not endorse; a third party may have placed them."""


# The WHATWG's URL standard: spaces around a URL and line breaks within it are ignored, "\\" is a slash, any
# number of slashes may precede the host, and a scheme without slashes may be omitted.
_BLANKS = "".join(map(chr, range(0x21)))
_BREAKS = str.maketrans("", "", "\t\n\r")
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):", re.IGNORECASE)
_PARTS = re.compile(r"(https?)://([^/?#]*)([^?#]*)(.*)", re.IGNORECASE | re.DOTALL)
_PLAINLY_RELATIVE = re.compile(r"(?!//)[^:\\\x00-\x20]+")
_NEVER_IN_A_HOST = re.compile(r"[\x00-\x20#%/<>?@\\^|\x7f]")


def resolve(href: str, base: str) -> str | None:
    """Return the http or https URL of an `href` on a page at `base`, or None if it has none.

    User name and password are dropped, since they do not identify a page.
    """
    href = href.translate(_BREAKS).strip(_BLANKS)
    mark = re.search("[?#]", href)
    at = mark.start() if mark else len(href)
    path, rest = href[:at].replace("\\", "/"), href[at:]
    scheme = base.partition(":")[0].lower()
    if match := _SCHEME.match(path):
        named, path = match[1].lower(), path[match.end() :]
        if named not in {"http", "https"}:
            return None
        if named != scheme or path.startswith("//"):
            scheme, path = named, "//" + path.lstrip("/")
    if path.startswith("//"):
        return _absolute(f"{scheme}://{path.lstrip('/')}{rest}")
    try:
        return _absolute(urljoin(base.partition("#")[0], path + rest)) if len(base) <= MAX_URL else None
    except ValueError:
        return None


def is_plainly_relative(href: str) -> bool:
    """Tell whether an `href` certainly has the host of the base URL; others may have it, too."""
    return _PLAINLY_RELATIVE.fullmatch(href) is not None


def published(url: str | None) -> str | None:
    """Return a URL that is fit to show and fetch, or None if it is too long or invalid."""
    with suppress(PingRefused):
        return read_source(url).url if url else None
    return None


def _absolute(url: str) -> str | None:
    parts = _PARTS.match(url)
    if not parts:
        return None
    scheme, authority, path, rest = parts.groups()
    host = authority.rpartition("@")[2]
    host = unquote(host) if "%" in host else host
    if not host or _NEVER_IN_A_HOST.search(host):
        return None
    path = re.sub("(?i:%2e)", ".", path)
    if "/." in path:
        path = _without_dots(path)
    return f"{scheme.lower()}://{host}{path}{rest}"


def _without_dots(path: str) -> str:
    """Remove the dot segments of a path and keep empty segments; `urljoin` would take these for a host."""
    segments = path.split("/")[1:]
    kept: list[str] = []
    for segment in segments:
        if segment == "..":
            del kept[-1:]
        elif segment != ".":
            kept.append(segment)
    if segments[-1] in {".", ".."}:
        kept.append("")
    return "/" + "/".join(kept)
