"""The client of each protocol that pings are sent in."""

import typing
from collections.abc import Callable, Mapping
from datetime import datetime

from trackback.model.protocol import Protocol
from trackback.protocols.outcome import Outcome
from trackback.protocols.trackback import client as trackback
from trackback.web.html.article import Article, Citation
from trackback.web.http.client import Fetcher


class Client(typing.Protocol):
    """Sends pings in one protocol."""

    def compose(self, article: Article, citation: Citation) -> Mapping[str, str]:
        """Return the fields of a ping for one of an article's links."""

    def send(
        self, fetcher: Fetcher, url: str, form: Mapping[str, str], clock: Callable[[], datetime]
    ) -> Outcome:
        """Send a ping to an endpoint's URL. It never raises: what fails is an outcome, too."""


CLIENTS: Mapping[Protocol, Client] = {Protocol.TRACKBACK: trackback}
