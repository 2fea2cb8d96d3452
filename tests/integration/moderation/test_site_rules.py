"""The author allows and blocks sites by what they have sent."""

from typing import Any

import pytest

from tests.conftest import MakePing
from tests.integration.moderation.conftest import DEFAULT, LATER, NOW, URL, judged, standing
from trackback.errors import StatusChanged
from trackback.model.ping import Ping, Status
from trackback.model.rule import BadRule
from trackback.model.settings import Settings
from trackback.receiving.moderation import Moderation
from trackback.receiving.spam.rules import read_rule
from trackback.storage.pings import PingStore
from trackback.storage.settings import load_rules, save_rules
from trackback.storage.table import Table


def test_a_site_is_not_allowed_on_account_of_words_that_are_gone(
    moderation: Moderation, table: Table, store: PingStore, ping: Ping, make_ping: MakePing
) -> None:
    judged(store, ping, Status.SPAM)
    store.add(make_ping(url=URL, title="Other words"))
    for decide_about in (moderation.allow_site, moderation.block_site):
        with pytest.raises(StatusChanged, match="other words by now"):
            decide_about(ping, LATER)
    assert (store.get(ping.id).status, load_rules(table)) == (Status.RECEIVED, [])


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


@pytest.mark.parametrize("effect", ["allow", "block"])
def test_on_a_shared_host_one_click_is_about_the_pages_author_alone(
    moderation: Moderation, table: Table, store: PingStore, make_ping: MakePing, effect: str
) -> None:
    ping = make_ping(url="https://medium.com/@ann/a-post")
    store.add(ping)
    (moderation.allow_site if effect == "allow" else moderation.block_site)(ping, NOW)
    assert rules(table) == [f"{effect} path medium.com/@ann"]


def test_a_page_that_is_nobodys_in_particular_gets_no_rule(
    moderation: Moderation, table: Table, store: PingStore, make_ping: MakePing
) -> None:
    ping = make_ping(url="https://medium.com/p/0123")
    store.add(ping)
    with pytest.raises(BadRule, match=r"Many people share medium\.com"):
        moderation.block_site(ping, NOW)
    assert (store.get(ping.id).status, rules(table)) == (Status.SPAM, [])


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
