"""Paths of the service's own routes, for the functions that answer them and for links to them."""

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
