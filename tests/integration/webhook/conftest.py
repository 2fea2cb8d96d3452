"""A webhook whose receiver answers as it is told."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from werkzeug.wrappers import Request, Response

from tests.conftest import MakePing
from tests.stack.servers import serving
from trackback.model.delivery import Delivery, delivery_id
from trackback.model.ping import Ping, Status
from trackback.model.settings import Event, Settings
from trackback.notifications.webhook import Webhook, note_event
from trackback.storage.deliveries import Deliveries
from trackback.storage.signing_keys import Keys
from trackback.storage.table import Table
from trackback.web.http.client import Fetcher

NOW = datetime(2026, 11, 24, 6, 11, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
ID = delivery_id("event-1")


class Receiver:
    """A WSGI application that remembers what it was sent and answers as it is told, then with "ok"."""

    def __init__(self) -> None:
        """Take everything."""
        self.answers: list[Response] = []
        self.requests: list[tuple[dict[str, str], bytes]] = []
        self.meanwhile: Callable[[], object] = lambda: None

    def __call__(self, environ: object, start_response: object) -> object:
        """Take one delivery."""
        request = Request(environ)  # type: ignore[arg-type]
        self.requests.append(({k.lower(): v for k, v in request.headers.items()}, request.get_data()))
        self.meanwhile()
        answer = self.answers.pop(0) if self.answers else Response("ok")
        return answer(environ, start_response)  # type: ignore[arg-type]

    @property
    def bodies(self) -> list[Any]:
        """What was said, in order."""
        return [json.loads(body) for _, body in self.requests]


@dataclass
class Hook:
    """A webhook, who receives it, and what it tells of."""

    table: Table
    settings: Settings
    ping: Ping
    receiver: Receiver = field(default_factory=Receiver)
    keys: Keys = field(default_factory=lambda: Keys("/trackback/test/webhook"))

    def __post_init__(self) -> None:
        """Begin with an empty log."""
        self.deliveries = Deliveries(self.table)
        self.webhook = self.new_webhook()

    def new_webhook(self, seconds: float = 5, **options: Any) -> Webhook:
        """Return what another environment would send with."""
        fetcher = Fetcher(**{"loopback": True, "seconds": seconds} | options)
        return Webhook(fetcher, self.keys, self.deliveries)

    def tell(self, event: Event = Event.APPROVED, event_id: str = "event-1", **changed: Any) -> Delivery:
        """Note an event and try to send it; return what the log says then."""
        note_event(self.deliveries, event_id, event, self.ping, NOW)
        return self.try_again(timedelta(), delivery_id(event_id), **changed)

    def try_again(self, after: timedelta, wanted: str = ID, **changed: Any) -> Delivery:
        """Try to send an event some time after `NOW`; return what the log says then."""
        self.webhook.try_one(wanted, replace(self.settings, **changed), NOW + after)
        return self.delivery(wanted)

    def delivery(self, wanted: str = ID) -> Delivery:
        """Return what the log says."""
        found = self.deliveries.get(wanted)
        assert found
        return found


@pytest.fixture
def hook(table: Table, make_ping: MakePing) -> Iterator[Hook]:
    """A webhook that is taken."""
    ping = replace(make_ping(title="Grüße 💌"), status=Status.APPROVED)
    receiver = Receiver()
    with serving(receiver) as server:
        settings = Settings(webhook=f"http://127.0.0.1:{server.port}/hook?token=a%2Fb")
        yield Hook(table, settings, ping, receiver)
