"""The blogs that a deployment serves, and the posts that ping URLs name on them."""

import re
from dataclasses import dataclass
from urllib.parse import unquote

from trackback.errors import PingRefused
from trackback.urls import as_sent, ascii_host, page_path

MAX_KEY = 1_024
"""Longest post key, in bytes; an index's partition key may be 2,048."""


@dataclass(frozen=True, slots=True)
class Post:
    """A page of a served blog: its URL, and its key, the same for all spellings of the URL."""

    url: str
    key: str


class Sites:
    """The served blogs, by host; `www.` and a default port do not make a different blog."""

    def __init__(self, hosts: str) -> None:
        """Parse hosts separated by commas; a host that does not use https has "http://" before it."""
        self._urls: dict[str, str] = {}
        for entry in filter(None, (entry.strip().lower() for entry in hosts.split(","))):
            scheme, _, host = entry.rpartition("://")
            key = host_key(host)
            if not key:
                raise ValueError("SITES must be hosts separated by commas")
            name, colon, port = host.partition(":")
            self._urls[key] = f"{scheme or 'https'}://{ascii_host(name)}{colon}{port}"

    def serves(self, key: str) -> bool:
        """Tell whether a post's key is on one of the served blogs."""
        return key.partition("/")[0] in self._urls

    def find(self, name: str) -> Post:
        """Return the post that `{host}/{path}` names; a scheme before it and a query after it are ignored.

        The post's URL has the host as configured, whatever host was requested, so a redirect to it never
        leaves the blog.

        Raises:
            PingRefused: the host is not a served blog, or the name is too long.
        """
        host, path = _host_and_path(name.partition("?")[0])
        base = self._urls.get(host_key(unquote(host)))
        if base is None:
            raise PingRefused("No blog with this host takes TrackBacks here. Check the ping URL.")
        key = f"{host_key(base.partition('://')[2])}{page_path(path)}"
        if len(key) > MAX_KEY:
            raise PingRefused("The ping URL names a post with too long an address.")
        return Post(f"{base}/{as_sent(path)}", key)


def host_key(host: str) -> str:
    """Return the key of a blog's host; empty if the text is not a host."""
    name, _, port = host.partition(":")
    try:
        name = ascii_host(name).removeprefix("www.") if re.fullmatch("[0-9]{0,5}", port) else ""
    except PingRefused:
        return ""
    return name if not name or port in {"", "80", "443"} else f"{name}:{port}"


def post_key(name: str) -> str:
    """Return the key of any post named by URL or by `host/path`, whether or not its blog is served here."""
    host, path = _host_and_path(re.split("[?#]", name, maxsplit=1)[0])
    return host_key(host) + page_path(path)


def _host_and_path(name: str) -> tuple[str, str]:
    host, _, path = re.sub(r"^/*(https?:/+)?", "", name, flags=re.IGNORECASE).partition("/")
    return host, path
