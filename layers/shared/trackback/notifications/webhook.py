"""Posts ping events to the author's webhook (Standard Webhooks 1.0.0).

Any answer but 2xx is a failure and is retried, as the specification says and most webhook senders do; only
410 ends the delivery at once. Redirects are not followed. `webhook-id` is the same for every attempt, so that
the receiver can detect duplicates.
"""

import hmac
import json
import secrets
from base64 import b64encode, urlsafe_b64decode
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING, Literal

from trackback.errors import TrackbackError
from trackback.model.delivery import Delivery, delivery_id, event_id
from trackback.model.ping import Ping, Status
from trackback.model.settings import Event, Settings
from trackback.model.texts import Texts
from trackback.model.verdict import LinkStatus, Reason, ReasonCode, Verdict
from trackback.storage.deliveries import Deliveries
from trackback.timestamps import stamp, wait
from trackback.web.text.plain_text import clean

if TYPE_CHECKING:  # the author's pages use this module without the HTTP client
    from trackback.signing import Keyring
    from trackback.storage.signing_keys import Keys
    from trackback.web.http.client import Fetched, Fetcher

TEST = "ping.test"
RETRIES = (
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
)
"""Delays after the first, second, … failed attempt."""
MOST_WAIT = timedelta(days=1)
"""Longest `Retry-After` that is honoured."""
MAX_ANSWER = 200

_CLAIM = timedelta(minutes=5)
"""Duration of a claim; after that, another run may try the delivery."""
_EXAMPLE = Ping(
    id="aaaabbbbccccddddeeeeffff22",
    post="https://blog.example/2026/hello/",
    url="https://other.example/2026/re-hello/",
    texts=Texts(
        title="Re: Hello",
        excerpt="An example: this is how a ping looks that waits for your decision.",
        blog_name="Another Blog",
    ),
    received_at="2026-11-24T06:11:00.000Z",
    status=Status.PENDING,
    verdict=Verdict(
        LinkStatus.FOUND,
        "2026-11-24T06:11:05.000Z",
        reasons=[Reason(ReasonCode.LINK, "The source links to the post.")],
    ),
    verified=True,
)


class Webhook:
    """Sends events to the URL in the current settings."""

    def __init__(self, fetcher: "Fetcher", keys: "Keys", deliveries: Deliveries) -> None:
        self._fetcher = fetcher
        self._keys = keys
        self._deliveries = deliveries

    def try_one(self, delivery_id: str, settings: Settings, now: datetime) -> Delivery | None:
        """Try one delivery and return its new state; None if it is not due or another run has it."""
        before = self._deliveries.get(delivery_id)
        if before is None or not before.is_due(now):
            return None
        claimed = replace(before, attempts=before.attempts + 1, next_at=stamp(now + _CLAIM))
        if self._deliveries.advance(claimed, seen=before.attempts):
            return self._try(claimed, settings, now)
        return None

    def _try(self, delivery: Delivery, settings: Settings, now: datetime) -> Delivery:
        if _wanted(delivery, settings):
            after = self._send(delivery, settings.webhook, now)
        else:
            after = _ended(delivery, "failed", "not sent: the settings name no webhook for it")
        self._deliveries.advance(after, seen=delivery.attempts)
        return after

    def _send(self, delivery: Delivery, url: str, now: datetime) -> Delivery:
        """Send a delivery and return its new state."""
        headers = sign(self._keys.load(now), event_id(delivery), delivery.body, now)
        try:
            answer = self._fetcher.send(url, delivery.body.encode(), "application/json", headers)
        except TrackbackError as failure:
            return _failed(delivery, str(failure), now)
        if HTTPStatus.OK <= answer.status < HTTPStatus.MULTIPLE_CHOICES:
            return _ended(delivery, "sent", _words(answer))
        if answer.status == HTTPStatus.GONE:
            return _ended(delivery, "failed", _words(answer))
        asked = wait(answer.headers.get("retry-after", ""), now, MOST_WAIT)
        return _failed(delivery, _words(answer), now, asked)


def note_event(deliveries: Deliveries, event_id: str, event: Event, ping: Ping, now: datetime) -> bool:
    """Queue an event for `notify` to send, once per `event_id`; return whether it is new."""
    return deliveries.add(_untried(event_id, event, ping, now))


def ask_for_test(deliveries: Deliveries, now: datetime) -> str:
    """Queue a test delivery with an example ping and return its id."""
    delivery = _untried(f"test-{secrets.token_hex(8)}", TEST, _EXAMPLE, now)
    deliveries.add(delivery)
    return delivery.id


def payload(event: str, ping: Ping, now: datetime) -> str:
    """Return the JSON body of an event: what the author may know about a ping, without secrets."""
    verdict = ping.verdict.as_map() if ping.verdict else None
    data = {
        **{name: getattr(ping, name) for name in ("id", "post", "url")},
        **asdict(ping.texts),
        **{name: getattr(ping, name) for name in ("status", "received_at", "verified")},
        "verdict": verdict and {name: verdict[name] for name in ("link", "reasons")},
        "revision": asdict(ping.revision) if ping.revision else None,
    }
    said = {"type": event, "timestamp": stamp(now), "data": data}
    return json.dumps(said, ensure_ascii=False, separators=(",", ":"))


def secret(keyring: "Keyring") -> str:
    """Return the newest key in the form that the author copies to the receiving program."""
    return "whsec_" + b64encode(_raw(keyring.newest)).decode("ascii")


def sign(keyring: "Keyring", event_id: str, body: str, now: datetime) -> dict[str, str]:
    """Return the signature headers for a body, signed with every accepted key."""
    seconds = str(int(now.timestamp()))
    message = f"{event_id}.{seconds}.{body}".encode()
    digests = [hmac.digest(_raw(key), message, "sha256") for key in reversed(keyring.accepted)]
    signatures = ["v1," + b64encode(digest).decode("ascii") for digest in digests]
    return {
        "webhook-id": event_id,
        "webhook-timestamp": seconds,
        "webhook-signature": " ".join(signatures),
    }


def _raw(key: str) -> bytes:
    return urlsafe_b64decode(key + "=")  # keys are stored without padding


def _untried(event_id: str, event: str, ping: Ping, now: datetime) -> Delivery:
    return Delivery(
        id=delivery_id(event_id),
        at=stamp(now),
        kind="webhook",
        what=str(event),
        state="waiting",
        attempts=0,
        next_at=stamp(now),
        body=payload(event, ping, now),
    )


def _wanted(delivery: Delivery, settings: Settings) -> bool:
    return bool(settings.webhook) and delivery.what in {TEST, *settings.events}


def _failed(delivery: Delivery, answer: str, now: datetime, asked: timedelta = timedelta()) -> Delivery:
    """Return a delivery after a failed attempt: scheduled for a retry, or failed after the last one."""
    waits = RETRIES[delivery.attempts - 1 :]
    if not waits:
        return _ended(delivery, "failed", answer)
    return replace(delivery, answer=answer, next_at=stamp(now + max(waits[0], asked)))


def _ended(delivery: Delivery, state: Literal["sent", "failed"], answer: str) -> Delivery:
    return replace(delivery, state=state, answer=answer, next_at="", body="")


def _words(answer: "Fetched") -> str:
    said = clean(answer.body.decode("utf-8", "replace"), MAX_ANSWER)
    return f"HTTP {answer.status}" + (f": {said}" if said else "")
