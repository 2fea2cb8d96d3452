"""Admission of one look at a source: each server that it leads to gives it a turn, or not now."""

import hashlib
from base64 import b32encode
from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple
from urllib.parse import urlsplit

from trackback.errors import TrackbackError
from trackback.model.ping import Due, Ping
from trackback.model.turns import Visit
from trackback.storage.turns import TurnStore
from trackback.timestamps import stamp
from trackback.web.http.addresses import is_loopback
from trackback.web.http.client import SECONDS
from trackback.web.http.failures import FetchFailed
from trackback.web.sites import network_of, site_of


class Look(NamedTuple):
    """How long a look may take, and whether a longer one follows if the site does not answer in it.

    Attributes:
        seconds: How long the site has for its answer.
        is_first: Whether a longer look follows if it does not answer.
        has_time: Tells whether there is time left to read what has been fetched.
    """

    seconds: float
    is_first: bool
    has_time: Callable[[], bool] = lambda: True


PATIENT = Look(SECONDS, is_first=False)


class NotNow(TrackbackError):
    """The source's server is asked often enough just now.

    Attributes:
        until: When it is this ping's turn; None if that would be too far ahead.
    """

    def __init__(self, until: datetime | None) -> None:
        super().__init__("its server is being asked too often just now")
        self.until = until


class Admission:
    """Asks for turns while one page is fetched: of the source's server, and of those it redirects to."""

    def __init__(self, turns: TurnStore, ping: Ping, look: Look, now: datetime) -> None:
        """A ping that has waited for its turn needs no other one of its own site."""
        self._turns, self._look, self._now = turns, look, now
        self._ping, self._site = ping, site_of(ping.url)
        self._has_turn = ping.due is Due.TURN and ping.check_at <= stamp(now)
        self._admitted: list[tuple[str, str]] = []

    def admit(self, url: str, address: str) -> None:
        """Take a turn at a server, once for each of its sites that this fetch leads to.

        Raises:
            NotNow: it is not this ping's turn.
            FetchFailed: it is the turn of others at a site that the source redirects to.
        """
        site = site_of(url)
        server = site if is_loopback(address) else network_of(address)
        if (server, site) in self._admitted:
            return
        if not (self._has_turn and site == self._site):
            self._take(server, site, url)
        self._admitted.append((server, site))

    def mark_slow(self) -> None:
        """Note that the site that was asked last has kept us waiting, if its server is known."""
        for server, site in self._admitted[-1:]:
            self._turns.mark_slow(server, _short(site), self._now)

    def _take(self, server: str, site: str, url: str) -> None:
        visit = Visit(_short(site), _short(_page(url)), self._ping.client_hash[:8], not self._look.is_first)
        at = self._turns.take(server, visit, self._now)
        if at == self._now:
            return
        if site != self._site:
            raise FetchFailed("it redirects to a site that is being asked too often just now")
        raise NotNow(at)


def _page(url: str) -> str:
    """Return a URL without its parameters' values: a query names a page, or makes up spellings of one."""
    parts = urlsplit(url)
    names = sorted({pair.partition("=")[0] for pair in parts.query.split("&")})
    return f"{site_of(url)}{parts.path}?{'&'.join(names)}"


def _short(text: str) -> str:
    """Return a short name for a text, so that a server's record stays small."""
    return b32encode(hashlib.sha256(text.encode()).digest()[:5]).decode().lower()
