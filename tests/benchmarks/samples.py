"""What is measured with: pings of 600 bytes each, as events of API Gateway and as records of the table."""

import base64
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from trackback.model.ping import Ping, Status, ping_id
from trackback.model.posts import Post, Sites
from trackback.model.texts import Texts
from trackback.model.verdict import LinkStatus, Reason, ReasonCode, Verdict
from trackback.signing import Keyring, write_session
from trackback.storage.dynamodb import to_item
from trackback.storage.items import to_attributes
from trackback.urls import read_source

SITE = "blog.example"
POST = Sites(SITE).find(f"{SITE}/2026/why-we-still-link")
PAGE = 50
"""Pings on a page."""
PING_SIZE = 600
"""Bytes of a ping in the index that readers query, names and texts."""

Item = dict[str, Any]

_START = datetime(2026, 1, 1, tzinfo=UTC)
_WORDS = "We have been thinking about what a link says, and to whom it says so; here is a longer answer. "
_IN_INDEX = ("id", "url", "title", "excerpt", "blog_name", "received_at", "shown_on")


def ping(number: int, post: Post = POST) -> Ping:
    """Return one of any number of different pings."""
    source = read_source(f"https://weblog-{number:06}.example/2026/11/an-answer-to-why-we-still-link")
    texts = {
        "id": ping_id(post, source),
        "url": source.url,
        "title": f"An answer to why we still link, and to whom ({number:06})",
        "blog_name": f"A weblog about the web, number {number:06}",
        "received_at": (_START + timedelta(seconds=number)).isoformat(timespec="milliseconds")[:-6] + "Z",
    }
    used = _size(texts | {"excerpt": "", "shown_on": post.key})
    excerpt = (_WORDS * 5)[: PING_SIZE - used]
    return Ping(
        id=texts["id"],
        post=post.url,
        url=texts["url"],
        texts=Texts(texts["title"], excerpt, texts["blog_name"]),
        received_at=texts["received_at"],
    )


def received(ping: Ping) -> Item:
    """Return a ping's record as it is first stored."""
    return to_item(to_attributes(ping))


def spam(ping: Ping) -> Item:
    """Return a ping's record once it is marked as spam."""
    return received(ping) | {"status": {"S": "spam"}, "expires_at": {"N": "1800000000"}}


def approved(ping: Ping) -> Item:
    """Return a ping's record once it is approved."""
    return received(ping) | {"status": {"S": "approved"}, "shown_on": {"S": ping.post_key}}


CERTAIN = Verdict(
    link=LinkStatus.UNREACHABLE,
    checked_at="2026-11-24T06:11:00.000Z",
    score=11,
    reasons=[
        Reason(
            ReasonCode.TEMPLATE,
            "The text follows a known template of spam: “you will find (a number) more infos”.",
        ),
        Reason(ReasonCode.SAME_NAMES, "The title and the blog's name are the same."),
    ],
)
PLAIN = Verdict(
    link=LinkStatus.FOUND,
    checked_at="2026-11-24T06:11:00.000Z",
    http_status=200,
    text="why we still link",
    sentence="There is an answer to why we still link, and to whom, on a weblog that I had not known before.",
    language="en",
    links=42,
    score=-3,
    reasons=[Reason(ReasonCode.LINK, "The source links to the post.")],
)


def held(ping: Ping) -> Item:
    """Return a ping's record once it waits for the author with its verdict."""
    return to_item(to_attributes(replace(ping, status=Status.PENDING, verdict=PLAIN)))


def page() -> list[Item]:
    """Return what a query for a page finds: the post's own record, then one ping more than a page."""
    counter = {"id": {"S": f"post#{POST.key}"}, "received_at": {"S": "~"}, "approved": {"N": "1234"}}
    pings = [approved(ping(number)) for number in range(PAGE + 1, 0, -1)]
    return [
        counter | {"shown_on": {"S": POST.key}},
        *({name: item[name] for name in _IN_INDEX} for item in pings),
    ]


def post_event(ping: Ping) -> dict[str, Any]:
    """Return the event with which API Gateway hands a ping to `receive`; it encodes every form in base64."""
    form = {"url": ping.url, **asdict(ping.texts)}
    event = _event("POST", f"/trackback/{POST.key}")
    event["headers"]["content-type"] = "application/x-www-form-urlencoded; charset=utf-8"
    return event | {"body": base64.b64encode(urlencode(form).encode()).decode(), "isBase64Encoded": True}


def get_event() -> dict[str, Any]:
    """Return the event of a page view."""
    return _event("GET", f"/pings/{POST.key}")


def queue_event(keyring: Keyring) -> dict[str, Any]:
    """Return the event of a look at the author's queue, by the author, who is signed in."""
    session = write_session(keyring, "a-session", datetime.now(UTC))
    return _event("GET", "/moderate") | {"cookies": [f"__Host-trackback={session}"]}


def tick() -> dict[str, Any]:
    """Return the event of a schedule."""
    return {"source": "aws.events", "detail-type": "Scheduled Event"}


def _event(method: str, path: str) -> dict[str, Any]:
    return {
        "version": "2.0",
        "routeKey": f"ANY {path.rsplit('/', 1)[0]}",
        "rawPath": path,
        "rawQueryString": "",
        "headers": {
            "accept": "*/*",
            "host": "abcdefghij.execute-api.us-east-1.amazonaws.com",
            "user-agent": "Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101 Firefox/140.0",
            "x-forwarded-for": "192.0.2.7",
            "x-forwarded-port": "443",
            "x-forwarded-proto": "https",
        },
        "requestContext": {
            "apiId": "abcdefghij",
            "domainName": "abcdefghij.execute-api.us-east-1.amazonaws.com",
            "http": {"method": method, "path": path, "protocol": "HTTP/1.1", "sourceIp": "192.0.2.7"},
            "requestId": "JKJaXmPLvHcESHA=",
            "stage": "$default",
            "timeEpoch": 1764000000000,
        },
        "isBase64Encoded": False,
    }


def _size(texts: dict[str, str]) -> int:
    return sum(len(name) + len(value.encode()) for name, value in texts.items())
