"""Decides which links lead to a post. Hosts are compared first, and cheaply: a hostile page has thousands."""

import re
import unicodedata

from trackback.model.posts import host_key, post_key

_MOST_HOSTS = 1_000  # remembered per page; further ones are compared anew
_AUTHORITY = re.compile(r"(?:[^:/?#]*:)?//([^/?#]*)")
_IGNORED = re.compile(  # what UTS 46 drops from a host, and the joiners, which it keeps
    "[\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200d\u2060-\u2064\u206a-\u206f\u3164\ufe00-\ufe0f"
    "\ufeff\uffa0\U0001bca0-\U0001bca3\U000e0100-\U000e01ef]"
)


class PostLinks:
    """Recognises links to one post on one page, under any of the post's keys."""

    def __init__(self, keys: frozenset[str]) -> None:
        self._keys = keys
        self._hosts = frozenset(key.partition("/")[0] for key in keys)
        self._skeletons = frozenset(_skeleton(_in_unicode(host)) for host in self._hosts)
        self._known: dict[str, bool] = {}

    def is_on_host(self, url: str) -> bool:
        """Return whether an absolute URL is on the post's host."""
        match = _AUTHORITY.match(url)
        authority = match[1] if match else ""
        known = self._known.get(authority)
        if known is None:
            known = self._is_host(authority)
            if len(self._known) < _MOST_HOSTS:
                self._known[authority] = known
        return known

    def matches(self, url: str) -> bool:
        """Return whether a URL is the post's."""
        return self.is_on_host(url) and post_key(url) in self._keys

    def _is_host(self, authority: str) -> bool:
        """Compare a host; IDNA is ten times slower than skeletons, so these are compared first."""
        may_be = authority.isascii() or "xn--" in authority.lower() or _skeleton(authority) in self._skeletons
        return may_be and host_key(authority) in self._hosts


def _skeleton(host: str) -> str:
    """Return a text that all spellings of a host have in common; few other hosts share it."""
    text = unicodedata.normalize("NFKC", _IGNORED.sub("", host)).casefold()
    text = unicodedata.normalize("NFKC", text).replace("\u3002", ".")
    return text.partition(":")[0].rstrip(".").removeprefix("www.")


def _in_unicode(host: str) -> str:
    if "xn--" not in host:
        return host
    import idna  # noqa: PLC0415 - loads half a megabyte of tables that few posts need

    try:
        return idna.decode(host)
    except idna.IDNAError:
        return host
