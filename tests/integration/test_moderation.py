"""What the author does to pings: decide, undo, keep, look again, allow and block sites."""

from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest

from tests.concurrency import side_by_side
from tests.conftest import MakePing
from trackback.errors import NoSuchPing, StatusChanged
from trackback.model.ping import HistoryEntry, Ping, Status
from trackback.model.rule import BadRule
from trackback.model.settings import Settings
from trackback.model.transitions import CheckOutcome, checked, may_be_undone, reopened
from trackback.model.verdict import LinkStatus, Reason, ReasonCode, Verdict
from trackback.receiving.moderation import Moderation
from trackback.receiving.spam.rules import read_rule
from trackback.storage.pings import Added, PingStore
from trackback.storage.settings import load_rules, save_rules, save_settings
from trackback.storage.table import Table
from trackback.timestamps import stamp

NOW = datetime(2026, 11, 24, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
KEY = "blog.example/2026/hello"
DEFAULT = Settings()
URL = "https://friend.example/re"


@pytest.fixture
def moderation(table: Table) -> Moderation:
    return Moderation(table)


@pytest.fixture
def ping(store: PingStore, make_ping: MakePing) -> Ping:
    """A ping that was looked at and waits for the author."""
    made = make_ping(url=URL, title="Mine")
    store.add(made)
    judged(store, made, Status.PENDING)
    return made


def judged(store: PingStore, ping: Ping, status: Status, by: str = "check") -> None:
    """Record what a check, or a rule, thinks of a ping."""
    verdict = Verdict(LinkStatus.FOUND, stamp(NOW), reasons=[Reason(ReasonCode.WORDS, "A reason.")])
    store.apply(checked(store.get(ping.id), verdict, CheckOutcome(status, by), NOW))


def stored(ping: Ping) -> dict[str, Any]:
    """Return a ping's item as the table holds it."""
    return boto3.client("dynamodb").get_item(TableName="trackback", Key={"id": {"S": ping.id}})["Item"]


def standing(store: PingStore, ping: Ping) -> tuple[Status, int, list[str]]:
    """Return a ping's status, its post's count and the titles that readers see, which must all agree."""
    page = store.approved(KEY, 50)
    assert store.counts([KEY])[KEY] == page.count == len(page.pings)
    return store.get(ping.id).status, page.count, [shown.title for shown in page.pings]


DECIDED = [Status.APPROVED, Status.REJECTED, Status.SPAM]


@pytest.mark.parametrize("status", DECIDED)
def test_a_decision_that_is_undone_leaves_all_but_the_history_as_it_was(
    moderation: Moderation, store: PingStore, ping: Ping, status: Status
) -> None:
    before = stored(ping)
    moderation.decide(ping.id, status, NOW, settings=DEFAULT)
    assert moderation.undo(ping.id, LATER).status is status
    assert stored(ping) | {"history": None} == before | {"history": None}
    assert standing(store, ping) == (Status.PENDING, 0, [])
    entry = store.get(ping.id).history[-1]
    assert entry == HistoryEntry(stamp(LATER), Status.PENDING, "author", "undo")


CHANGES = [(old, new) for old in DECIDED for new in DECIDED if old is not new]


@pytest.mark.parametrize(("old", "new"), CHANGES, ids=[f"{b} back to {a}" for a, b in CHANGES])
def test_undo_leads_back_to_the_decision_before(
    moderation: Moderation, store: PingStore, ping: Ping, old: Status, new: Status
) -> None:
    for status in (old, new):
        moderation.decide(ping.id, status, NOW, settings=DEFAULT)
    moderation.undo(ping.id, LATER)
    shown = old is Status.APPROVED
    assert standing(store, ping) == (old, int(shown), ["Mine"] * shown)
    assert ("expires_at" in stored(ping)) == (not shown)
    assert (store.due(LATER + timedelta(days=1), 9) == [ping.id]) == shown


def test_a_ping_that_was_decided_before_anyone_looked_waits_once_that_is_undone(
    moderation: Moderation, store: PingStore, make_ping: MakePing
) -> None:
    ping = make_ping()
    store.add(ping)
    moderation.decide(ping.id, Status.APPROVED, NOW, settings=DEFAULT)
    moderation.undo(ping.id, LATER)
    assert standing(store, ping) == (Status.PENDING, 0, [])


@pytest.mark.parametrize("by", ["check", "rule"])
@pytest.mark.parametrize("status", DECIDED)
def test_what_a_check_or_a_rule_has_decided_can_be_undone(
    moderation: Moderation, store: PingStore, make_ping: MakePing, status: Status, by: str
) -> None:
    ping = make_ping()
    store.add(ping)
    judged(store, ping, status, by)
    moderation.undo(ping.id, LATER)
    assert standing(store, ping) == (Status.PENDING, 0, [])
    assert "expires_at" not in stored(ping)


def test_there_is_nothing_to_undo_where_nobody_has_decided(
    moderation: Moderation, store: PingStore, ping: Ping, make_ping: MakePing
) -> None:
    received, again = make_ping(), make_ping()
    for one in (received, again):
        store.add(one)
    judged(store, again, Status.SPAM)
    store.apply(reopened(store.get(again.id), again))
    for one in (ping, received, again):
        assert not may_be_undone(store.get(one.id))
        with pytest.raises(StatusChanged, match="no decision to undo"):
            moderation.undo(one.id, LATER)


def test_an_undo_is_not_undone(moderation: Moderation, store: PingStore, ping: Ping) -> None:
    moderation.decide(ping.id, Status.APPROVED, NOW, settings=DEFAULT)
    assert may_be_undone(store.get(ping.id))
    moderation.undo(ping.id, LATER)
    with pytest.raises(StatusChanged, match="no decision to undo"):
        moderation.undo(ping.id, LATER)
    assert standing(store, ping) == (Status.PENDING, 0, [])


def test_what_is_to_be_undone_must_be_what_the_author_saw(
    moderation: Moderation, store: PingStore, ping: Ping
) -> None:
    moderation.decide(ping.id, Status.SPAM, NOW, settings=DEFAULT)
    with pytest.raises(StatusChanged, match="it is spam by now"):
        moderation.undo(ping.id, LATER, expected_status=Status.APPROVED)
    moderation.undo(ping.id, LATER, expected_status=Status.SPAM)
    assert store.get(ping.id).status is Status.PENDING


def revise(store: PingStore, make_ping: MakePing, title: str) -> str:
    """Send the ping again with another title; return the revision's name."""
    again = make_ping(url=URL, title=title)
    store.add(again)
    return store.get(again.id).revision_hash


@pytest.mark.parametrize("approved", [False, True], ids=["of a held ping", "of an approved one"])
def test_other_words_that_were_taken_wait_again_once_that_is_undone(
    moderation: Moderation, store: PingStore, ping: Ping, make_ping: MakePing, approved: bool
) -> None:
    if approved:
        moderation.decide(ping.id, Status.APPROVED, NOW, settings=DEFAULT)
    take = revise(store, make_ping, "Other words")
    moderation.decide(ping.id, Status.APPROVED, NOW, texts_hash=take, settings=DEFAULT)
    assert standing(store, ping) == (Status.APPROVED, 1, ["Other words"])
    moderation.undo(ping.id, LATER)
    status = Status.APPROVED if approved else Status.PENDING
    assert standing(store, ping) == (status, int(approved), ["Mine"] * approved)
    after = store.get(ping.id)
    assert (after.texts.title, after.revision_hash, after.previous_texts) == ("Mine", take, None)
    moderation.decide(ping.id, Status.APPROVED, NOW, texts_hash=take, settings=DEFAULT)
    assert standing(store, ping) == (Status.APPROVED, 1, ["Other words"])


@pytest.mark.parametrize(("later", "waits"), [("Third words", "Third words"), ("Mine", None)])
def test_an_undo_loses_nothing_that_was_sent_since(
    moderation: Moderation, store: PingStore, ping: Ping, make_ping: MakePing, later: str, waits: str | None
) -> None:
    take = revise(store, make_ping, "Other words")
    moderation.decide(ping.id, Status.APPROVED, NOW, texts_hash=take, settings=DEFAULT)
    revise(store, make_ping, later)
    moderation.undo(ping.id, LATER)
    after = store.get(ping.id)
    assert (after.texts.title, after.revision and after.revision.title) == ("Mine", waits)


def test_the_next_decision_forgets_the_words_that_were_replaced(
    moderation: Moderation, store: PingStore, ping: Ping, make_ping: MakePing
) -> None:
    take = revise(store, make_ping, "Other words")
    moderation.decide(ping.id, Status.APPROVED, NOW, texts_hash=take, settings=DEFAULT)
    moderation.decide(ping.id, Status.SPAM, NOW, settings=DEFAULT)
    assert "replaced" not in stored(ping)
    moderation.undo(ping.id, LATER)
    assert standing(store, ping) == (Status.APPROVED, 1, ["Other words"])


def test_an_undo_that_meets_a_later_revision_does_not_overwrite_it(
    moderation: Moderation, store: PingStore, ping: Ping, make_ping: MakePing, monkeypatch: pytest.MonkeyPatch
) -> None:
    take = revise(store, make_ping, "Other words")
    moderation.decide(ping.id, Status.APPROVED, NOW, texts_hash=take, settings=DEFAULT)
    seen = store.get(ping.id)
    later = revise(store, make_ping, "Third words")
    monkeypatch.setattr(PingStore, "get", lambda *_: seen)
    with pytest.raises(StatusChanged):
        moderation.undo(ping.id, LATER)
    monkeypatch.undo()
    assert store.get(ping.id).revision_hash == later


def test_taking_the_same_words_twice_changes_nothing(
    moderation: Moderation, store: PingStore, ping: Ping, make_ping: MakePing
) -> None:
    take = revise(store, make_ping, "Other words")
    moderation.decide(ping.id, Status.APPROVED, NOW, texts_hash=take, settings=DEFAULT)
    before = stored(ping)
    moderation.decide(ping.id, Status.APPROVED, LATER, texts_hash=take, settings=DEFAULT)
    assert stored(ping) == before


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


def test_a_site_is_not_allowed_on_account_of_words_that_are_gone(
    moderation: Moderation, table: Table, store: PingStore, ping: Ping, make_ping: MakePing
) -> None:
    judged(store, ping, Status.SPAM)
    store.add(make_ping(url=URL, title="Other words"))
    for decide_about in (moderation.allow_site, moderation.block_site):
        with pytest.raises(StatusChanged, match="other words by now"):
            decide_about(ping, LATER)
    assert (store.get(ping.id).status, load_rules(table)) == (Status.RECEIVED, [])


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


@pytest.mark.parametrize("approved", [False, True], ids=["of a held ping", "of an approved one"])
def test_words_that_were_dropped_do_not_come_back_and_others_may(
    moderation: Moderation, store: PingStore, ping: Ping, make_ping: MakePing, approved: bool
) -> None:
    if approved:
        moderation.decide(ping.id, Status.APPROVED, NOW, settings=DEFAULT)
    dropped = revise(store, make_ping, "Buy now")
    assert moderation.keep(ping.id).revision_hash == dropped
    before = stored(ping)
    assert store.add(make_ping(url=URL, title="Buy now")) is Added.REPEATED
    assert stored(ping) == before
    assert (store.get(ping.id).texts.title, store.get(ping.id).revision) == ("Mine", None)
    assert store.add(make_ping(url=URL, title="Kind words")) is Added.REVISED
    assert store.add(make_ping(url=URL, title="Buy now")) is Added.REPEATED
    assert store.get(ping.id).latest_texts.title == "Kind words"


def test_words_are_dropped_only_if_they_are_the_ones_that_were_seen(
    moderation: Moderation, store: PingStore, ping: Ping, make_ping: MakePing
) -> None:
    with pytest.raises(StatusChanged, match="no other words"):
        moderation.keep(ping.id)
    seen = revise(store, make_ping, "Buy now")
    latest = revise(store, make_ping, "Kind words")
    with pytest.raises(StatusChanged, match="not the latest"):
        moderation.keep(ping.id, revision=seen)
    assert store.get(ping.id).revision_hash == latest
    moderation.keep(ping.id, revision=latest)
    assert store.get(ping.id).revision is None


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


def rules(table: Table) -> list[str]:
    return list(map(str, load_rules(table)))


def test_a_site_is_allowed_or_blocked_by_one_rule_with_the_ping_that_gave_cause(
    moderation: Moderation, table: Table, store: PingStore, ping: Ping
) -> None:
    save_rules(table, [read_rule("block", "text", "cheap watches")], [])
    moderation.allow_site(ping, NOW)
    assert rules(table) == ["block text cheap watches", "allow host friend.example"]
    assert standing(store, ping) == (Status.APPROVED, 1, ["Mine"])
    moderation.block_site(ping, NOW)
    moderation.block_site(ping, NOW)
    assert rules(table) == ["block text cheap watches", "block host friend.example"]
    assert standing(store, ping) == (Status.SPAM, 0, [])


@pytest.mark.parametrize(
    ("status", "settings", "before", "after"),
    [
        (Status.APPROVED, Settings(approve_known=True), [], ["allow host friend.example"]),
        (Status.APPROVED, DEFAULT, [], []),
        (Status.REJECTED, Settings(approve_known=True), [], []),
        (Status.APPROVED, Settings(approve_known=True), ["block"], ["block host friend.example"]),
    ],
    ids=["approved", "not chosen", "rejected", "blocked on purpose"],
)
def test_an_approval_allows_the_site_where_the_author_has_chosen_that(
    moderation: Moderation,
    table: Table,
    store: PingStore,
    ping: Ping,
    status: Status,
    settings: Settings,
    before: list[str],
    after: list[str],
) -> None:
    save_rules(table, [read_rule(effect, "host", "friend.example") for effect in before], [])
    moderation.decide(ping.id, status, NOW, settings=settings)
    assert (store.get(ping.id).status, rules(table)) == (status, after)


def test_a_site_that_no_rule_can_name_is_told_and_the_decision_stands(
    moderation: Moderation, table: Table, store: PingStore, make_ping: MakePing
) -> None:
    allowed, known = (make_ping(url=f"https://intranet/{n}") for n in range(2))
    for one in (allowed, known):
        store.add(one)
    words = "The ping is approved, but there is no rule for its site. This would allow every host"
    with pytest.raises(BadRule, match=words):
        moderation.allow_site(allowed, NOW)
    with pytest.raises(BadRule, match=words):
        moderation.decide(known.id, Status.APPROVED, NOW, settings=Settings(approve_known=True))
    assert [store.get(one.id).status for one in (allowed, known)] == [Status.APPROVED] * 2
    assert rules(table) == []


@pytest.mark.parametrize("times", [1, 2])
def test_a_rule_that_meets_another_is_made_once_more(
    moderation: Moderation,
    table: Table,
    store: PingStore,
    ping: Ping,
    monkeypatch: pytest.MonkeyPatch,
    times: int,
) -> None:
    write, left = table.write, [read_rule("block", "host", f"foe{n}.example") for n in range(times)]

    def after_another(*asked: Any, **more: Any) -> None:
        if left:
            rule, before = left.pop(), rules(table)
            write("rules#", "rules", [*before, str(rule)], was=before)
        write(*asked, **more)

    monkeypatch.setattr(table, "write", after_another)
    if times == 1:
        moderation.allow_site(ping, NOW)
        assert rules(table) == ["block host foe0.example", "allow host friend.example"]
    else:
        with pytest.raises(BadRule, match="somebody else has changed"):
            moderation.allow_site(ping, NOW)
    assert store.get(ping.id).status is Status.APPROVED


def test_eight_undos_at_once_are_one(moderation: Moderation, store: PingStore, make_ping: MakePing) -> None:
    for _ in range(4):
        ping = make_ping()
        store.add(ping)
        for status in (Status.REJECTED, Status.APPROVED):
            store.decide(ping.id, status, NOW)
        found = side_by_side(*[lambda ping=ping: moderation.undo(ping.id, LATER)] * 8)
        assert sum(isinstance(outcome, Ping) for outcome in found) == 1
        assert standing(store, ping) == (Status.REJECTED, 0, [])
        assert [entry.what for entry in store.get(ping.id).history] == ["rejected", "approved", "rejected"]


def test_undos_and_decisions_at_once_leave_count_list_and_history_right(
    moderation: Moderation, store: PingStore, make_ping: MakePing
) -> None:
    for _ in range(4):
        ping = make_ping(title="Mine")
        store.add(ping)
        store.decide(ping.id, Status.APPROVED, NOW)
        side_by_side(
            *[lambda ping=ping: moderation.undo(ping.id, LATER)] * 4,
            *[lambda ping=ping: moderation.decide(ping.id, Status.SPAM, LATER, settings=DEFAULT)] * 2,
            *[lambda ping=ping: moderation.decide(ping.id, Status.APPROVED, LATER, settings=DEFAULT)] * 2,
        )
        status, count, _ = standing(store, ping)
        assert status in {Status.APPROVED, Status.SPAM, Status.PENDING}
        assert count == (status is Status.APPROVED)
        assert store.get(ping.id).history[-1].what == status
        store.decide(ping.id, Status.REJECTED, LATER)


def test_of_a_revision_that_is_taken_and_dropped_at_once_one_wins(
    moderation: Moderation, store: PingStore, ping: Ping, make_ping: MakePing
) -> None:
    moderation.decide(ping.id, Status.APPROVED, NOW, settings=DEFAULT)
    take = revise(store, make_ping, "Other words")
    found = side_by_side(
        *[lambda: moderation.keep(ping.id)] * 4,
        *[lambda: moderation.decide(ping.id, Status.APPROVED, LATER, texts_hash=take, settings=DEFAULT)] * 4,
    )
    after = store.get(ping.id)
    assert sum(isinstance(outcome, Ping) for outcome in found) >= 1
    assert after.revision is None
    assert (after.texts.title == "Other words") == (after.dismissed_revision == "")
