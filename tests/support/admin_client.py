"""A browser for tests of `moderate`, which it calls as API Gateway does."""

import html
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from functions.moderate import app
from tests.conftest import reworded
from tests.stack.aws import sent_mails
from tests.support.events import FORM, Context, http_event
from trackback.gateway import Request
from trackback.model.ping import Ping, Status
from trackback.model.transitions import CheckOutcome, checked
from trackback.model.verdict import LinkStatus, Verdict
from trackback.pages.admin.choices import Choice
from trackback.pages.admin.session import author_of
from trackback.signing import Action, MailLink, write_link
from trackback.storage.pings import PingStore

ORIGIN = "https://api.example"
SESSION, NOTICE = "__Host-trackback", "__Host-notice"
QUEUE, SIGN_IN, SETTINGS = "/moderate", "/moderate/sign-in", "/moderate/settings"
NO_PING = "a" * 26


@dataclass
class Visitor:
    """A browser: it keeps cookies, and posts the page's own CSRF token."""

    cookies: dict[str, str] = field(default_factory=dict)

    def get(self, path: str, query: str = "", method: str = "GET", **headers: str) -> dict[str, Any]:
        return self._ask(http_event(method, path, query=query, headers=self._sent(headers)))

    def read(self, path: str, query: str = "") -> str:
        answer = self.get(path, query)
        assert answer["statusCode"] == 200, answer
        body: str = answer["body"]
        return body

    def post(
        self, path: str, fields: dict[str, Any] | None = None, query: str = "", **headers: str
    ) -> dict[str, Any]:
        body = urlencode({"csrf": self.csrf, **(fields or {})}, doseq=True).encode()
        sent = {"content-type": FORM, "origin": ORIGIN, "sec-fetch-site": "same-origin", **headers}
        return self._ask(http_event("POST", path, query=query, headers=self._sent(sent), body=body))

    @property
    def csrf(self) -> str:
        request = Request({"cookies": [f"{SESSION}={self.cookies.get(SESSION, '')}"]})
        author = author_of(app.services.sign_ins, request, now())
        return author.csrf if author else ""

    def notice(self) -> str:
        """Return the flash message of the next page."""
        page = self.read(f"{QUEUE}/rules")
        found = re.search(r'<div class="notice.*?<p>(.*?)</p>', page, re.DOTALL)
        return html.unescape(found[1]) if found else ""

    def _sent(self, headers: dict[str, str]) -> dict[str, str]:
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return named | ({"cookie": cookies} if cookies else {})

    def _ask(self, event: dict[str, Any]) -> dict[str, Any]:
        answer = app.handler(event, Context())  # type: ignore[arg-type]
        for line in answer.get("cookies", []):
            name, _, rest = line.partition("=")
            self.cookies[name] = rest.partition(";")[0]
            if "Max-Age=0" in line:
                del self.cookies[name]
        return answer


def now() -> datetime:
    return datetime.now(UTC)


Waiting = Callable[..., Ping]


def revise(store: PingStore, ping: Ping, title: str = "Later words") -> Ping:
    store.add(replace(reworded(ping, title=title), status=Status.RECEIVED, revision=None))
    return store.get(ping.id)


def chosen(ping: Ping) -> str:
    return str(Choice(ping.id, ping.status, ping.texts.hash, ping.revision_hash))


def one(act: str, ping: Ping) -> dict[str, str]:
    return {"one": f"{act} {chosen(ping)}"}


def mailed(ping: Ping, action: Action = Action.APPROVE, age: timedelta = timedelta()) -> str:
    """Return the path of a mail link that was written `age` ago."""
    link = MailLink(action, "" if action is Action.MUTE else ping.id, ping.latest_texts.hash)
    return f"{QUEUE}/link/{write_link(app.services.keys.load(now()), link, now() - age)}"


def reopen(store: PingStore, ping: Ping, title: str) -> Ping:
    """Have the checker reject a ping and its sender send other texts, so that it is pending again."""
    verdict = Verdict(LinkStatus.FOUND, ping.received_at)
    store.apply(checked(ping, verdict, CheckOutcome(Status.SPAM), now()))
    reopened = revise(store, ping, title)
    assert (reopened.status, reopened.texts.title) == (Status.RECEIVED, title)
    store.apply(checked(reopened, verdict, CheckOutcome(Status.PENDING), now()))
    return store.get(ping.id)


def new_mails(before: int) -> list[str]:
    """Return the texts of the mails after the first `before` ones."""
    return [str(mail.get_body(("plain",)).get_content()) for mail in sent_mails()[before:]]  # type: ignore[union-attr]
