"""The events of what is measured: requests, ticks of a schedule, a queue's messages, the stream's records."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urljoin

from tests.benchmarks import samples
from trackback.model.ping import Ping, ping_id
from trackback.model.posts import Post
from trackback.urls import read_source

Event = Mapping[str, Any]
BROWSER = {"accept-encoding": "gzip, deflate, br"}


def embed() -> Iterator[Event]:
    while True:
        yield at(samples.get_event(), "/embed.js")


def stranger() -> Iterator[Event]:
    while True:
        yield at(samples.get_event(), "/moderate")


def scheduled() -> Iterator[Event]:
    while True:
        yield samples.tick()


def due() -> Iterator[Event]:
    while True:
        yield messages([samples.tick()])


def messages(bodies: Iterable[Event]) -> Event:
    """Return the event with which a queue's messages wake a function."""
    records = [{"messageId": str(number), "body": json.dumps(body)} for number, body in enumerate(bodies)]
    return {"Records": records}


def at(event: Event, path: str) -> dict[str, Any]:
    http = {**event["requestContext"]["http"], "path": path}
    context = {**event["requestContext"], "http": http}
    return {**event, "rawPath": path, "headers": {**event["headers"], **BROWSER}, "requestContext": context}


def new(ping: Ping) -> Event:
    return record(ping, samples.received(ping))


def held(ping: Ping) -> Event:
    return record(ping, samples.held(ping), samples.received(ping))


def approved(ping: Ping) -> Event:
    return record(ping, samples.approved(ping), samples.held(ping))


def record(ping: Ping, new: Event, old: Event | None = None) -> Event:
    images = {"NewImage": new} | ({"OldImage": old} if old else {})
    change = {"Keys": {"id": {"S": ping.id}}, "SequenceNumber": ping.id, **images}
    return {"eventID": ping.id, "eventName": "MODIFY" if old else "INSERT", "dynamodb": change}


def moved(ping: Ping, post: Post, path: str) -> Ping:
    """Return a ping with another source on the same host."""
    source = read_source(urljoin(ping.url, path))
    return replace(ping, id=ping_id(post, source), url=source.url)


def now() -> datetime:
    return datetime.now(UTC)
