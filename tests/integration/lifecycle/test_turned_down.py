"""What is turned down are words from a page, not the page: its other words come back if it links."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from tests.integration.conftest import NOW, Web
from tests.integration.lifecycle.conftest import DAY, item, shown
from tests.support.websites import page
from trackback.model.ping import Due, Ping, Status
from trackback.model.returns import RETURN_PAUSE
from trackback.model.settings import Event, Settings
from trackback.receiving.bulk import BulkRun
from trackback.receiving.moderation import Moderation
from trackback.receiving.spam.rules import read_rule
from trackback.receiving.spam.training import learn, load_words
from trackback.storage.dynamodb import to_item
from trackback.storage.items import to_attributes
from trackback.storage.pings import Added
from trackback.storage.settings import save_rules
from trackback.storage.stream import event_of, needs_check
from trackback.timestamps import stamp
from trackback.urls import host_of

HOUR = timedelta(hours=1)
SPAM = {"title": "Cheap pills", "excerpt": "Buy cheap pills here.", "blog_name": "Pills"}
FRIEND = {"title": "On gardens", "excerpt": "A thoughtful essay.", "blog_name": "Friend"}

TurnDown = Callable[[Web, Ping], object]


def moderation(web: Web) -> Moderation:
    return Moderation(web.table)


def change(before: Ping, after: Ping) -> dict[str, object]:
    """Return the stream's record of a change."""
    images = {"OldImage": to_item(to_attributes(before)), "NewImage": to_item(to_attributes(after))}
    return {"eventName": "MODIFY", "dynamodb": images}


def at(web: Web, after: timedelta, **fields: str) -> Added:
    """Have a page's ping come in some time after `NOW`."""
    return web.store.add(replace(web.ping(**fields), received_at=stamp(NOW + after)))


def decided(status: Status) -> TurnDown:
    return lambda web, ping: web.store.decide(ping.id, status, NOW, texts_hash=ping.texts.hash)


WAYS: dict[str, TurnDown] = {
    "rejected": decided(Status.REJECTED),
    "marked as spam": decided(Status.SPAM),
    "put away with many": lambda web, ping: moderation(web).put_away(ping, Status.SPAM, NOW, why="all"),
    "rejected, undone and rejected": lambda web, ping: [
        decided(Status.REJECTED)(web, ping),
        moderation(web).undo(ping.id, NOW),
        decided(Status.REJECTED)(web, ping),
    ],
    "approved, then spam": lambda web, ping: [
        decided(Status.APPROVED)(web, ping),
        decided(Status.SPAM)(web, ping),
    ],
}


@pytest.fixture
def turned_down(web: Web) -> Ping:
    """A stranger's spam in the name of a page that links, which the author has marked as spam."""
    web.answers["/re"] = web.link()
    ping = web.verify(web.add(**SPAM))
    decided(Status.SPAM)(web, ping)
    return web.store.get(ping.id)


@pytest.mark.parametrize("way", WAYS)
def test_the_pages_own_words_come_back_to_the_author(web: Web, way: str) -> None:
    web.answers["/re"] = web.link()
    ping = web.verify(web.add(**SPAM))
    WAYS[way](web, ping)
    before = web.store.get(ping.id)
    assert web.store.add(web.ping(**FRIEND)) is Added.REVISED
    waiting = web.store.get(ping.id)
    assert needs_check(change(before, waiting))
    assert waiting.status is before.status
    after = web.verify(ping)
    assert (after.status, after.texts.title, after.revision) == (Status.PENDING, "On gardens", None)
    assert after.comes_first
    assert after.received_at == stamp(NOW)
    assert after.verdict
    assert "turned down before" in after.verdict.reason_texts[-1]
    assert event_of(change(waiting, after)) is Event.PENDING
    assert "expires_at" not in item(ping)
    assert shown(web) == []


def test_they_come_back_although_a_rule_put_the_page_away_that_holds_no_more(web: Web) -> None:
    web.answers["/re"] = web.link()
    rule = read_rule("block", "host", "other.example")
    save_rules(web.table, [rule], [])
    ping = web.verify(web.add(**SPAM))
    assert ping.status is Status.SPAM
    web.add(**FRIEND)
    assert web.verify(ping).status is Status.SPAM
    save_rules(web.table, [], [rule])
    at(web, DAY, **FRIEND | {"title": "On gardens again"})
    after = web.verify(ping, DAY)
    assert (after.status, after.texts.title) == (Status.PENDING, "On gardens again")


def test_a_rule_that_allows_the_site_does_not_show_them(web: Web, turned_down: Ping) -> None:
    save_rules(web.table, [read_rule("allow", "host", "other.example")], [])
    for title in ("On gardens", "On weather"):
        web.add(**FRIEND | {"title": title})
        assert web.verify(turned_down).status is Status.PENDING
    assert shown(web) == []


def test_what_the_check_put_away_and_the_author_confirmed_is_shown_by_no_rule(web: Web) -> None:
    web.answers["/re"] = web.link()
    excerpt = "[...] Find 58213 more infos on that topic: x.example [...]"
    spam = web.ping(title="[Trackback]", excerpt=excerpt, blog_name="Spam")
    web.store.add(spam)
    web.verify(spam)
    assert web.store.get(spam.id).is_unwanted_by_check
    web.store.decide(spam.id, Status.SPAM, NOW)
    save_rules(web.table, [read_rule("allow", "host", host_of(spam.url))], [])
    at(web, HOUR, **FRIEND)
    web.verify(spam)
    assert web.store.get(spam.id).status is Status.PENDING


def test_a_page_without_a_link_brings_nothing_back(web: Web, turned_down: Ping) -> None:
    web.answers["/re"] = page("Nothing here.")
    web.add(**FRIEND)
    after = web.verify(turned_down)
    assert (after.status, after.texts, after.revision) == (Status.SPAM, turned_down.texts, None)
    web.answers["/re"] = web.link()
    at(web, DAY, **FRIEND)
    assert web.verify(turned_down, DAY).status is Status.PENDING


def test_a_page_that_does_not_answer_is_asked_again(web: Web, turned_down: Ping) -> None:
    web.answers["/re"] = page("", "503 Busy")
    web.add(**FRIEND)
    after = web.verify(turned_down)
    assert (after.status, after.due, after.check_at) == (Status.SPAM, Due.CHECK, stamp(NOW + HOUR))
    assert web.store.due(NOW + HOUR, 9) == [turned_down.id]
    web.answers["/re"] = web.link()
    assert web.verify(turned_down, HOUR).status is Status.PENDING


def test_a_page_that_never_answers_is_let_go(web: Web, turned_down: Ping) -> None:
    web.answers["/re"] = page("", "503 Busy")
    web.add(**FRIEND)
    after, looks = web.verify(turned_down), 1
    while after.waits_to_return and looks < 9:
        moment = datetime.fromisoformat(after.check_at)
        assert after.expires_at > moment.timestamp()
        after, looks = web.verify(turned_down, moment - NOW), looks + 1
    assert (looks, after.status, after.revision) == (5, Status.SPAM, None)


@pytest.mark.parametrize("spelling", [{}, {"title": "CHEAP pills!"}, {"excerpt": "Buy  cheap pills here"}])
def test_the_same_words_do_not_come_back_in_any_spelling(
    web: Web, turned_down: Ping, spelling: dict[str, str]
) -> None:
    before = item(turned_down)
    assert web.store.add(web.ping(**SPAM | spelling)) is Added.REPEATED
    assert item(turned_down) == before


def test_words_that_came_back_and_were_turned_down_do_so_once(web: Web, turned_down: Ping) -> None:
    web.add(**FRIEND)
    decided(Status.REJECTED)(web, web.verify(turned_down))
    for fields in (SPAM, FRIEND, SPAM | {"title": "cheap PILLS"}, FRIEND):
        assert at(web, 2 * DAY, **fields) is Added.REPEATED


def test_other_words_come_back_once_a_day_at_most_and_the_latest_do(web: Web, turned_down: Ping) -> None:
    web.add(**FRIEND)
    decided(Status.SPAM)(web, web.verify(turned_down))
    for number in range(5):
        assert at(web, HOUR, title=f"Other words {number}") is Added.REVISED
        assert not web.store.get(turned_down.id).needs_check
        assert web.verify(turned_down, HOUR).status is Status.SPAM
    assert web.store.due(NOW + RETURN_PAUSE - HOUR, 9) == []
    assert web.store.due(NOW + RETURN_PAUSE, 9) == [turned_down.id]
    after = web.verify(turned_down, RETURN_PAUSE)
    assert (after.status, after.texts.title) == (Status.PENDING, "Other words 4")


@pytest.mark.parametrize("days", [30, 365])
def test_words_that_come_as_the_ping_is_deleted_are_looked_at_before(web: Web, days: int) -> None:
    web.answers["/re"] = web.link()
    ping = web.verify(web.add(**SPAM))
    web.store.decide(ping.id, Status.SPAM, NOW, keep=Settings(keep_days=days).keep)
    last = timedelta(days=days) - HOUR
    at(web, last, **FRIEND)
    assert web.store.get(ping.id).expires_at > (NOW + last + DAY).timestamp()
    assert web.verify(ping, last).status is Status.PENDING


def test_a_block_rule_still_blocks(web: Web, turned_down: Ping) -> None:
    moderation(web).undo(turned_down.id, NOW)
    moderation(web).block_site(web.store.get(turned_down.id), NOW)
    web.add(**FRIEND)
    fetched = web.asked().count("/re")
    after = web.verify(turned_down)
    assert (after.status, after.texts, after.revision) == (Status.SPAM, turned_down.texts, None)
    assert web.asked().count("/re") == fetched


def test_words_that_wait_stay_when_the_decision_is_undone(web: Web, turned_down: Ping) -> None:
    web.add(**FRIEND)
    moderation(web).undo(turned_down.id, NOW)
    after = web.verify(turned_down)
    assert (after.status, after.texts.title, after.latest_texts.title) == (
        Status.PENDING,
        "Cheap pills",
        "On gardens",
    )


def test_words_that_the_author_did_not_see_come_back_after_the_decision(web: Web) -> None:
    web.answers["/re"] = web.link()
    ping = web.verify(web.add(**SPAM))
    web.add(**FRIEND)
    decided(Status.SPAM)(web, ping)
    after = web.verify(ping)
    assert (after.status, after.texts.title) == (Status.PENDING, "On gardens")


def test_words_that_the_author_saw_are_turned_down_with_the_ping(web: Web) -> None:
    web.answers["/re"] = web.link()
    ping = web.verify(web.add(**SPAM))
    web.add(**FRIEND)
    seen = web.verify(ping)
    web.store.decide(ping.id, Status.SPAM, NOW, texts_hash=seen.texts.hash, revision=seen.revision_hash)
    assert web.verify(ping).status is Status.SPAM
    assert web.store.add(web.ping(**FRIEND)) is Added.REPEATED
    moderation(web).undo(ping.id, NOW)
    assert web.store.get(ping.id).latest_texts.title == "On gardens"


def test_words_that_come_again_while_a_ping_is_not_checked_are_judged_with_it(web: Web) -> None:
    web.answers["/re"] = web.link()
    ping = web.add(**SPAM)
    web.add(**FRIEND)
    after = web.verify(ping)
    assert (after.status, after.latest_texts.title) == (Status.PENDING, "On gardens")


def test_two_texts_in_turns_are_looked_at_and_mailed_once_each(web: Web) -> None:
    web.answers["/re"] = web.link()
    ping = web.verify(web.add(title="One"))
    decided(Status.APPROVED)(web, ping)
    at(web, HOUR, title="Two")
    web.verify(ping, HOUR)
    at(web, 3 * HOUR, title="Three")
    before = web.verify(ping, 3 * HOUR)
    for hours in range(4, 20):
        at(web, hours * HOUR, title=("One", "Two", "Three")[hours % 3])
    assert web.store.get(ping.id) == before


def test_words_that_others_replaced_may_come_again_once_the_author_has_decided(web: Web) -> None:
    web.answers["/re"] = web.link()
    ping = web.verify(web.add(title="One"))
    decided(Status.APPROVED)(web, ping)
    at(web, HOUR, title="Two")
    web.verify(ping, HOUR)
    at(web, 3 * HOUR, title="Three")
    web.verify(ping, 3 * HOUR)
    moderation(web).keep(ping.id)
    assert at(web, 5 * HOUR, title="Three") is Added.REPEATED
    assert at(web, 5 * HOUR, title="Two") is Added.REVISED


def test_spam_in_later_words_is_dropped_once(web: Web) -> None:
    template = {
        "title": "[Trackback]",
        "excerpt": "[...] Find 58213 more infos on that topic: x.example [...]",
    }
    ping = web.verify(web.add())
    web.add(**template)
    assert web.verify(ping).revision is None
    assert at(web, DAY, **template) is Added.REPEATED


def test_each_ones_words_teach_what_was_decided_about_them(web: Web, turned_down: Ping) -> None:
    web.add(**FRIEND)
    web.verify(turned_down)
    decided(Status.APPROVED)(web, web.store.get(turned_down.id))
    learn(web.table, NOW)
    words = load_words(web.table)
    assert (words.unwanted, words.wanted) == (1, 1)
    assert (words.counts["pills"], words.counts["gardens"], words.counts["example"]) == (
        (1, 0),
        (0, 1),
        (0, 1),
    )


@pytest.mark.usefixtures("turned_down")
def test_a_friends_words_that_wait_teach_nothing(web: Web) -> None:
    web.add(**FRIEND)
    learn(web.table, NOW)
    assert "gardens" not in load_words(web.table).counts
    assert "pills" in load_words(web.table).counts


def test_what_comes_back_while_many_are_put_away_at_once_is_left(web: Web, turned_down: Ping) -> None:
    run = BulkRun(Status.REJECTED, stamp(NOW))
    at(web, HOUR, **FRIEND)
    assert not run.takes(web.verify(turned_down, HOUR))
    assert BulkRun(Status.REJECTED, stamp(NOW + HOUR)).takes(web.store.get(turned_down.id))
