"""Fetchers for tests, and the words in which they refuse."""

from collections.abc import Callable, Sequence

from tests.support.websites import website
from trackback.web.http.client import Fetched, Fetcher

NOT_PUBLIC = "its server is not on the public internet"
PORT = "its port is neither 80 nor 443"
NOT_PLAIN = "its address is not a plain one of http or https"
NOT_HTTP = "its server's answer is not HTTP"


def names(**addresses: str) -> Callable[[str], Sequence[str]]:
    """Return a look-up of names like `blog_example`, each with one or more addresses."""
    return lambda host: addresses[host.replace(".", "_").replace("-", "_")].split()


def here(seconds: float = 5) -> Fetcher:
    """Return a fetcher as the local stack has it."""
    return Fetcher(loopback=True, seconds=seconds)


def get(answer: bytes, seconds: float = 5) -> Fetched:
    """Return what is fetched from a server that answers so."""
    with website(answer) as site:
        return here(seconds).get(site.url)
