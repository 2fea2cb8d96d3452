"""Pings that wait are mailed to the author, each once."""

import re
from datetime import timedelta

import boto3
import pytest

from functions.notify import app
from tests.integration.conftest import NOW, Web, outcomes
from tests.integration.notify.conftest import (
    AUTHOR,
    DONE,
    LINK,
    MINUTE,
    Notifier,
    bodies,
    choose,
    held,
    links,
)
from tests.stack.aws import confirm, sent_mails
from trackback.model.ping import Status
from trackback.model.settings import Notify, Settings
from trackback.model.transitions import undone
from trackback.receiving.spam.rules import read_rule
from trackback.signing import Action, MailLink, read_link
from trackback.storage.settings import save_rules, save_settings
from trackback.timestamps import stamp


def test_a_ping_that_waits_is_told_with_its_proof_and_what_can_be_done(web: Web, notify: Notifier) -> None:
    (ping,) = held(web, "other.example")
    notify.tell()
    (mail,) = sent_mails()
    assert (mail["To"], mail["Subject"]) == (AUTHOR, "“A reply” links to “Hello”")
    assert links(mail) == [
        MailLink(Action.APPROVE, ping.id, ping.texts.hash),
        MailLink(Action.REJECT, ping.id, ping.texts.hash),
        MailLink(Action.SPAM, ping.id, ping.texts.hash),
        MailLink(Action.MUTE),
    ]
    text, html = bodies(mail)
    for part in ("A reply", "Other", ping.url, "Hello", ping.post, "The page links to your post."):
        assert part in text
        assert part in html
    assert "> I read *a post*." in text
    assert re.search(r"I read <b [^>]*>a post</b>\.", html)
    assert "\nhttps://api.example/moderate\n" in text
    assert 'href="https://api.example/moderate"' in html
    assert read_link(app.keys.load(NOW), LINK.findall(mail["List-Unsubscribe"])[0], NOW).action is Action.MUTE
    assert notify.log() == [("“A reply” links to “Hello”", "sent", 1)]
    assert web.store.get(ping.id).notified.startswith("ping@")


def test_what_a_rule_approves_is_told_in_the_next_mail_once(web: Web, notify: Notifier) -> None:
    save_rules(web.table, [read_rule("allow", "host", "friend.example")], [])
    (approved,) = held(web, "friend.example")
    (pending,) = held(web, "other.example")
    notify.tell()
    (mail,) = sent_mails()
    assert mail["Subject"] == "“A reply” links to “Hello”"
    assert {link.ping for link in links(mail) if link.action is Action.APPROVE} == {pending.id}
    for body in bodies(mail):
        assert "Approved by your rule" in body
        assert "Your rule “allow host friend.example” matches." in body
        assert f"https://api.example/moderate/ping/{approved.id}" in body
    assert "> Mine\n> " in bodies(mail)[0]
    assert web.store.get(approved.id).notified.startswith("rule@")
    web.store.decide(approved.id, Status.REJECTED, NOW)
    web.store.apply(undone(web.store.get(approved.id), NOW))
    notify.tell(10 * MINUTE)
    assert len(sent_mails()) == 1


def test_approvals_by_rules_alone_make_a_mail(web: Web, notify: Notifier) -> None:
    hosts = [f"friend{n}.example" for n in range(23)]
    save_rules(web.table, [read_rule("allow", "host", host) for host in hosts], [])
    held(web, hosts[0])
    notify.tell()
    held(web, *hosts[1:])
    notify.tell(10 * MINUTE)
    one, many = sent_mails()
    assert one["Subject"] == "Your rule approved “Mine”"
    assert many["Subject"] == "Your rules approved 22 TrackBacks"
    text, html = bodies(many)
    assert text.count("- Details: ") == html.count(">Details<") == 20
    assert "2 more were." in text
    assert "2 more were." in html


def test_an_approval_that_the_author_has_taken_back_is_not_told(web: Web, notify: Notifier) -> None:
    save_rules(web.table, [read_rule("allow", "host", "friend.example")], [])
    (ping,) = held(web, "friend.example")
    web.store.decide(ping.id, Status.REJECTED, NOW)
    notify.tell()
    assert sent_mails() == []


def test_a_page_that_is_there_already_is_told_with_a_link_to_it(web: Web, notify: Notifier) -> None:
    web.answers |= {"/re?a=1": web.link()}
    first = web.verify(web.add("/re", title="The first"))
    web.store.decide(first.id, Status.APPROVED, NOW)
    web.verify(web.add("/re?a=1"))
    notify.tell()
    (mail,) = sent_mails()
    for body in bodies(mail):
        assert "This page is there already, as “The first”." in body
        assert f"https://api.example/moderate/ping/{first.id}" in body


def test_neither_spam_nor_what_the_author_has_approved_is_mailed(web: Web, notify: Notifier) -> None:
    save_rules(web.table, [read_rule("block", "host", "foe.example")], [])
    ping, _ = held(web, "friend.example", "foe.example")
    web.store.decide(ping.id, Status.APPROVED, NOW)
    notify.tell()
    assert sent_mails() == []


def test_pings_of_a_batch_make_one_digest(web: Web, notify: Notifier) -> None:
    pings = held(web, "a.example", "b.example", "c.example")
    notify.tell()
    (mail,) = sent_mails()
    assert mail["Subject"] == "3 TrackBacks wait for you"
    approved = {link.ping for link in links(mail) if link.action is Action.APPROVE}
    assert approved == {ping.id for ping in pings}


def test_a_batch_that_is_brought_again_tells_nothing_again(web: Web, notify: Notifier) -> None:
    choose(web, webhook=web.url("/hook", "hook.example"))
    held(web, "a.example", "b.example")
    records = notify.tell()
    for n in (1, 2, 10):
        assert notify.note(records, n * MINUTE) == DONE
        notify.wake(n * MINUTE)
    assert len(sent_mails()) == 1
    assert web.asked().count("/hook") == 2


@pytest.mark.parametrize("marked", [False, True], ids=["after the claim", "after the marks"])
def test_a_mail_that_broke_off_goes_out_two_minutes_later(web: Web, notify: Notifier, marked: bool) -> None:
    (ping,) = held(web, "other.example")
    app.outbox.add([ping.id])
    claim = app.outbox.claim(Notify.EACH, NOW)
    assert claim
    if marked:
        app.outbox.mark(claim)
    notify.tell(MINUTE)
    assert sent_mails() == []
    notify.wake(3 * MINUTE)
    assert len(sent_mails()) == 1
    notify.wake(8 * MINUTE)
    assert len(sent_mails()) == 1


def test_a_flood_makes_one_mail_that_shows_twenty_and_says_how_many_more(web: Web, notify: Notifier) -> None:
    pings = [web.add("/re", f"blog{n}.example") for n in range(25)]
    for ping in pings:
        web.store.decide(ping.id, Status.PENDING, NOW, by="check")
    notify.tell()
    held(web, "late.example")
    notify.tell(MINUTE / 2)
    (mail,) = sent_mails()
    assert mail["Subject"] == "25 TrackBacks wait for you"
    assert len({link.ping for link in links(mail)} & {ping.id for ping in pings}) == 20
    rest = "\n5 more TrackBacks from 5 sites: none links to you."
    assert all(rest in re.sub("<.*?>", "", body) for body in bodies(mail))
    assert all("/moderate?show=unlinked" in body for body in bodies(mail))
    notify.wake(MINUTE)  # its link was found: it does not wait for as long as a flood does
    assert sent_mails()[1]["Subject"] == "“A reply” links to “Hello”"


def test_the_longest_pings_fit_what_mail_programs_show(web: Web, notify: Notifier) -> None:
    for n in range(20):
        words = {"title": "🌱" * 250, "excerpt": "日本語" * 166, "blog_name": "&<>" * 83}
        ping = web.add(f"/{n}?{'x' * 1_900}", f"blog{n}.example", **words)
        web.store.decide(ping.id, Status.PENDING, NOW, by="check")
    notify.tell()
    (mail,) = sent_mails()
    _, html = bodies(mail)
    assert len(html.encode()) < 100_000
    shown = sum(link.action is Action.APPROVE for link in links(mail))
    assert f">{20 - shown} more TrackBacks from {20 - shown} sites: none links to you.<" in html


def test_daily_means_a_digest_a_day(web: Web, notify: Notifier) -> None:
    choose(web, notify=Notify.DAILY)
    held(web, "a.example")
    notify.tell()
    held(web, "b.example", "c.example")
    notify.tell(MINUTE)
    notify.wake(timedelta(hours=23))
    assert len(sent_mails()) == 1
    notify.wake(timedelta(hours=25))
    assert sent_mails()[1]["Subject"] == "2 TrackBacks wait for you"


def test_none_means_that_nothing_is_mailed_nor_kept_for_later(web: Web, notify: Notifier) -> None:
    choose(web, notify=Notify.NONE)
    held(web, "a.example")
    notify.tell()
    save_settings(web.table, Settings(), Settings(notify=Notify.NONE))
    notify.wake(10 * MINUTE)
    assert sent_mails() == []


def test_what_was_decided_before_the_mail_went_is_not_in_it(web: Web, notify: Notifier) -> None:
    decided, waiting = held(web, "a.example", "b.example")
    web.store.decide(decided.id, Status.REJECTED, NOW)
    notify.tell()
    (mail,) = sent_mails()
    assert {link.ping for link in links(mail)} == {waiting.id, ""}


def test_a_revision_is_told_once_with_both_texts_and_an_undo_is_not(web: Web, notify: Notifier) -> None:
    (ping,) = held(web, "other.example")
    notify.tell()
    web.store.decide(ping.id, Status.APPROVED, NOW)
    web.add(title="A better reply", excerpt="Better words")
    web.verify(ping)
    records = notify.tell(MINUTE)
    notify.note(records, 2 * MINUTE)
    notify.wake(2 * MINUTE)
    _, second = sent_mails()
    assert second["Subject"] == "“A better reply” on “Hello” was sent again with other words"
    assert {link.texts_hash for link in links(second)} == {web.store.get(ping.id).revision_hash, ""}
    for body in bodies(second):
        assert body.index("Readers see") < body.index("Some words") < body.index("Better words")
    web.store.decide(ping.id, Status.PENDING, NOW)
    notify.tell(3 * MINUTE)
    assert len(sent_mails()) == 2


def test_what_ses_refuses_is_logged_and_counted_and_tried_again_by_the_schedule(
    web: Web, notify: Notifier, capsys: pytest.CaptureFixture[str]
) -> None:
    choose(web, webhook=web.url("/hook", "hook.example"))
    held(web, "other.example")
    boto3.client("ses").delete_identity(Identity=AUTHOR)
    notify.tell()
    for n in (2, 3):
        notify.wake(n * MINUTE)
        assert notify.log() == [("“A reply” links to “Hello”", "failed", n)]
    assert web.asked().count("/hook") == 1
    counted = outcomes(capsys)
    refused = [line for outcome, line in counted if outcome == "MailRefused"]
    assert [(line["service"], line["mail"]) for line in refused] == [("mail", stamp(NOW))] * 3
    assert "MailSent" not in dict(counted)
    confirm(AUTHOR)
    notify.wake(4 * MINUTE)
    assert len(sent_mails()) == 1
    assert notify.log() == [("“A reply” links to “Hello”", "sent", 4)]
