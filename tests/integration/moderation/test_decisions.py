"""A decision is about what the author saw, and has a check repeated or ended."""

from datetime import timedelta

import boto3
import pytest

from tests.conftest import MakePing
from tests.integration.moderation.conftest import (
    DEFAULT,
    LATER,
    NOW,
    URL,
    judged,
    standing,
    stored,
)
from trackback.errors import NoSuchPing, StatusChanged
from trackback.model.ping import Ping, Status
from trackback.model.settings import Settings
from trackback.receiving.moderation import Moderation
from trackback.storage.pings import PingStore
from trackback.storage.settings import save_settings
from trackback.storage.table import Table


def test_a_decision_is_about_what_the_author_saw(moderation: Moderation, ping: Ping) -> None:
    seen = Status.PENDING
    moderation.decide(ping.id, Status.APPROVED, NOW, expected_status=seen, settings=DEFAULT)
    before = stored(ping)
    with pytest.raises(StatusChanged, match="it is approved by now"):
        moderation.decide(ping.id, Status.SPAM, LATER, expected_status=seen, settings=DEFAULT)
    moderation.decide(ping.id, Status.APPROVED, LATER, expected_status=seen, settings=DEFAULT)
    assert stored(ping) == before


def test_a_decision_about_words_that_are_replaced_while_it_is_made_is_refused(
    moderation: Moderation, store: PingStore, ping: Ping, make_ping: MakePing, monkeypatch: pytest.MonkeyPatch
) -> None:
    judged(store, ping, Status.SPAM)
    seen = store.get(ping.id)
    store.add(make_ping(url=URL, title="Other words"))
    judged(store, ping, Status.SPAM)
    assert (store.get(ping.id).status, store.get(ping.id).texts.title) == (seen.status, "Other words")
    monkeypatch.setattr(PingStore, "get", lambda *_: seen)
    with pytest.raises(StatusChanged):
        moderation.decide(ping.id, Status.APPROVED, LATER, texts_hash=seen.texts.hash, settings=DEFAULT)
    with pytest.raises(StatusChanged):
        moderation.allow_site(seen, LATER)
    monkeypatch.undo()
    assert standing(store, ping) == (Status.SPAM, 0, [])


@pytest.mark.parametrize("status", [Status.REJECTED, Status.SPAM])
def test_what_is_unwanted_is_kept_for_as_long_as_the_author_has_chosen(
    moderation: Moderation, table: Table, ping: Ping, status: Status
) -> None:
    settings = Settings(keep_days=90)
    save_settings(table, settings, DEFAULT)
    expected = {"N": str(int((NOW + timedelta(days=90)).timestamp()))}
    moderation.decide(ping.id, status, NOW, settings=settings)
    assert stored(ping)["expires_at"] == expected
    moderation.decide(ping.id, Status.APPROVED, NOW, settings=settings)
    moderation.undo(ping.id, NOW)
    assert stored(ping)["expires_at"] == expected
    moderation.decide(ping.id, Status.APPROVED, NOW, settings=settings)
    moderation.block_site(ping, NOW)
    assert stored(ping)["expires_at"] == expected


@pytest.mark.parametrize("status", [Status.PENDING, Status.APPROVED])
@pytest.mark.parametrize("failed", [False, True], ids=["as it is", "after a look that failed"])
def test_a_ping_is_looked_at_again_when_the_author_asks(
    moderation: Moderation, ping: Ping, status: Status, failed: bool
) -> None:
    moderation.decide(ping.id, status, NOW, settings=DEFAULT)
    if failed:
        moderation.check_again(ping.id)
    streams = boto3.client("dynamodbstreams")
    arn = boto3.client("dynamodb").describe_table(TableName="trackback")["Table"]["LatestStreamArn"]
    shard = streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"][-1]["ShardId"]
    place = streams.get_shard_iterator(StreamArn=arn, ShardId=shard, ShardIteratorType="TRIM_HORIZON")
    known = len(streams.get_records(ShardIterator=place["ShardIterator"])["Records"])
    moderation.check_again(ping.id)
    records = streams.get_records(ShardIterator=place["ShardIterator"])["Records"][known:]
    assert records[-1]["dynamodb"]["NewImage"]["unlooked"] == {"BOOL": True}
    assert [record["eventName"] for record in records] == ["MODIFY"] * (2 if failed else 1)


@pytest.mark.parametrize("status", [Status.REJECTED, Status.SPAM])
def test_what_is_decided_against_is_not_looked_at_again(
    moderation: Moderation, ping: Ping, status: Status
) -> None:
    moderation.decide(ping.id, status, NOW, settings=DEFAULT)
    before = stored(ping)
    with pytest.raises(StatusChanged, match="not looked at any more"):
        moderation.check_again(ping.id)
    assert stored(ping) == before


@pytest.mark.usefixtures("table")
def test_what_is_no_ping_is_told(moderation: Moderation) -> None:
    for act in (moderation.keep, moderation.check_again, lambda name: moderation.undo(name, NOW)):
        with pytest.raises(NoSuchPing):
            act("nosuchping")
