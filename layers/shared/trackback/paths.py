"""Paths of the service's own routes, for the functions that answer them and for links to them."""

import re

PING_URLS = "/trackback/"
"""Before a post's `host/path`: its ping URL."""

LISTS = "/pings/"
"""Before a post's `host/path`: the list of its approved pings."""

QUEUE = "/moderate"
"""The first of the author's pages; the others are below it."""

DECIDE_ALL = f"{QUEUE}/decide-all"
UNLINKED = f"{QUEUE}?show=unlinked"
"""The pending pings without a link that was found."""

PING_PAGES = f"{QUEUE}/ping/"
MAIL_LINKS = f"{QUEUE}/link/"
SEND = f"{QUEUE}/send"
SENT = f"{QUEUE}/sent"
RULES = f"{QUEUE}/rules"
SETTINGS = f"{QUEUE}/settings"
SIGN_IN = f"{QUEUE}/sign-in"


def path_of(url: str) -> str:
    """Return a post's `host/path` for a path of the API.

    API Gateway decodes a path once and cuts it at a `?`, so an encoded `?`, `/` or `%` is encoded twice.
    """
    return re.sub("%(?=3F|2F|25)", "%25", url.partition("://")[2], flags=re.IGNORECASE)


def decoded_once(path: str) -> str:
    """Return a path of the API as its functions get it: what `path_of` encodes twice is encoded once."""
    return re.sub("%25(?=3F|2F|25)", "%", path, flags=re.IGNORECASE)
