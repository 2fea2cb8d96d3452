"""`notify`, invoked each minute, after `triage` has noted the news, both as Lambda invokes them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from email.message import EmailMessage
from types import SimpleNamespace
from typing import Any

import pytest
from moto.backends import get_backend

from functions.notify import app
from functions.triage import app as triage
from tests.integration.conftest import NOW, Web
from tests.stack.aws import confirm
from tests.stack.streams import records_of
from tests.support.events import Context
from tests.support.websites import page
from trackback.model.ping import Ping
from trackback.model.settings import Settings
from trackback.notifications.webhook import Webhook
from trackback.signing import MailLink, read_link
from trackback.storage.settings import save_settings
from trackback.storage.signing_keys import Keys
from trackback.web.http.client import Fetcher

AUTHOR = "author@blog.example"
TICK = {"id": "1", "detail-type": "Scheduled Event", "source": "aws.events", "detail": {}}
DONE: dict[str, Any] = {"batchItemFailures": []}
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
LATER = NOW + timedelta(days=1)
LINK = re.compile(r"https://api\.example/moderate/link/([\w.-]+)")

Records = Sequence[dict[str, Any]]


@dataclass
class Notifier:
    """The deployed functions that tell the author, their clocks, and how much of the stream was read."""

    web: Web
    monkeypatch: pytest.MonkeyPatch
    read: int = 0

    def changes(self) -> Records:
        """Return what has come into the stream since this was last asked."""
        every = list(records_of("trackback"))
        new, self.read = every[self.read :], len(every)
        return new

    def note(self, records: Records, after: timedelta = timedelta()) -> Any:
        """Bring records to triage some time after `NOW`."""
        self._set(triage, after - SECOND)
        return triage.handler({"Records": list(records)}, Context())  # type: ignore[arg-type]

    def wake(self, after: timedelta = timedelta(), milliseconds_left: int = 55_000) -> None:
        """Have the schedule invoke notify some time after `NOW`."""
        self._set(app, after)
        app.handler(TICK, Context(milliseconds_left=milliseconds_left))  # type: ignore[arg-type]

    def tell(self, after: timedelta = timedelta()) -> Records:
        """Have what is new in the stream noted, and told; return the records, to be brought again."""
        records = self.changes()
        assert self.note(records, after) == DONE
        self.wake(after)
        return records

    def _set(self, function: Any, after: timedelta) -> None:
        self.monkeypatch.setattr(function, "datetime", SimpleNamespace(now=lambda _: NOW + after))

    def log(self) -> list[tuple[str, str, int]]:
        """Return what the log says of mails."""
        found = app.deliveries.newest()
        return [(one.what, one.state, one.attempts) for one in found if one.kind == "mail"]


@pytest.fixture
def notify(web: Web, checks: str, monkeypatch: pytest.MonkeyPatch) -> Notifier:  # noqa: ARG001 - triage fills it
    """The function, with an address that SES lets it mail from, and no mail sent yet."""
    get_backend("ses")["123456789012"]["us-east-1"].sent_messages.clear()
    confirm(AUTHOR)
    web.answers |= {"/re": web.link(), "/hook": page("Thanks")}
    fetcher = Fetcher(loopback=True, seconds=5, resolve=lambda _: ["127.0.0.1"])
    monkeypatch.setattr(
        app, "webhook", Webhook(fetcher, Keys("/trackback/trackback/webhook-key"), app.deliveries)
    )
    return Notifier(web, monkeypatch)


def held(web: Web, *hosts: str, **fields: str) -> list[Ping]:
    """Return pings that were looked at and wait for the author, one from each host."""
    return [web.verify(web.add("/re", host, **fields)) for host in hosts]


def bodies(mail: EmailMessage) -> tuple[str, str]:
    """Return a mail's text and HTML."""
    text, html = (mail.get_body((kind,)) for kind in ("plain", "html"))
    assert text
    assert html
    written, page_of_it = (part.get_content().replace("\r\n", "\n") for part in (text, html))
    return written, page_of_it


def links(mail: EmailMessage) -> list[MailLink]:
    """Return what the links of a mail's text do."""
    text, html = bodies(mail)
    tokens = LINK.findall(text)
    assert sorted(tokens) == sorted(LINK.findall(html))
    return [read_link(app.keys.load(NOW), token, LATER) for token in tokens]


def choose(web: Web, **chosen: Any) -> None:
    save_settings(web.table, Settings(**chosen), Settings())
