"""A ping that the author or a rule has decided about: its history and its end."""

from datetime import timedelta

import pytest

from tests.integration.conftest import NOW, POST, Web
from tests.integration.lifecycle.conftest import approved, item, shown
from tests.support import template
from tests.support.websites import page
from trackback.model.ping import Status
from trackback.model.transitions import KEEP_UNLINKED, KEEP_UNWANTED
from trackback.receiving.spam.rules import read_rule
from trackback.storage.settings import save_rules
from trackback.timestamps import stamp

DECIDED = [status for status in Status if status is not Status.RECEIVED]


@pytest.mark.parametrize("effect", ["allow", "block"])
def test_no_rule_touches_what_is_approved(web: Web, effect: str) -> None:
    ping = approved(web)
    save_rules(web.table, [read_rule(effect, "host", "other.example")], [])
    web.add(title="Another title")
    after = web.verify(ping)
    assert (after.status, after.texts.title, shown(web)) == (Status.APPROVED, "A reply", ["A reply"])
    assert after.revision


def test_what_a_rule_approves_is_shown_in_its_pages_words(web: Web) -> None:
    save_rules(web.table, [read_rule("allow", "host", "other.example")], [])
    web.answers["/re"] = web.link()
    ping = web.verify(web.add(title="The author is a crook", excerpt="Lies", blog_name="Friend"))
    assert (ping.status, ping.texts.title, ping.texts.blog_name) == (Status.APPROVED, "Mine", "other.example")
    assert "I read a post" in ping.texts.excerpt


def test_a_rule_approves_no_link_that_its_page_does_not_vouch_for(web: Web) -> None:
    save_rules(web.table, [read_rule("allow", "host", "other.example")], [])
    web.answers["/re"] = page(f"<a rel='ugc' href='{web.url(POST, 'blog.example')}'>a comment</a>")
    assert web.verify(web.add()).status is Status.PENDING


def test_a_decision_against_a_ping_survives_all_that_comes_without_a_link(web: Web) -> None:
    save_rules(web.table, [read_rule("allow", "host", "other.example")], [])
    for path, status in (("/re", Status.REJECTED), ("/re?2", Status.SPAM)):
        ping = web.add(path)
        web.store.decide(ping.id, status, NOW)
        before = web.store.get(ping.id)
        for title in ("A reply", "Second", "Third"):
            web.add(path, title=title)
            after = web.verify(ping)
            assert (after.status, after.texts, after.history) == (before.status, before.texts, before.history)


def test_the_history_tells_every_change_of_status_in_order(web: Web) -> None:
    ping = web.add()
    web.verify(ping)
    for hours, status in enumerate([Status.APPROVED, Status.REJECTED, Status.SPAM, Status.APPROVED], 1):
        web.store.decide(ping.id, status, NOW + timedelta(hours=hours), why="so be it")
        web.store.decide(ping.id, status, NOW + timedelta(hours=hours))
        web.verify(ping, timedelta(hours=hours))
    history = web.store.get(ping.id).history
    assert [(entry.at[11:13], entry.what, entry.by) for entry in history] == [
        ("00", "pending", "check"),
        ("01", "approved", "author"),
        ("02", "rejected", "author"),
        ("03", "spam", "author"),
        ("04", "approved", "author"),
    ]
    assert {entry.why for entry in history[1:]} == {"so be it"}


def test_the_history_is_short(web: Web) -> None:
    ping = web.add()
    for n in range(30):
        status = (Status.APPROVED, Status.REJECTED)[n % 2]
        web.store.decide(ping.id, status, NOW + timedelta(hours=n))
    history = web.store.get(ping.id).history
    assert len(history) == 20
    assert history[-1].at == stamp(NOW + timedelta(hours=29))


def test_unwanted_pings_expire_whoever_decided(web: Web) -> None:
    (table,) = template.load().resources("AWS::DynamoDB::Table").values()
    ttl = table["TimeToLiveSpecification"]["AttributeName"]
    save_rules(web.table, [read_rule("block", "host", "foe.example")], [])
    web.answers["/nowhere/"] = page("", "404 Not Found")
    by_rule, by_check = web.add(host="foe.example"), web.add("/x", "third.example", "/nowhere/")
    by_author, held = web.add("/a"), web.add("/b")
    for ping in (by_rule, by_check, held):
        web.verify(ping)
    web.store.decide(by_author.id, Status.SPAM, NOW)
    then = {"N": str(int((NOW + KEEP_UNWANTED).timestamp()))}
    assert [item(ping).get(ttl) for ping in (by_rule, by_check, by_author)] == [then, then, then]
    assert item(held).get(ttl) == {"N": str(int((NOW + KEEP_UNLINKED).timestamp()))}
    assert [web.store.get(ping.id).status for ping in (by_rule, by_check)] == [Status.SPAM, Status.REJECTED]


@pytest.mark.parametrize("status", DECIDED)
def test_no_decision_keeps_what_stands_for_the_sender(web: Web, status: Status) -> None:
    ping = web.add()
    assert item(ping)["sender"]
    web.store.decide(ping.id, status, NOW)
    assert "sender" not in item(ping)


def test_the_history_says_why_a_ping_was_put_away(web: Web) -> None:
    save_rules(web.table, [read_rule("block", "host", "other.example")], [])
    entry = web.verify(web.add()).history[-1]
    assert (entry.what, entry.by) == ("spam", "rule")
    assert entry.why == "Your rule “block host other.example” matches."
