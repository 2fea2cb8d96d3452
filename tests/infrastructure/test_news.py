"""Which changes of the table reach triage: what must be looked at, and what the author hears of."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from tests.stack.streams import fits
from tests.support import sam
from trackback.storage.keys import STATUS_LINKED
from trackback.storage.stream import event_of, needs_check

STREAM = sam.made("AWS::Lambda::EventSourceMapping")["TriageStream"]


def change(event: str, *, old: Mapping[str, Any] = {}, **new: Any) -> dict[str, Any]:
    """Return a record of the stream, as far as filters look at it."""
    images = {"NewImage": new, "OldImage": old}
    return {"eventName": event, "dynamodb": {name: image for name, image in images.items() if image}}


def reaches_triage(record: dict[str, Any]) -> bool:
    """Tell whether a record passes the stream's filters."""
    filters = STREAM["FilterCriteria"]["Filters"]
    return any(fits(record, json.loads(one["Pattern"])) for one in filters)


URL = {"S": "https://other.example/re"}


@pytest.mark.parametrize(
    ("record", "is_wanted"),
    [
        (change("INSERT", url=URL), True),
        (change("MODIFY", url=URL, unlooked={"BOOL": True}), True),
        (change("MODIFY", url=URL, status={"S": "pending"}), False),
        (change("MODIFY", url=URL, unlooked={"BOOL": False}), False),
        (change("INSERT", shown_on={"S": "blog.example/"}), False),
        (change("MODIFY", approved={"N": "1"}), False),
        (change("REMOVE"), False),
    ],
    ids=[
        "new ping",
        "revision",
        "verdict or decision",
        "revision that was looked at",
        "post's record",
        "post's count",
        "expired ping",
    ],
)
def test_new_pings_and_revisions_are_looked_at_and_nothing_else(
    record: dict[str, Any], is_wanted: bool
) -> None:
    assert needs_check(record) is is_wanted
    assert reaches_triage(record) >= is_wanted


PENDING, LINKED, APPROVED, SPAM = (
    {"status": {"S": status}, "url": URL} for status in ("pending", STATUS_LINKED, "approved", "spam")
)
BY_CHECK, BY_AUTHOR = ({"history": {"L": [{"M": {"by": {"S": by}}}]}} for by in ("check", "author"))
SHOWN = APPROVED | {"shown_on": {"S": "blog.example"}}
UNLOOKED = {"unlooked": {"BOOL": True}}


@pytest.mark.parametrize(
    ("record", "is_wanted"),
    [
        (change("MODIFY", old={"url": URL}, **PENDING), True),
        (change("MODIFY", old={"url": URL}, **LINKED), True),
        (change("MODIFY", old={"url": URL}, **SHOWN), True),
        (change("MODIFY", old=PENDING, **SHOWN), True),
        (change("MODIFY", old=SPAM, **SHOWN), True),
        (change("MODIFY", old=SHOWN, **SPAM), True),
        (change("MODIFY", old=SHOWN, **PENDING), True),
        (change("REMOVE", old=SHOWN), True),
        (change("MODIFY", old=SPAM | BY_AUTHOR, **LINKED | BY_CHECK), True),
        (change("MODIFY", old=SPAM | BY_AUTHOR, **PENDING | BY_AUTHOR), False),
        (change("MODIFY", old=SHOWN | UNLOOKED, **SHOWN, revision={"M": {}}), True),
        (change("MODIFY", old=SHOWN | UNLOOKED, **SHOWN), False),
        (change("INSERT", url=URL), False),
        (change("INSERT", **SHOWN), False),
        (change("MODIFY", old={"url": URL}, **SPAM), False),
        (change("MODIFY", old=PENDING, **PENDING), False),
        (change("MODIFY", old=SHOWN, **SHOWN), False),
        (change("MODIFY", old=SHOWN, **SHOWN, **UNLOOKED), False),
        (change("MODIFY", old=PENDING, **SPAM), False),
        (change("REMOVE", old=SPAM), False),
        (change("MODIFY", old={"approved": {"N": "1"}}, approved={"N": "2"}), False),
        (change("INSERT", shown_on={"S": "blog.example/"}), False),
    ],
    ids=[
        "held with its verdict",
        "held with a link that was found",
        "approved by a rule",
        "approved by the author",
        "approved out of spam",
        "approved, then spam",
        "approval undone",
        "deleted while shown",
        "turned down, and come back with other words",
        "turned down, and that undone",
        "revision that was looked at",
        "shown, and looked at when the author asked",
        "new ping, not looked at yet",
        "ping of a restored table",
        "certain spam",
        "held, and marked as told",
        "shown, and looked at again",
        "new revision, not looked at yet",
        "held, then spam",
        "expired ping",
        "post's count",
        "post's record",
    ],
)
def test_what_the_author_or_a_webhook_hears_of_is_news_and_nothing_else(
    record: dict[str, Any], is_wanted: bool
) -> None:
    assert (event_of(record) is not None) is is_wanted
    assert reaches_triage(record) >= is_wanted


@pytest.mark.parametrize(
    "record",
    [
        change("INSERT", status={"S": "send"}, source=URL, due={"S": "send"}),
        change("MODIFY", old={"status": {"S": "send"}, "due": {"S": "send"}}, status={"S": "send"}),
        change("INSERT", status={"S": "sent"}, source=URL, due={"S": "sent"}),
        change("MODIFY", old={"status": {"S": "sent"}}, status={"S": "sent"}, stage={"S": "refused"}),
        change("REMOVE", old={"status": {"S": "send"}}),
        change("MODIFY", memory={"M": {}}),
    ],
    ids=[
        "new order",
        "order that is done",
        "new ping of the author's",
        "ping that was refused",
        "old order",
        "feed",
    ],
)
def test_what_the_author_sends_is_neither_looked_at_nor_news(record: dict[str, Any]) -> None:
    assert not needs_check(record)
    assert event_of(record) is None


def test_what_a_flood_changes_most_does_not_even_wake_triage() -> None:
    spam = change("MODIFY", old={"url": URL}, **SPAM)
    assert not reaches_triage(spam)
    assert not reaches_triage(change("REMOVE", old=SPAM))
